import 'reflect-metadata'
import pg from 'pg'
import { DataSource } from 'typeorm'
import { Account, ApiKey } from '../accounts/index.js'
import { Block } from '../blocks/index.js'
import { DiscardedObject } from '../discards/index.js'
import { Document } from '../documents/index.js'
import { FilePieces, HashState, SourceFile } from '../files/index.js'
import { Folder } from '../folders/index.js'
import { HostHealth } from '../health/index.js'
import { HostSetting } from '../hosts/index.js'
import { Link } from '../links/index.js'
import { HostAccount, PoolLease } from '../pool/index.js'
import { Fetcher } from '../queue/index.js'
import { BandwidthShare, FetchShare } from '../scheduling/index.js'
import { InstallationRow, StoreHealthRow, StoreSweep } from '../store-state/index.js'
import { TrafficEntry } from '../traffic/index.js'
import { surviveLostConnections } from './lost-connections.js'
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
  pool?: number
}

/** The data source of OBB's tables; not connected yet. */
export function dataSource(url: string, { pool = 16 }: DatabaseOptions = {}): DataSource {
  surviveLostConnections()
  return new DataSource({
    type: 'postgres',
    url,
    namingStrategy: new SnakeNaming(),
    entities: [
      Account,
      ApiKey,
      SourceFile,
      FilePieces,
      HashState,
      Link,
      TrafficEntry,
      Folder,
      HostAccount,
      PoolLease,
      HostSetting,
      Fetcher,
      FetchShare,
      BandwidthShare,
      HostHealth,
      Block,
      DiscardedObject,
      Document,
      InstallationRow,
      StoreHealthRow,
      StoreSweep,
    ],
    migrations,
    migrationsTransactionMode: 'all',
    poolSize: pool,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    applicationName: 'obb',
    extra: { types, idleTimeoutMillis: 30_000, statement_timeout: 30_000, keepAlive: true },
    poolErrorHandler: () => undefined,
  })
}

/** A connected data source. Fails if the database cannot be reached now. */
export async function openDatabase(url: string, options?: DatabaseOptions): Promise<DataSource> {
  return dataSource(url, options).initialize()
}
