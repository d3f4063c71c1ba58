import type { ProxyConfig } from '@obb/core/config'
import type { Log } from '@obb/core/log'
import { measure, watchProcess } from '@obb/core/metrics'
import type { ServerProcess } from '@obb/core/process'
import { Readiness, storeAction } from '@obb/core/readiness'
import { OBJECT_STORE, type ObjectStore } from '@obb/core/storage'
import { startTracing } from '@obb/core/tracing'
import { createProxy } from './create-proxy.js'
import { ClientConnections } from './http/client-connections.js'
import { describe } from './http/failures.js'
import { PortsModule } from './ports.module.js'

/**
 * The proxy, as a server that does not listen. Fails without a database; a store that is away answers
 * downloads with 503 until it is back. `close` drains and takes at most 8 s.
 */
export async function startProxy(config: ProxyConfig, log: Log): Promise<ServerProcess> {
  if (config.PROXY_MONITOR_PORT !== undefined) watchProcess()
  const endTracing = await startTracing('proxy', config, log)
  const app = await createProxy(PortsModule.forRoot(config, log))
  await app
    .get<ObjectStore>(OBJECT_STORE)
    .prepare()
    .catch((error: unknown) => {
      const action = storeAction('away', error instanceof Error ? error.message : null)
      log.error({ reason: describe(error), action }, 'the store cannot be used now')
    })
  await app.getHttpAdapter().getInstance().ready()
  return {
    server: app.getHttpServer(),
    measurements: async () => measure(await app.get(Readiness).view()),
    retire: () => app.get(ClientConnections).retire(),
    close: () => app.close().finally(endTracing),
  }
}
