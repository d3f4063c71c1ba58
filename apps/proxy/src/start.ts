import { setTimeout as delay } from 'node:timers/promises'
import { DatabaseClock, systemClock } from '@obb/core/clock'
import type { ProxyConfig } from '@obb/core/config'
import { openDatabase } from '@obb/core/database'
import { PgDownloads } from '@obb/core/links'
import { DownloadUrls, Forwarding } from '@obb/core/origin'
import type { ServerProcess } from '@obb/core/process'
import { openObjectStore, storeSettings } from '@obb/core/storage'
import { Installation, StoreHealth, storeFacts } from '@obb/core/store-state'
import { createProxy } from './create-proxy.js'
import { Connections } from './http/connections.js'
import { describe } from './http/failures.js'
import type { Log } from './ports.js'
import { RecentDownloads } from './links/recent-downloads.js'

/** ms for the store and the database to say goodbye, after all connections are closed. */
const GOODBYE = 1_000

/**
 * The proxy, as a server that does not listen. Fails without a database; a store that is away answers
 * downloads with 503 until it is back. `close` drains and takes at most 8 s.
 */
export async function startProxy(config: ProxyConfig, log: Log): Promise<ServerProcess> {
  const database = await openDatabase(config.DATABASE_URL, { pool: config.DATABASE_POOL })
  const store = await openObjectStore(storeSettings(config))
  await store.prepare().catch((error: unknown) => {
    log.error({ reason: describe(error) }, 'the store cannot be used now')
  })
  const databaseClock = await DatabaseClock.start(database, log)
  const downloads = new RecentDownloads(new PgDownloads(database, databaseClock), systemClock)
  const health = new StoreHealth(database, databaseClock)
  const facts = storeFacts(store, health, new Installation(database, databaseClock, config.S3_PREFIX))
  const { PUBLIC_PROXY_URL: publicUrl, TRUSTED_PROXIES } = config
  const urls = new DownloadUrls({ publicUrl, forwarding: new Forwarding(TRUSTED_PROXIES) })
  const app = await createProxy({
    ...{ downloads, store, facts, log, urls, clock: systemClock },
    offload: config.PROXY_OFFLOAD,
    serveWhileFetching: config.SERVE_WHILE_FETCHING,
  })
  await app.getHttpAdapter().getInstance().ready()
  return {
    server: app.getHttpServer(),
    retire: () => app.get(Connections).retire(),
    close: async () => {
      await app.close()
      await Promise.race([Promise.allSettled([store.close(), database.destroy()]), delay(GOODBYE)])
    },
  }
}
