import { Inject, Injectable } from '@nestjs/common'
import { type AdmissionGate, Refusal } from '@obb/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { type Caller, type CachedCaller, randomToken } from '../accounts/index.js'
import { type BlockCandidate, type BlockFacts, BlockList, blockRefusal, namesOf } from '../blocks/index.js'
import { Clock, dateOf } from '../clock/index.js'
import {
  type FetchJob,
  type FileIdentity,
  Files,
  SourceFile,
  allows,
  isEvicted,
  reckonedSize,
  transitions,
} from '../files/index.js'
import { HostBreaker } from '../health/index.js'
import type { HostPolicy } from '../hosts/index.js'
import { Link, expireLink } from '../links/index.js'
import { lockAccounts, lockFiles, readLockBlocks, transaction } from '../locks/index.js'
import { AccountPool } from '../pool/index.js'
import { Fetchers } from '../queue/index.js'
import { Maintenance } from '../status-page/index.js'
import { StoreHealth } from '../store-state/index.js'
import { linksMade } from '../metrics/index.js'
import { requestContext } from '../tracing/index.js'
import { HostUsage, TrafficLedger } from '../traffic/index.js'
import { AccountTurns } from './account-turns.js'
import { type GateFeatures, type GateSources, gateSources } from './gate-sources.js'
import { type Applicant, type Finding, GATES, mayWait } from './gates.js'
import {
  type FileQuestion,
  type LookedUpFile,
  StoredFileFastPath,
  type LinkOffer,
} from './stored-file-fast-path.js'

/** Token of how long a link lives, ms. */
export const LINK_TTL = Symbol('LinkTtl')

/** When to ask again for a file that nobody inspected, seconds. */
const INSPECTION_RETRY_S = 5

export interface AdmissionRequest {
  caller: Caller
  fileId: string
  hostDomain: string
  policy: HostPolicy
  /** What the document of who asks calls the file. */
  ownName?: string | undefined
  /** Name of the package that the link belongs to. */
  package?: string | null | undefined
}

export interface Admitted {
  linkId: string
  /** A live link was there already; nothing was charged. */
  reused: boolean
  /** Bytes. */
  charged: number
  /** The file has to be fetched: wake a worker after this. */
  fetch: (FetchJob & { claim: number }) | undefined
}

export interface GateReport extends Omit<Finding, 'clears'> {
  gate: AdmissionGate
  /** It does not let pass, and the file may wait for that with a link: no refusal. */
  waits?: true
}

