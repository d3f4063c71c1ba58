import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import { BullModule } from '@nestjs/bullmq'
import { type DynamicModule, type InjectionToken, Module, type Provider } from '@nestjs/common'
import { BlockList } from '@obb/core/blocks'
import { type Clock, DatabaseClock } from '@obb/core/clock'
import type { FetcherConfig } from '@obb/core/config'
import { openDatabase } from '@obb/core/database'
import { Discards } from '@obb/core/discards'
import { Documents } from '@obb/core/documents'
import { Fetches } from '@obb/core/fetches'
import { Files, HashStates, StoredFiles } from '@obb/core/files'
import { Folders } from '@obb/core/folders'
import { HostBreaker } from '@obb/core/health'
import { HostCatalog } from '@obb/core/hosts'
import { Links } from '@obb/core/links'
import { type Log, openLog } from '@obb/core/log'
import { AccountPool, AccountTrials, PgSessions } from '@obb/core/pool'
import { FetchQueue, Fetchers, queueConnection, queueSettings } from '@obb/core/queue'
import { BandwidthShares, FetchSchedule } from '@obb/core/scheduling'
import { Vault } from '@obb/core/secrets'
import { type ObjectStore, openObjectStore, storeSettings } from '@obb/core/storage'
import { createHostHttp, loadRegistry } from '@obb/host-adapters'
import { Installation, StoreHealth, StoreSweeps } from '@obb/core/store-state'
import { DataSource } from 'typeorm'
import { AccountCheck } from './host-calls/account-check.js'
import { BandwidthLimits } from './bandwidth/bandwidth-limits.js'
import { CheckSchedule } from './housekeeping/check-schedule.js'
import { FetchFile } from './fetch/fetch-file.js'
import { FetchProcessor } from './queue/fetch.processor.js'
import { HealthServer, Liveness } from './housekeeping/health.js'
import { HostAccess } from './host-calls/host-access.js'
import { HostCallProcessor } from './queue/host-call.processor.js'
import { Canaries } from './housekeeping/canaries.js'
import { Expansion } from './host-calls/expansion.js'
import { HostInquiry } from './host-calls/host-inquiry.js'
import { Inspection } from './host-calls/inspection.js'
import { Resources } from './resources.js'
import { Retention } from './housekeeping/retention.js'
import { StoreWatch } from './store/store-watch.js'
import { Sweep } from './housekeeping/sweep.js'
import { CLOCK, CONFIG, HOST_HTTP, LOG, STORE, WORKER_ID } from './tokens.js'

export interface FetcherOptions {
  config: FetcherConfig
  /** PostgreSQL's unless given. */
  clock?: Clock
  log?: Log
}

/** The fetch worker: everything that talks to hosts, and nothing that listens. */
@Module({})
export class AppModule {
  static register({ config, clock, log }: FetcherOptions): DynamicModule {
    return {
      module: AppModule,
      imports: [
        BullModule.forRootAsync({
          useFactory: () => ({ connection: queueConnection(queueSettings(config), 'worker') }),
        }),
        BullModule.registerQueue(), // no queue of its own, but it is what finds the processors
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        clockProvider(clock),
        { provide: LOG, useValue: log ?? openLog('fetcher', config.LOG_LEVEL) },
        { provide: WORKER_ID, useValue: `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}` },
        ...providers,
        FetchProcessor,
        HostCallProcessor,
        Resources,
      ],
    }
  }
}

function clockProvider(clock: Clock | undefined): Provider {
  return {
    provide: CLOCK,
    inject: [DataSource, LOG],
    useFactory: (database: DataSource, log: Log) => clock ?? DatabaseClock.start(database, log),
  }
}

/** A class whose constructor takes these tokens, in order. */
function construct<Args extends unknown[], T>(
  type: new (...args: Args) => T,
  ...inject: InjectionToken[]
): Provider {
  return { provide: type, inject, useFactory: (...args: Args) => new type(...args) }
}

