import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BlockList } from '@obb/core/blocks'
import { DEFAULT_DIGESTS } from '@obb/core/config'
import { Documents } from '@obb/core/documents'
import { Fetches } from '@obb/core/fetches'
import { Files, HashStates, SourceFile } from '@obb/core/files'
import { Folders } from '@obb/core/folders'
import { HostBreaker, HostHistory, HostWords } from '@obb/core/health'
import { HostCatalog } from '@obb/core/hosts'
import { openLog } from '@obb/core/log'
import { AccountPool, HostAccount, PgSessions } from '@obb/core/pool'
import { Quarantine } from '@obb/core/quarantine'
import { FetchQueue, Fetchers } from '@obb/core/queue'
import { BandwidthShares, FetchSchedule, type ScheduledFetch } from '@obb/core/scheduling'
import { Vault } from '@obb/core/secrets'
import { LocalStore } from '@obb/core/storage'
import { Installation, StoreHealth, StoreSweeps } from '@obb/core/store-state'
import { TestDatabase } from '@obb/core/testing'
import { type HostAdapter, createHostHttp, createRegistry, loadRegistry } from '@obb/host-adapters'
import {
  type ApiKnobs,
  type FakeContent,
  type FakeHost,
  contentBytes,
  loadFake,
  patternContent,
} from '@obb/host-adapters/testing'
import { TestClock } from '@obb/testing/clock'
import { BandwidthLimits } from '../bandwidth/bandwidth-limits.js'
import { systemClock } from '../bandwidth/bandwidth.js'
import { AccountLeases } from './account-leases.js'
import { FetchAttempt } from './fetch-attempt.js'
import { FetchClaims } from './fetch-claims.js'
import { FetchWorker } from './fetch-worker.js'
import { FetchHealth } from './fetch-health.js'
import { FetchOutcomes } from './fetch-outcomes.js'
import { FetchSuspects } from './fetch-suspects.js'
import { type FetchRun, FetchRuns } from './fetch-run.js'
import { FileDownload } from './file-download.js'
import { LeaseHeartbeat } from './lease-heartbeat.js'
import { StoredTransfer } from './stored-transfer.js'
import { DocumentThreads } from '../host-calls/document-threads.js'
import { HostAccess } from '../host-calls/host-access.js'
import { FileRepair } from '../repair/file-repair.js'
import { StoreWatch } from '../store/store-watch.js'
import { WayGiving } from './way-giving.js'

const PLATFORM = 'RapidGator'
const WORKER = 'one'
const LEASE_MS = 15_000
const WAY_LOOK_MS = 50
const forever = new AbortController().signal

interface Account {
  email: string
  password: string
  trafficLeft: number
  frozen: boolean
}
/** Parts are the parts of a worker that the tests work with. */
interface Parts {
  fetches: Fetches
  fetchers: Fetchers
  claims: FetchClaims
  catalog: HostCatalog
  pool: AccountPool
  queue: FetchQueue
  schedule: FetchSchedule
  store: LocalStore
  runs: FetchRuns
  attempt: FetchAttempt
  worker(drainMs: number): FetchWorker
}
type Knobs = ApiKnobs & { accounts: Account[]; forgetSessions(): void }

/** FetchRig is a whole fetch worker, all of it real; its host is the stand-in of a platform that needs accounts. */
export class FetchRig {
  private readonly cleanups: (() => Promise<unknown>)[] = []
  /** links are the links of the files at the host, by id. */
  private readonly links = new Map<string, string>()

  private constructor(
    readonly clock: TestClock,
    readonly db: TestDatabase,
    readonly host: FakeHost<Knobs>,
    readonly parts: Parts,
  ) {}

