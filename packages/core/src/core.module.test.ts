import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { type DynamicModule, type INestApplicationContext, Module, type Type } from '@nestjs/common'
import { NestFactory } from '@nestjs/core'
import { DataSource } from 'typeorm'
import { Accounts, AccountsModule } from './accounts/index.js'
import { Admission, AdmissionModule } from './admission/index.js'
import { AuditLog, AuditModule, AuthFailures } from './audit/index.js'
import { BlockList, BlocksModule } from './blocks/index.js'
import { Clock } from './clock/index.js'
import { type Config, parseConfig } from './config/index.js'
import { Discards, DiscardsModule } from './discards/index.js'
import { Documents, DocumentsModule } from './documents/index.js'
import { Fetches, FetchesModule } from './fetches/index.js'
import { Files, FilesModule, HashStates, StoredBytes, StoredFiles } from './files/index.js'
import { Folders, FoldersModule } from './folders/index.js'
import { HealthModule, HostBreaker } from './health/index.js'
import { History, HistoryModule } from './history/index.js'
import { HostCatalog, HostsModule } from './hosts/index.js'
import { CoreModule } from './index.js'
import { InstallationMetrics, InstallationMetricsModule } from './installation-metrics/index.js'
import { Levels, LevelsModule } from './levels/index.js'
import { LinkList, Links, LinksModule, PgDownloads } from './links/index.js'
import { openLog } from './log/index.js'
import { Forwarding, OriginModule } from './origin/index.js'
import { AccountPool, AccountTrials, PgSessions, PoolModule } from './pool/index.js'
import { FetchQueue, Fetchers, QueueModule } from './queue/index.js'
import { DatabaseProbes, ReadinessModule } from './readiness/index.js'
import {
  BandwidthShares,
  FetchSchedule,
  QueuePositions,
  QueueRepair,
  SchedulingModule,
} from './scheduling/index.js'
import { SecretsModule, Vault } from './secrets/index.js'
import { SharedBuckets, SharedBucketsModule } from './shared-buckets/index.js'
import { OBJECT_STORE, StorageModule } from './storage/index.js'
import { Installation, StoreHealth, StoreStateModule, StoreSweeps } from './store-state/index.js'
import { TestDatabase } from './testing/index.js'
import { Streams, StreamsModule } from './streams/index.js'
import { HostUsage, TrafficModule } from './traffic/index.js'

/** Every feature with a module, and what it gives. */
const FEATURES: [Type, (Type | symbol)[]][] = [
  [AccountsModule, [Accounts]],
  [AdmissionModule, [Admission]],
  [AuditModule, [AuditLog, AuthFailures]],
  [BlocksModule, [BlockList]],
  [DiscardsModule, [Discards]],
  [DocumentsModule, [Documents]],
  [FetchesModule, [Fetches]],
  [FilesModule, [Files, HashStates, StoredBytes, StoredFiles]],
  [FoldersModule, [Folders]],
  [HealthModule, [HostBreaker]],
  [HistoryModule, [History]],
  [HostsModule, [HostCatalog]],
  [InstallationMetricsModule, [InstallationMetrics]],
  [LevelsModule, [Levels]],
  [LinksModule, [LinkList, Links, PgDownloads]],
  [OriginModule, [Forwarding]],
  [PoolModule, [AccountPool, AccountTrials, PgSessions]],
  [QueueModule, [FetchQueue, Fetchers]],
  [ReadinessModule, [DatabaseProbes]],
  [SchedulingModule, [BandwidthShares, FetchSchedule, QueuePositions, QueueRepair]],
  [SecretsModule, [Vault]],
  [SharedBucketsModule, [SharedBuckets]],
  [StorageModule, [OBJECT_STORE]],
  [StreamsModule, [Streams]],
  [TrafficModule, [HostUsage]],
  [StoreStateModule, [Installation, StoreHealth, StoreSweeps]],
]

@Module({})
class Process {
  static of(config: Config, feature: Type): DynamicModule {
    const log = openLog('test', 'silent')
    return { module: Process, imports: [CoreModule.forRoot(config, { log }), feature] }
  }
}

let home: string
let database: TestDatabase
let config: Config

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'obb-core-'))
  database = await TestDatabase.open()
  config = parseConfig({ OBB_HOME: home, DATABASE_URL: database.url, SECRETS_KEY: 'ab'.repeat(32) })
})
afterAll(async () => {
  await database.close()
  await rm(home, { recursive: true })
})

const boot = (feature: Type): Promise<INestApplicationContext> =>
  NestFactory.createApplicationContext(Process.of(config, feature), { logger: false, abortOnError: false })

it.each(FEATURES)(
  '%p needs no other module than the core to be imported beside it',
  async (feature, gives) => {
    const app = await boot(feature)
    for (const token of gives) {
      const made = app.select(feature).get<unknown>(token, { strict: true })
      if (typeof token === 'function') expect(made).toBeInstanceOf(token)
      else expect(made).toBeDefined()
    }
    await app.close()
  },
)

it('the core opens one database and one clock for all, and closes the database at the end', async () => {
  const app = await boot(AccountsModule)
  const source = app.get(DataSource)
  expect(app.get(Clock).now()).toBeGreaterThan(0)
  expect(source.isInitialized).toBe(true)
  await app.close()
  expect(source.isInitialized).toBe(false)
})
