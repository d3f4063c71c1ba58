import type { ApiConfig } from '@obb/core/config'
import { InstallationMetrics } from '@obb/core/installation-metrics'
import type { Log } from '@obb/core/log'
import { measure, watchProcess } from '@obb/core/metrics'
import type { ServerProcess } from '@obb/core/process'
import { Readiness } from '@obb/core/readiness'
import { startTracing } from '@obb/core/tracing'
import { createApi } from './create-api.js'
import { markAdminConnection } from './http/admin-connections.js'
import { OpenConnections } from './http/open-connections.js'

/** The gateway, as a server that does not listen. Fails without a database. `close` drains and takes at most 7 s. */
export async function startApi(config: ApiConfig, log: Log): Promise<ServerProcess> {
  if (config.API_MONITOR_PORT !== undefined) watchProcess()
  const endTracing = await startTracing('api', config, log)
  const app = await createApi({ config, log })
  await app.getHttpAdapter().getInstance().ready()
  return {
    server: app.getHttpServer(),
    enter: (socket, listener) => {
      if (listener === 'admin') markAdminConnection(socket)
    },
    measurements: async () => {
      const [view] = await Promise.all([app.get(Readiness).view(), app.get(InstallationMetrics).refresh()])
      return measure(view)
    },
    retire: () => app.get(OpenConnections).retire(),
    close: () => app.close().finally(endTracing),
  }
}
