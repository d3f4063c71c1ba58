import { randomBytes, randomUUID } from 'node:crypto'
import { Refusal } from '@obb/contracts'
import type { Caller } from '@obb/core/accounts'
import { Admission } from '@obb/core/admission'
import { Fetches } from '@obb/core/fetches'
import { Files, StoredFiles } from '@obb/core/files'
import { HostBreaker } from '@obb/core/health'
import { type Download, Links, PgDownloads } from '@obb/core/links'
import { AccountPool } from '@obb/core/pool'
import { FetchSchedule, QueueRepair } from '@obb/core/scheduling'
import { Vault } from '@obb/core/secrets'
import { TestDatabase, aPolicy } from '@obb/core/testing'
import { TrafficLedger } from '@obb/core/traffic'
import { HostError } from '@obb/host-adapters'
import { TestClock } from '@obb/testing/clock'
import { type Database, brokenInvariants } from './invariants.js'

export const ACCOUNTS = 3
export const FILES = 4
export const OPERATOR_ACCOUNTS = 2
export const WORKERS = 3

export const LINK_TTL_MS = 3_600_000
export const FILE_TTL_MS = 1_800_000
export const FILE_LEASE_MS = 15_000
export const MEMORY_MS = 600_000
export const COOL_MS = 60_000
export const LIMITS = { maxDownloads: 1, maxPerAccount: 1 }
export const MAX_QUEUED = 2
const ACCOUNT_LEASE_MS = 30_000

export const FIRST_GRANT = 210
export const SIZES = [0, 60, 100, 200] as const

/** Anything that users, workers, operators and time do. Numbers are indices. */
export type Action =
  | { do: 'unrestrict' | 'cancel'; account: number; file: number }
  | { do: 'lost'; file: number }
  | { do: 'suspend' | 'resume'; account: number }
  | { do: 'grant'; account: number; bytes: number }
  | { do: 'next' | 'crash'; worker: number }
  | { do: 'progress' | 'fail'; worker: number }
  | { do: 'finish'; worker: number; more: number }
  | { do: 'wait'; worker: number; ms: number }
  | { do: 'expire' | 'evict' }
  | { do: 'cool'; operator: number }
  | { do: 'pass'; ms: number }

/** A busy beginning: all accounts want files, some are stored under another size than told, some are lost again. */
export const BUSY: readonly Action[] = [
  ...[0, 1, 2].flatMap((account): Action[] => [1, 0].map((file) => ({ do: 'unrestrict', account, file }))),
  { do: 'next', worker: 0 },
  { do: 'next', worker: 1 },
  { do: 'finish', worker: 0, more: 30 },
  { do: 'lost', file: 0 },
  { do: 'lost', file: 1 },
  { do: 'unrestrict', account: 0, file: 2 },
]

/** The host names its files as we do. */
const identityOf = (fileId: string) => ({ platform: 'Sample', hostFileId: fileId, passwordDigest: '' })

/** A worker's hold on a file, as the worker remembers it. */
export interface Hold {
  file: number
  claim: number
  lease: string | undefined
}

/** Given is what a worker was given: whose slot it runs on, and whether no operator account can take it. */
export interface Given extends Hold {
  slot: number
  refused: boolean
}

const TABLES = `link, source_file, traffic_entry, account, api_key, pool_lease, host_account, fetch_share,
  platform_queue, waiting_fetch, host_health, host_usage, key_usage, discarded_object`

/** The core on a real database with three processes of workers, and a clock that only a test moves. */
export class World {
  readonly holds: Hold[][] = Array.from({ length: WORKERS }, () => [])
  /** One per process, taken in turn. */
  private readonly admissions: Admission[]
  private requests = 0
  private readonly fetches: Fetches
  private readonly pool: AccountPool
  private readonly schedules: FetchSchedule[]
  private accounts: string[] = []
  private files: string[] = []
  private operators: string[] = []
  private readonly policy = aPolicy({
    ...{ maxDownloads: LIMITS.maxDownloads, maxQueued: MAX_QUEUED },
    manifest: { needsAccount: true },
  })