  /** `speedFloor`: bytes per second below which a fetch crawls, from its first heartbeat on. */
  static async start(clock = new TestClock(), { speedFloor = 0 } = {}): Promise<FetchRig> {
    const db = await TestDatabase.open(clock)
    const { source: database } = db
    const directory = await mkdtemp(join(tmpdir(), 'obb-fetch-'))
    const host = await (await loadFake<Knobs>(PLATFORM)).start()
    const vault = new Vault(randomBytes(32))
    const log = openLog('fetcher', 'silent')
    const store = new LocalStore(directory)
    const http = createHostHttp({ allowNetworks: ['127.0.0.0/8'], now: () => clock.now() })
    const fetches = new Fetches(database, clock)
    const pool = new AccountPool(database, clock, vault)
    const breaker = new HostBreaker(database, clock)
    const catalog = new HostCatalog(createRegistry([await unhurried()]), database, clock, vault)
    await catalog.update(PLATFORM, { origins: host.origins })
    const sessions = new PgSessions(database, clock, vault)
    const health = new StoreHealth(database, clock)
    const sweeps = new StoreSweeps(database, clock)
    const watch = new StoreWatch(store, health, new Installation(database, clock, ''), sweeps, log)
    await watch.begin()
    const queue = new FetchQueue({ databaseUrl: db.url }, log)
    const files = new Files(database, clock, vault)
    const access = new HostAccess(
      http,
      sessions,
      clock,
      new Documents(database, clock),
      new DocumentThreads(),
    )
    const shares = new BandwidthShares(database, clock)
    const limits = new BandwidthLimits(shares, WORKER, {}, log, systemClock)
    const repair = new FileRepair(fetches, store, { REPAIR_MAX: 0 }, log)
    const transfer = new StoredTransfer(fetches, repair, clock, store, {
      FETCH_HASHES: 'native',
      FETCH_DIGESTS: [...DEFAULT_DIGESTS],
      HTTP_UNKNOWN_SIZE_MAX: 2 ** 30,
    })
    const download = new FileDownload(access, breaker, new HostWords(database, clock), limits, transfer, log)
    const attempt = new FetchAttempt(
      catalog,
      files,
      new AccountLeases(pool, breaker, log),
      download,
      clock,
      log,
    )
    const floor = { FETCHER_SPEED_FLOOR: speedFloor }
    const runs = new FetchRuns(fetches, new HashStates(database), watch, store, WORKER, floor, 0)
    const schedule = new FetchSchedule(database, clock, fetches, pool, breaker)
    const fetchers = new Fetchers(database, clock)
    const claims = new FetchClaims(catalog, schedule, fetchers, queue, watch, WORKER, log)
    const wayGiving = new WayGiving(claims, log, WAY_LOOK_MS)
    const outcomes = new FetchOutcomes(fetches, watch, clock, store, log)
    const fetchHealth = new FetchHealth(breaker, new HostHistory(database, clock), catalog, watch, log)
    const heartbeat = new LeaseHeartbeat(fetches, log)
    const folders = new Folders(database, clock, vault)
    const quarantine = new Quarantine(new BlockList(database, clock), files, folders, pool, clock, log)
    const suspects = new FetchSuspects(fetches, quarantine, pool, log)
    const rig = new FetchRig(clock, db, host, {
      ...{ fetches, fetchers, claims, catalog, pool, queue, schedule, store, runs, attempt },
      worker: (FETCHER_DRAIN) =>
        new FetchWorker(claims, runs, heartbeat, wayGiving, attempt, suspects, outcomes, fetchHealth, {
          FETCHER_DRAIN,
        }),
    })
    rig.cleanups.push(
      () => queue.close(),
      () => http.close(),
      () => host.close(),
      () => store.close(),
      () => rm(directory, { recursive: true }),
      () => db.close(),
    )
    return rig
  }

  async close(): Promise<void> {
    for (const cleanup of this.cleanups) await cleanup()
  }

  /** An account of the operator at the host; the first is the one that the stand-in knows anyway. */
  async operatorAccount(more: Partial<Account> = {}): Promise<string> {
    const { accounts } = this.host.knobs
    const known = await this.db.source.manager.countBy(HostAccount, { platform: PLATFORM })
    const [first] = accounts
    if (!first) throw new Error('the stand-in knows no account')
    if (known > 0)
      accounts.push({ ...first, email: `op${known}@example.test`, trafficLeft: 2 ** 40, frozen: false })
    const { email, password } = Object.assign(accounts.at(-1)!, more)
    const { pool } = this.parts
    return pool.add({ platform: PLATFORM, label: email, credentials: { email, password }, proxy: null })
  }