const providers: Provider[] = [
  {
    provide: DataSource,
    inject: [CONFIG],
    useFactory: (config: FetcherConfig) => openDatabase(config.DATABASE_URL, { pool: config.DATABASE_POOL }),
  },
  {
    provide: STORE,
    inject: [CONFIG],
    useFactory: (config: FetcherConfig) => openObjectStore(storeSettings(config)),
  },
  {
    provide: HOST_HTTP,
    inject: [CONFIG, CLOCK],
    useFactory: (config: FetcherConfig, clock: Clock) =>
      createHostHttp({ allowNetworks: config.FETCH_ALLOW_NETWORKS, now: () => clock.now() }),
  },
  {
    provide: Vault,
    inject: [CONFIG],
    useFactory: (config: FetcherConfig) => new Vault(config.SECRETS_KEY, config.SECRETS_KEYS_OLD),
  },
  {
    provide: FetchQueue,
    inject: [CONFIG, LOG],
    useFactory: (config: FetcherConfig, log: Log) => new FetchQueue(queueSettings(config), log),
  },
  {
    provide: HostCatalog,
    inject: [DataSource, CLOCK, Vault],
    useFactory: async (database: DataSource, clock: Clock, vault: Vault) =>
      new HostCatalog(await loadRegistry(), database, clock, vault),
  },
  construct(Files, DataSource, CLOCK, Vault),
  construct(Links, DataSource, CLOCK),
  construct(Fetches, DataSource, CLOCK),
  construct(HashStates, DataSource),
  construct(Fetchers, DataSource, CLOCK),
  construct(AccountPool, DataSource, CLOCK, Vault),
  construct(AccountTrials, DataSource, CLOCK, Vault, AccountPool),
  construct(PgSessions, DataSource, CLOCK, Vault),
  construct(HostAccess, HOST_HTTP, PgSessions, CLOCK, Documents),
  construct(HostInquiry, AccountPool, HostAccess, HostBreaker, LOG),
  construct(Inspection, Files, HostCatalog, HostInquiry, CLOCK, LOG),
  construct(Expansion, Folders, HostCatalog, HostInquiry, CLOCK, LOG),
  construct(Folders, DataSource, CLOCK, Vault),
  {
    provide: Documents,
    inject: [DataSource, CLOCK],
    useFactory: (database: DataSource, clock: Clock) => new Documents(database, clock),
  },
  construct(Canaries, HostCatalog, HostBreaker, HostInquiry, LOG),
  construct(AccountCheck, HostCatalog, AccountPool, HostAccess, LOG),
  {
    provide: Retention,
    inject: [Fetches, StoredFiles, Discards, HashStates, STORE, StoreWatch, CONFIG, CLOCK, LOG],
    useFactory: (
      fetches: Fetches,
      stored: StoredFiles,
      discards: Discards,
      states: HashStates,
      store: ObjectStore,
      watch: StoreWatch,
      config: FetcherConfig,
      clock: Clock,
      log: Log,
    ) => {
      const limits = { unusedMs: config.FILE_TTL, quota: config.STORAGE_QUOTA }
      return new Retention(fetches, stored, discards, states, store, () => watch.holdings, limits, clock, log)
    },
  },
  {
    provide: Installation,
    inject: [DataSource, CLOCK, CONFIG],
    useFactory: (database: DataSource, clock: Clock, config: FetcherConfig) =>
      new Installation(database, clock, config.S3_PREFIX),
  },
  {
    provide: StoreHealth,
    inject: [DataSource, CLOCK],
    useFactory: (database: DataSource, clock: Clock) => new StoreHealth(database, clock),
  },
  construct(StoreSweeps, DataSource, CLOCK),
  construct(StoreWatch, STORE, StoreHealth, Installation, StoreSweeps, LOG),
  construct(BlockList, DataSource, CLOCK),
  construct(Discards, DataSource, CLOCK),
  construct(StoredFiles, DataSource, CLOCK),
  construct(CheckSchedule, HostCatalog, AccountPool, AccountCheck, LOG),
  {
    provide: Sweep,
    inject: [
      WORKER_ID,
      Fetchers,
      Fetches,
      FetchQueue,
      Links,
      Folders,
      Documents,
      Retention,
      BlockList,
      CheckSchedule,
      Canaries,
      StoreWatch,
      StoreSweeps,
      Liveness,
      AccountTrials,
      LOG,
    ],
    useFactory: (
      ...[
        worker,
        fetchers,
        fetches,
        queue,
        links,
        folders,
        documents,
        retention,
        blocks,
        checks,
        canaries,
        watch,
        sweeps,
        liveness,
        trials,
        log,
      ]: [
        string,
        Fetchers,
        Fetches,
        FetchQueue,
        Links,
        Folders,
        Documents,
        Retention,
        BlockList,
        CheckSchedule,
        Canaries,
        StoreWatch,
        StoreSweeps,
        Liveness,
        AccountTrials,
        Log,
      ]
    ) =>
      new Sweep({
        worker,
        fetchers,
        fetches,
        queue,
        links,
        folders,
        documents,
        retention,
        blocks,
        checks,
        canaries,
        watch,
        sweeps,
        liveness,
        trials,
        log,
      }),
  },
  construct(HostBreaker, DataSource, CLOCK),
  construct(Liveness),
  construct(HealthServer, Liveness, CONFIG),
  construct(BandwidthShares, DataSource, CLOCK),
  {
    provide: BandwidthLimits,
    inject: [BandwidthShares, WORKER_ID, CONFIG, LOG],
    useFactory: (shares: BandwidthShares, worker: string, config: FetcherConfig, log: Log) =>
      new BandwidthLimits(shares, worker, config.FETCHER_BANDWIDTH, log),
  },
  construct(FetchSchedule, DataSource, CLOCK, Fetches, AccountPool, HostBreaker),
  {
    provide: FetchFile,
    inject: [
      Fetches,
      Files,
      HostCatalog,
      AccountPool,
      HostAccess,
      HostBreaker,
      STORE,
      StoreWatch,
      CLOCK,
      LOG,
      FetchQueue,
      FetchSchedule,
      WORKER_ID,
      BandwidthLimits,
      HashStates,
      CONFIG,
    ],
    useFactory: (
      fetches: Fetches,
      files: Files,
      catalog: HostCatalog,
      pool: AccountPool,
      access: HostAccess,
      breaker: HostBreaker,
      store: ObjectStore,
      watch: StoreWatch,
      clock: Clock,
      log: Log,
      queue: FetchQueue,
      schedule: FetchSchedule,
      worker: string,
      limits: BandwidthLimits,
      states: HashStates,
      { FETCHER_DRAIN: drainMs, FETCH_HASHES: hashing }: FetcherConfig,
    ) =>
      new FetchFile({
        ...{ fetches, files, catalog, pool, access, breaker, store, watch, clock, log },
        ...{ queue, schedule, worker, limits, drainMs, states, hashing },
      }),
  },
]