  private constructor(
    private readonly db: TestDatabase,
    databases: readonly Database[],
    readonly clock: TestClock,
  ) {
    const vault = new Vault(randomBytes(32))
    const { database } = this
    this.fetches = new Fetches(database, clock)
    this.pool = new AccountPool(database, clock, vault)
    this.admissions = databases.map((each) => {
      const pool = new AccountPool(each, clock, vault)
      return new Admission(each, clock, new Files(each, clock, vault), pool, LINK_TTL_MS)
    })
    this.schedules = databases.map((each) => {
      const pool = new AccountPool(each, clock, vault)
      return new FetchSchedule(each, clock, new Fetches(each, clock), pool, new HostBreaker(each, clock))
    })
  }

  static async open(): Promise<World> {
    const clock = new TestClock()
    const db = await TestDatabase.open(clock, { pool: 5 })
    const databases = [db.source]
    while (databases.length < WORKERS) databases.push(await db.another({ pool: 5 }))
    return new World(db, databases, clock)
  }

  get database(): Database {
    return this.db.source
  }

  close(): Promise<void> {
    return this.db.close()
  }

  /** Everything as at the beginning. Not by DELETE: the ledger takes none. */
  async reset(): Promise<void> {
    this.clock.set()
    for (const holds of this.holds) holds.length = 0
    await this.database.query(`TRUNCATE ${TABLES} CASCADE`)
    const now = new Date(this.clock.now())
    this.accounts = ids(ACCOUNTS)
    await this.database.query(
      `INSERT INTO account (id, email, created_at) SELECT id, id::text, $2 FROM unnest($1::uuid[]) id`,
      [this.accounts, now],
    )
    for (const id of this.accounts) {
      await TrafficLedger.grant(this.database.manager, this.clock, id, FIRST_GRANT, null)
    }
    this.files = ids(FILES)
    await this.database.query(
      `INSERT INTO source_file (id, platform, host_file_id, canonical_url, name, size, checked_at, created_at, updated_at)
       SELECT id, 'Sample', id::text, '', 'a.bin', size, $3, $3, $3 FROM unnest($1::uuid[], $2::int[]) file(id, size)`,
      [this.files, SIZES, now],
    )
    const account = { platform: 'Sample', label: '', credentials: {}, proxy: null }
    this.operators = []
    while (this.operators.length < OPERATOR_ACCOUNTS) this.operators.push(await this.pool.add(account))
  }

  /** broken lists what is broken though it must not be. */
  broken(): Promise<string[]> {
    return brokenInvariants(this.database, this.clock.now(), LIMITS)
  }

  /** How the rows stand, in the terms of the model. */
  async standing(): Promise<{ left: number[]; states: string[]; sizes: number[]; links: string[] }> {
    const { database } = this
    const [accounts, files, links] = await Promise.all([
      database.query<{ id: string; left: number }[]>('SELECT id, traffic_left AS left FROM account'),
      database.query<{ id: string; state: string; size: number }[]>(
        'SELECT id, state, size FROM source_file',
      ),
      database.query<{ account: string; file: string; charged: number }[]>(
        'SELECT account_id AS account, file_id AS file, charged FROM link WHERE ended_at IS NULL',
      ),
    ])
    const file = (id: string) => files.find((each) => each.id === id)
    return {
      left: this.accounts.map((id) => accounts.find((each) => each.id === id)?.left ?? Number.NaN),
      states: this.files.map((id) => file(id)?.state ?? ''),
      sizes: this.files.map((id) => file(id)?.size ?? Number.NaN),
      links: links
        .map(
          (link) =>
            `${this.accounts.indexOf(link.account)}→${this.files.indexOf(link.file)}: ${link.charged}`,
        )
        .sort(),
    }
  }