  /** A file that a user waits for. */
  async wanted(
    content: FakeContent = patternContent(1_000),
    told: Partial<SourceFile> = {},
  ): Promise<SourceFile> {
    const name = 'a.bin'
    const link = this.host.addFile({ name, content })
    const match = this.parts.catalog.match(link)
    if (!match) throw new Error('the platform does not know the link of its stand-in')
    const { canonicalUrl, fileId: hostFileId } = match.ref
    const size = content.size
    const facts = { platform: PLATFORM, hostFileId, canonicalUrl, name, size, ...told }
    const file = await this.db.aFile({ state: 'pending', ...facts })
    await this.db.aLink({ file, account: await this.db.anAccount({ traffic: size }) })
    this.links.set(file.id, link)
    this.clock.advance(1) // who asks later waits behind
    return file
  }

  removeAtHost({ id }: Pick<SourceFile, 'id'>): void {
    this.host.removeFile(this.links.get(id) ?? '')
  }

  /** scheduled takes the fetch whose turn it is, with an account leased for it. */
  async scheduled(): Promise<ScheduledFetch> {
    const { limits } = this.parts.catalog.get(PLATFORM).adapter.manifest
    const account = {
      ...{ maxPerAccount: limits.maxDownloads, maxConnections: limits.maxChunks, leaseMs: LEASE_MS },
    }
    const scheduled = await this.parts.schedule.next({
      ...{ platform: PLATFORM, worker: WORKER, leaseMs: LEASE_MS, maxDownloads: 10, solo: false },
      ...{ account, guarded: true },
    })
    if (!scheduled) throw new Error('nothing waits')
    return scheduled
  }

  /** Begun, for `attempt.run`; ends at once when `signal` is aborted. */
  begun(scheduled: ScheduledFetch, signal: AbortSignal = forever): FetchRun {
    const run = this.parts.runs.begin(scheduled, forever)
    signal.addEventListener('abort', () => run.abort.abort(signal.reason))
    return run
  }

  /** `drainMs`: how long what is under way may take once the worker stops. */
  worker(drainMs = 0): FetchWorker {
    return this.parts.worker(drainMs)
  }

  fileNow({ id }: Pick<SourceFile, 'id'>): Promise<SourceFile> {
    return this.db.source.manager.findOneByOrFail(SourceFile, { id })
  }

  /** How many parts of the file lie in the store. */
  async storedParts(file: Pick<SourceFile, 'id'>): Promise<number> {
    const { objectKey: key, partSize, size, uploadId } = await this.fileNow(file)
    if (key === null || partSize === null || size === null || uploadId === null) return 0
    return (await this.parts.store.listParts({ key, partSize, size, uploadId })).length
  }

  /** The stored object of a file is what the host has. */
  async isWhole(file: Pick<SourceFile, 'id'>, content: FakeContent): Promise<boolean> {
    const { objectKey, state } = await this.fileNow(file)
    if (state !== 'done' || objectKey === null) return false
    const chunks: Buffer[] = []
    for await (const chunk of await this.parts.store.read(objectKey, 0, content.size))
      chunks.push(chunk as Buffer)
    return Buffer.concat(chunks).equals(await contentBytes(content))
  }

  /** How many calls of this name the host has had. */
  calls(name: string): number {
    return this.host.calls.filter((call) => call === name).length
  }

  /** Accounts that are leased now. */
  async leases(): Promise<number> {
    const [{ count }] = await this.db.source.query<[{ count: number }]>(
      'SELECT count(*)::int FROM pool_lease',
    )
    return count
  }
}

/** The platform's adapter as it is, but for its pace. */
async function unhurried(): Promise<HostAdapter> {
  const adapter = (await loadRegistry()).get(PLATFORM)
  if (!adapter) throw new Error('there is no such platform')
  const manifest = { ...adapter.manifest, requestGate: { minIntervalMs: 0, burst: 1 } }
  return Object.create(adapter, { manifest: { value: manifest } }) as HostAdapter
}