/** Makes a link and charges for it, in one transaction, or says why not; or only says what it would do. */
@Injectable()
export class Admission {
  private readonly features: GateFeatures
  private readonly turns = new AccountTurns()
  private readonly storedFileFastPath: StoredFileFastPath

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    files: Files,
    pool: AccountPool,
    @Inject(LINK_TTL) private readonly linkTtlMs: number,
    blocks: BlockList = new BlockList(database, clock),
    breaker: HostBreaker = new HostBreaker(database, clock),
    fetchers: Fetchers = new Fetchers(database, clock),
    store: StoreHealth = new StoreHealth(database, clock),
    private readonly usage: HostUsage = new HostUsage(database, clock),
    maintenance: Maintenance = new Maintenance(database, clock),
  ) {
    this.storedFileFastPath = new StoredFileFastPath(database)
    this.features = { clock, files, blocks, pool, breaker, fetchers, store, usage, maintenance }
  }

  /**
   * What is known of the file that an account asks for; raises `file_blocked`. Nothing is locked: it holds for the
   * moment.
   */
  lookUp(caller: Caller, identity: FileIdentity, facts: BlockFacts): Promise<LookedUpFile> {
    return this.findUnblocked({ ...facts, accountId: caller.accountId, identity, now: this.clock.now() })
  }

  /**
   * The same of a file that the account shall have a link to. If it is stored and nothing is in the way, the link is
   * made and charged; where it is not, `admit` tells why. Raises `host_usage_exceeded` and `traffic_insufficient` at once.
   * If it was evicted, it is fetched again from now on. For a cached caller who is not in order nothing is found and nothing is done; then,
   * and for every refusal, the key is still to be verified.
   */
  async linkIfStored(
    caller: Caller | CachedCaller,
    identity: FileIdentity,
    facts: BlockFacts,
    asked: Pick<AdmissionRequest, 'hostDomain' | 'package'>,
  ): Promise<LookedUpFile> {
    // No new link meanwhile, as the gates will say; one that there is is found, and fetched again if need be.
    const isClosed = this.features.maintenance.now !== null
    const offer = isClosed ? undefined : this.offer(caller, asked)
    const key = 'keyHash' in caller ? { hash: caller.keyHash, revision: caller.key.revision } : undefined
    const question = {
      ...facts,
      accountId: caller.accountId,
      key,
      identity,
      now: this.clock.now(),
      offer,
    }
    const known = await this.findUnblocked(question)
    if (known.file && isEvicted(known.file) && (offer !== undefined || (isClosed && known.live))) {
      await transitions.refetchEvicted(this.database, known.file.id, dateOf(this.clock))
      return this.findUnblocked({ ...question, offer: undefined })
    }
    if (offer === undefined) return known
    const { file, live, nameRevision } = known
    if (live || file?.state !== 'done' || nameRevision === undefined) return known
    return this.findUnblocked({ ...question, offer: { ...offer, nameRevision } })
  }

  private async findUnblocked(question: FileQuestion): Promise<LookedUpFile> {
    const known = await this.storedFileFastPath.find(question)
    const block = known.block ?? (await this.blockByName(known, question))
    if (block) throw blockRefusal(block)
    if (known.overCap !== null) {
      const retryInSeconds = await this.untilFits(question, known.file?.size ?? 0, known.overCap)
      if (retryInSeconds > 0) throw new Refusal('host_usage_exceeded', { retryInSeconds })
    }
    if (known.tooDear) throw new Refusal('traffic_insufficient')
    return known
  }

  private async blockByName(
    { file, made, nameRevision }: LookedUpFile,
    { ownName }: FileQuestion,
  ): Promise<BlockCandidate | undefined> {
    if (made || nameRevision === undefined) return undefined
    return this.features.blocks.findByName(namesOf({ name: file?.name ?? null, ownName }), nameRevision)
  }

  private async untilFits(
    { accountId, identity }: FileQuestion,
    bytes: number,
    cap: number,
  ): Promise<number> {
    const of = { accountId, platform: identity.platform }
    return this.usage.secondsUntilFits(of, await this.usage.window(of), { bytes, cap })
  }

  private offer(
    { key }: Caller,
    { hostDomain, package: packageName = null }: Parameters<Admission['linkIfStored']>[3],
  ): LinkOffer {
    const expiresAt = new Date(this.clock.now() + this.linkTtlMs)
    const by = { keyId: key?.id ?? null, madeBy: requestContext() }
    return { id: randomToken(24), hostDomain, package: packageName, expiresAt, ...by }
  }

  /** Asks the gates in their order under the locks of the file and the account. Raises the first Refusal. */
  admit(request: AdmissionRequest): Promise<Admitted> {
    const { caller } = request
    return this.turns.take(caller.accountId, () =>
      transaction(this.database, async (tx) => {
        await this.lock(tx, caller, [request])
        return this.admitLocked(tx, request, gateSources(this.features, caller, this.database, tx))
      }),
    )
  }

  /**
   * The same of several files that one account asks for, in one transaction: what becomes of each, in their order. A
   * refusal is that one's alone.
   */
  admitTogether(caller: Caller, requests: readonly AdmissionRequest[]): Promise<(Admitted | Refusal)[]> {
    return this.turns.take(caller.accountId, () =>
      transaction(this.database, async (tx) => {
        await this.lock(tx, caller, requests)
        const first = gateSources(this.features, caller, this.database, tx)
        const outcomes: (Admitted | Refusal)[] = []
        for (const request of requests) {
          // Each changes what the account has left, and none what hosts, pool and store look like.
          const { fetcherAlive, openUntil, poolCapacity, storeState } = first
          const sources = {
            ...gateSources(this.features, caller, this.database, tx),
            ...{ fetcherAlive, openUntil, poolCapacity, storeState },
          }
          const admitted = tx.transaction((apart) => this.admitLocked(apart, request, sources))
          outcomes.push(
            await admitted.catch((error: unknown) => {
              if (error instanceof Refusal) return error
              throw error
            }),
          )
        }
        return outcomes
      }),
    )
  }

  private async lock(
    tx: EntityManager,
    { accountId }: Caller,
    requests: readonly AdmissionRequest[],
  ): Promise<void> {
    await lockFiles(
      tx,
      requests.map(({ fileId }) => fileId),
    )
    // Whoever adds a block waits for the locks of files, but finds links by their own names only once they are there.
    if (requests.some(({ ownName }) => ownName !== undefined)) await readLockBlocks(tx)
    await lockAccounts(tx, [accountId])
  }

  private async admitLocked(
    tx: EntityManager,
    request: AdmissionRequest,
    sources: GateSources,
  ): Promise<Admitted> {
    const { caller, fileId, ownName, policy } = request
    const file = await tx.findOneBy(SourceFile, { id: fileId })
    if (!file) throw uninspected('the file was forgotten meanwhile')
    const facts = { ...file, ownName }
    const applicant: Applicant = { caller, policy, file, facts, size: reckonedSize(file) }
    for (const gate of GATES) {
      if (gate.early || gate.concerns?.(applicant) === false) continue
      const finding = await gate.look(applicant, sources)
      const { link, refusal } = finding
      if (refusal && !mayWait(finding, applicant)) throw refusal
      if (link?.live) return { linkId: link.id, reused: true, charged: 0, fetch: undefined }
      if (link) await expireLink(tx, link.id, dateOf(this.clock))
    }
    const size = file.size
    if (size === null || file.name === null) {
      throw uninspected('the file was not inspected')
    }
    const linkId = await this.insertLink(tx, request, size)
    const of = { accountId: caller.accountId, keyId: caller.key?.id ?? null }
    const charge = { ...of, linkId, platform: policy.platform, bytes: size }
    if (!(await TrafficLedger.charge(tx, this.clock, charge))) throw new Refusal('traffic_insufficient')
    linksMade.inc({ file: file.state === 'done' ? 'stored' : 'wanted' })
    return { linkId, reused: false, charged: size, fetch: await this.markWanted(tx, file) }
  }

  /** What gates see of a caller without locks, read once for all files that one request of his asks for. */
  outlook(caller: Caller): GateSources {
    return gateSources(this.features, caller, this.database)
  }

  /**
   * The first of these gates that refuses a link, as things stand now, without locks: a later `admit` has the last word.
   */
  refusal(
    applicant: Applicant,
    gates: readonly AdmissionGate[],
    sources?: GateSources,
  ): Promise<Refusal | undefined> {
    return this.firstRefusal(applicant, gates, sources, (finding) => !mayWait(finding, applicant))
  }

  /** The same before a host is called for a file: what a link would wait for keeps from calling. */
  refusalOfCall(
    applicant: Applicant,
    gates: readonly AdmissionGate[],
    sources?: GateSources,
  ): Promise<Refusal | undefined> {
    return this.firstRefusal(applicant, gates, sources, () => true)
  }

  private async firstRefusal(
    applicant: Applicant,
    gates: readonly AdmissionGate[],
    sources: GateSources = this.outlook(applicant.caller),
    counts: (finding: Finding) => boolean,
  ): Promise<Refusal | undefined> {
    for (const gate of GATES) {
      if (!gates.includes(gate.name) || gate.concerns?.(applicant) === false) continue
      const finding = await gate.look(applicant, sources)
      if (finding.refusal && counts(finding)) return finding.refusal
    }
    return undefined
  }

  /** explain gives what every gate sees now, in their order. One that does not matter to this file lets pass. */
  async explain(applicant: Applicant): Promise<GateReport[]> {
    const sources = this.outlook(applicant.caller)
    return Promise.all(
      GATES.map(async ({ name, look, concerns }): Promise<GateReport> => {
        const { refusal, clears, clearsInSeconds, ...figures } = await look(applicant, sources)
        if (!refusal || concerns?.(applicant) === false) return { gate: name, ...figures }
        return {
          gate: name,
          ...figures,
          ...(mayWait({ clears }, applicant) ? { waits: true } : { refusal }),
          ...(clearsInSeconds === undefined ? {} : { clearsInSeconds }),
        }
      }),
    )
  }

  private async insertLink(tx: EntityManager, request: AdmissionRequest, charged: number): Promise<string> {
    const now = this.clock.now()
    const { request: requestId = null, traceparent = null } = requestContext()
    const link = {
      ...{ requestId, traceparent },
      id: randomToken(24),
      accountId: request.caller.accountId,
      fileId: request.fileId,
      hostDomain: request.hostDomain,
      name: request.ownName ?? null,
      package: request.package ?? null,
      keyId: request.caller.key?.id ?? null,
      charged,
      createdAt: new Date(now),
      expiresAt: new Date(now + this.linkTtlMs),
    }
    await tx.insert(Link, link)
    return link.id
  }

  /**
   * A file that nobody is fetching becomes pending, and due once its host may be asked again; after an error as a new
   * generation.
   */
  private async markWanted(tx: EntityManager, file: SourceFile): Promise<Admitted['fetch']> {
    const { id: fileId, claim } = file
    if (file.state === 'pending') return { fileId, generation: file.generation, claim }
    if (!allows('want', file)) return undefined
    const generation = await transitions.want(tx, fileId, dateOf(this.clock))
    return generation === undefined ? undefined : { fileId, generation, claim }
  }
}

function uninspected(internal: string): Refusal {
  return new Refusal('service_unavailable', { retryInSeconds: INSPECTION_RETRY_S, internal })
}