  /** Operator accounts that are neither cooling nor leased. */
  async freeOperators(): Promise<number> {
    const [row] = await this.database.query<[{ free: number }]>(
      `SELECT count(*)::int AS free FROM host_account a WHERE (cool_until IS NULL OR cool_until <= $1)
         AND NOT EXISTS (SELECT FROM pool_lease WHERE host_account_id = a.id AND expires_at > $1)`,
      [new Date(this.clock.now())],
    )
    return row.free
  }

  /** unrestrict does what the gateway does. It gives the cause of the refusal, if it was refused. */
  async unrestrict(account: number, file: number): Promise<string> {
    const caller: Caller = {
      ...{ accountId: this.accounts[account] ?? '', state: 'active', expiresAt: null, errorsAs200: false },
      ...{ dailyPerHost: null, hostCaps: {}, solo: false, trafficLeft: 0, trafficMax: 0 },
    }
    const fileId = this.files[file] ?? ''
    const admission = this.admissions[this.requests++ % this.admissions.length] as Admission
    try {
      const facts = { ...identityOf(fileId), canonicalUrl: '' }
      const known = await admission.linkIfStored(caller, identityOf(fileId), facts, {
        hostDomain: 'sample.test',
      })
      if (known.made) return 'linked'
      const { reused } = await admission.admit({
        ...{ caller, fileId, hostDomain: 'sample.test', policy: this.policy },
      })
      return reused ? 'reused' : 'linked'
    } catch (error) {
      if (error instanceof Refusal) return error.refusal
      throw error
    }
  }

  async cancel(account: number, file: number): Promise<string> {
    const [link] = await this.database.query<{ id: string }[]>(
      'SELECT id FROM link WHERE account_id = $1 AND file_id = $2 AND ended_at IS NULL',
      [this.accounts[account], this.files[file]],
    )
    return this.fetches.cancel(this.accounts[account] ?? '', link?.id ?? 'unknown')
  }

  async next(worker: number): Promise<Given | undefined> {
    const scheduled = await this.schedules[worker]?.next({
      ...{
        platform: 'Sample',
        worker: `worker-${worker}`,
        leaseMs: FILE_LEASE_MS,
        guarded: true,
        solo: false,
      },
      maxDownloads: LIMITS.maxDownloads,
      account: { maxPerAccount: LIMITS.maxPerAccount, maxConnections: 4, leaseMs: ACCOUNT_LEASE_MS },
    })
    if (!scheduled) return undefined
    const { id, claim, slotAccountId } = scheduled.file
    const hold = { file: this.files.indexOf(id), claim, lease: scheduled.lease?.id }
    this.holds[worker]?.push(hold)
    const refused = scheduled.refusal !== undefined
    return { ...hold, slot: this.accounts.indexOf(slotAccountId ?? ''), refused }
  }

  /** The fetch that a worker began last and still believes to have. */
  held(worker: number): Hold | undefined {
    return this.holds[worker]?.at(-1)
  }

  /** progress does what the heartbeats of the file and of the operator account do. */
  async progress(worker: number): Promise<boolean> {
    return this.step(worker, false, async (claim, { lease }) => {
      if (!(await this.fetches.renew(claim, FILE_LEASE_MS, { bytesDone: 1, speed: 1 }))) return false
      if (lease !== undefined) await this.pool.renew(lease, ACCOUNT_LEASE_MS)
      return true
    })
  }

  finish(worker: number, size: number): Promise<boolean> {
    return this.step(worker, true, async (claim) => {
      await this.fetches.setUpload(claim, { objectKey: claim.fileId, uploadId: 'u', partSize: 8 })
      return this.fetches.finish(claim, { size, sha256: 'ab', md5: 'cd' })
    })
  }

  /** The bytes that the host really has for the file that a worker holds. */
  sizeAt({ worker, more }: { worker: number; more: number }): number {
    return Math.max(0, (SIZES[this.held(worker)?.file ?? 0] ?? 0) + more)
  }

