import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { DatabaseClock, systemClock } from '@obb/core/clock'
import { storeSettings, type ProxyConfig } from '@obb/core/config'
import { openDatabase } from '@obb/core/database'
import { PgDownloads } from '@obb/core/links'
import { openObjectStore } from '@obb/core/storage'
import { createProxyApp } from './app.js'
import { describe } from './failures.js'
import type { Log } from './ports.js'
import { RecentDownloads } from './recent-downloads.js'

/** ms for the store and the database to say goodbye, after all connections are closed. */
const GOODBYE = 1_000

export interface RunningProxy {
  /** Where it listens, without a path. */
  url: string
  /** Drains and closes everything; takes at most 8 s. */
  close(): Promise<void>
}

/**
 * Starts the proxy on the configured host and port. Fails without a database; a store that is away answers
 * downloads with 503 until it is back.
 */
export async function startProxy(config: ProxyConfig, log: Log): Promise<RunningProxy> {
  const database = await openDatabase(config.DATABASE_URL, { pool: config.DATABASE_POOL })
  const store = openObjectStore(storeSettings(config))
  await store.prepare().catch((error: unknown) => {
    log.error({ reason: describe(error) }, 'the store cannot be used now')
  })
  const databaseClock = await DatabaseClock.start(database, log)
  const downloads = new RecentDownloads(new PgDownloads(database, databaseClock), systemClock)
  const publicUrl = config.PUBLIC_PROXY_URL
  const app = await createProxyApp({
    ...{ downloads, store, log, publicUrl, clock: systemClock },
    offload: config.PROXY_OFFLOAD,
    serveWhileFetching: config.SERVE_WHILE_FETCHING,
  })
  await app.listen(config.PROXY_PORT, config.HOST)
  return {
    url: addressOf(app.getHttpServer().address() as AddressInfo),
    close: async () => {
      await app.close()
      await Promise.race([Promise.allSettled([store.close(), database.destroy()]), delay(GOODBYE)])
    },
  }
}

/** An address that can be connected to: a wildcard is everywhere, so it is here. */
function addressOf({ address, port }: AddressInfo): string {
  const host = address === '0.0.0.0' || address === '::' ? '127.0.0.1' : address
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`
}
