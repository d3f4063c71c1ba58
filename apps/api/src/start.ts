import type { AddressInfo } from 'node:net'
import type { ApiConfig } from '@obb/core/config'
import type { Log } from '@obb/core/log'
import type { Running } from '@obb/core/process'
import { createApi } from './app.js'

/** Starts the gateway on the configured host and port. Fails without a database. */
export async function startApi(config: ApiConfig, log: Log): Promise<Running> {
  const proxyUrl = config.PUBLIC_PROXY_URL ?? `http://127.0.0.1:${config.PROXY_PORT}`
  const app = await createApi({ config, proxyUrl, log })
  await app.listen(config.API_PORT, config.HOST)
  const { port } = app.getHttpServer().address() as AddressInfo
  return { url: `http://127.0.0.1:${port}`, close: () => app.close() }
}