  fail(worker: number): Promise<boolean> {
    const refusal = { cause: 'file_gone', until: this.clock.now() + MEMORY_MS } as const
    return this.step(worker, true, (claim) => this.fetches.fail(claim, refusal))
  }

  wait(worker: number, ms: number): Promise<boolean> {
    const how = { failedAttempt: true, restart: false }
    return this.step(worker, true, (claim) => this.fetches.wait(claim, this.clock.now() + ms, how))
  }

  crash(worker: number): void {
    this.holds[worker]?.splice(0)
  }

  /** A worker that is done with a file, or lost it, gives its operator account back. */
  private async step(
    worker: number,
    ends: boolean,
    work: (claim: { fileId: string; claim: number; worker: string }, hold: Hold) => Promise<boolean>,
  ): Promise<boolean> {
    const hold = this.held(worker)
    if (!hold) return false
    const fileId = this.files[hold.file] ?? ''
    const held = await work({ fileId, claim: hold.claim, worker: `worker-${worker}` }, hold)
    if (held && !ends) return held
    const holds = this.holds[worker] ?? []
    if (holds.includes(hold)) holds.splice(holds.indexOf(hold), 1)
    if (hold.lease !== undefined) await this.pool.release(hold.lease)
    return held
  }

  async lost(file: number): Promise<void> {
    const [row] = await this.database.query<{ generation: number }[]>(
      'SELECT generation FROM source_file WHERE id = $1',
      [this.files[file]],
    )
    const download = { fileId: this.files[file], generation: row?.generation } as Download
    await new PgDownloads(this.database, this.clock).markMissing(download)
  }

  async expire(): Promise<void> {
    await new Links(this.database, this.clock).expire()
  }

  async evict(): Promise<void> {
    await new StoredFiles(this.database, this.clock).forgetUnused(FILE_TTL_MS, 10)
  }

  /** repairQueue mends what transactions of the same moment did not see of each other. */
  async repairQueue(): Promise<void> {
    await new QueueRepair(this.database, this.clock).repair()
  }

  async grant(account: number, bytes: number): Promise<void> {
    await TrafficLedger.grant(this.database.manager, this.clock, this.accounts[account] ?? '', bytes, null)
  }

  async setState(account: number, state: 'active' | 'suspended'): Promise<void> {
    await this.database.query('UPDATE account SET state = $2 WHERE id = $1', [this.accounts[account], state])
  }

  async cool(operator: number): Promise<void> {
    const error = new HostError('ACCOUNT_QUOTA', 'used up', { retryAt: this.clock.now() + COOL_MS })
    await this.pool.setAside(this.operators[operator] ?? '', error)
  }

  /** Does it, whatever comes of it; only what is not foreseen is raised. */
  async perform(action: Action): Promise<unknown> {
    switch (action.do) {
      case 'unrestrict':
        return this.unrestrict(action.account, action.file)
      case 'cancel':
        return this.cancel(action.account, action.file)
      case 'next':
        return this.next(action.worker)
      case 'progress':
        return this.progress(action.worker)
      case 'finish':
        return this.finish(action.worker, this.sizeAt(action))
      case 'fail':
        return this.fail(action.worker)
      case 'wait':
        return this.wait(action.worker, action.ms)
      case 'crash':
        return this.crash(action.worker)
      case 'lost':
        return this.lost(action.file)
      case 'expire':
        return this.expire()
      case 'evict':
        return this.evict()
      case 'suspend':
        return this.setState(action.account, 'suspended')
      case 'resume':
        return this.setState(action.account, 'active')
      case 'grant':
        return this.grant(action.account, action.bytes)
      case 'cool':
        return this.cool(action.operator)
      case 'pass':
        this.clock.advance(action.ms)
    }
  }
}

const ids = (count: number) => Array.from({ length: count }, () => randomUUID())
