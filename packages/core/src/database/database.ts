import 'reflect-metadata'
import pg from 'pg'
import { DataSource } from 'typeorm'
import { Account } from '../accounts/account.table.js'
import { ApiKey } from '../accounts/api-key.table.js'
import { AuditEntry } from '../audit/audit-entry.table.js'
import { Block } from '../blocks/block.table.js'
import { BlockRevision } from '../blocks/block-revision.table.js'
import { DiscardedObject } from '../discards/discarded-object.table.js'
import { Document } from '../documents/document.table.js'
import { FilePieces } from '../files/file-pieces.table.js'
import { HashState } from '../files/hash-state.table.js'
import { SourceFile } from '../files/source-file.table.js'
import { StoredBytesChange, StoredBytesShard } from '../files/stored-bytes.table.js'
import { Folder } from '../folders/folder.table.js'
import { HostHealth } from '../health/host-health.table.js'
import { HostWordsRow } from '../health/host-words.table.js'
import { HostSetting } from '../hosts/host-setting.table.js'
import { Level } from '../levels/level.table.js'
import { Link } from '../links/link.table.js'
import { Share } from '../links/share.table.js'
import { NightlyBackupRow } from '../backup/nightly-backup.table.js'
import { FindingLook } from '../notifications/finding-look.table.js'
import { FindingRow } from '../notifications/finding.table.js'
import { HostWish } from '../notifications/host-wish.table.js'
import { Notification } from '../notifications/notification.table.js'
import { NotificationLook } from '../notifications/notification-look.table.js'
import { NotificationQuiet } from '../notifications/notification-quiet.table.js'
import { NotificationSetting } from '../notifications/notification-setting.table.js'
import { NotificationWebhook } from '../notifications/notification-webhook.table.js'
import { HostAccount } from '../pool/host-account.table.js'
import { PoolLease } from '../pool/pool-lease.table.js'
import { Fetcher } from '../queue/fetcher.table.js'
import { BandwidthShare } from '../scheduling/bandwidth-share.table.js'
import { FetchShare } from '../scheduling/fetch-share.table.js'
import { PlatformQueue } from '../scheduling/platform-queue.table.js'
import { WaitingFetch } from '../scheduling/waiting-fetch.table.js'
import { SetUpRow } from '../set-up/set-up.table.js'
import { DeviceGrant } from '../sign-in/device-grant.table.js'
import { Invitation } from '../sign-in/invitation.table.js'
import { Session } from '../sign-in/session.table.js'
import { LinkedIdentity } from '../sign-in/linked-identity.table.js'
import { OidcAttempt } from '../sign-in/oidc-attempt.table.js'
import { PasskeyChallenge } from '../sign-in/passkey-challenge.table.js'
import { Passkey } from '../sign-in/passkey.table.js'
import { SecondFactorRow } from '../sign-in/second-factor.table.js'
import { SignInRow } from '../sign-in/sign-in.table.js'
import { Proxy } from '../streams/proxy.table.js'
import { driverOf, surviveLostConnections } from '../statements/index.js'
import { StatusPageRow } from '../status-page/status-page.table.js'
import { InstallationRow } from '../store-state/installation.table.js'
import { StoreHealthRow } from '../store-state/store-health.table.js'
import { StoreSweep } from '../store-state/store-sweep.table.js'
import { HostUsageHour } from '../traffic/host-usage.table.js'
import { TrafficEntry } from '../traffic/traffic-entry.table.js'
import { migrations } from './migrations/index.js'
import { SnakeNaming } from './naming.js'

const INT8 = 20

/**
 * How long a connection may take, or a free one to come, ms. A burst opens many at once, which takes a slow machine
 * seconds; a PostgreSQL that is away refuses at once.
 */
const CONNECT_TIMEOUT_MS = 10_000

/** bigint and sums of it as numbers: sizes and balances are safe integers (validated on the way in). */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    return oid === INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')
  },
}

export interface DatabaseOptions {
  /** Most connections of this process. */
  pool?: number | undefined
  /** A statement that takes longer is ended by PostgreSQL, ms. */
  statementMs?: number | undefined
  /** Settings of its sessions in place of that limit, as PGOPTIONS has them. */
  sessions?: string | undefined
  /** The names of the migrations that there are; all unless given. */
  migrations?: readonly string[] | undefined
}

/** The names of all migrations, in their order. */
export const migrationNames = (): string[] => migrations.map((Migration) => new Migration().name)

/** Longer than any statement that is not a mistake, ms. */
const STATEMENT_MS = 30_000

/** The data source of OBB's tables; not connected yet. */
export function dataSource(
  url: string,
  { pool = 16, statementMs = STATEMENT_MS, sessions, migrations: names }: DatabaseOptions = {},
): DataSource {
  surviveLostConnections()
  const source: DataSource = new DataSource({
    type: 'postgres',
    url,
    driver: driverOf(() => source),
    namingStrategy: new SnakeNaming(),
    entities: [
      Account,
      ApiKey,
      AuditEntry,
      SourceFile,
      FilePieces,
      HashState,
      StoredBytesShard,
      StoredBytesChange,
      Level,
      Link,
      Share,
      TrafficEntry,
      HostUsageHour,
      Folder,
      HostAccount,
      PoolLease,
      HostSetting,
      Fetcher,
      Proxy,
      FetchShare,
      PlatformQueue,
      WaitingFetch,
      BandwidthShare,
      HostHealth,
      HostWordsRow,
      Block,
      BlockRevision,
      DiscardedObject,
      Document,
      Passkey,
      PasskeyChallenge,
      SecondFactorRow,
      SignInRow,
      Session,
      Invitation,
      LinkedIdentity,
      OidcAttempt,
      DeviceGrant,
      InstallationRow,
      SetUpRow,
      StoreHealthRow,
      StoreSweep,
      StatusPageRow,
      NightlyBackupRow,
      NotificationSetting,
      NotificationWebhook,
      NotificationQuiet,
      HostWish,
      FindingRow,
      FindingLook,
      Notification,
      NotificationLook,
    ],
    migrations: migrations.filter((Migration) => names?.includes(new Migration().name) ?? true),
    migrationsTransactionMode: 'each',
    logger: 'debug', // silent: what fails is raised, and told in words of ours
    poolSize: pool,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    applicationName: 'obb',
    extra: {
      ...{ types, idleTimeoutMillis: 30_000, keepAlive: true },
      ...(sessions === undefined ? { statement_timeout: statementMs } : { options: sessions }),
    },
    poolErrorHandler: () => undefined,
  })
  return source
}

/** A connected data source. Fails if the database cannot be reached now. */
export async function openDatabase(url: string, options?: DatabaseOptions): Promise<DataSource> {
  return dataSource(url, options).initialize()
}
