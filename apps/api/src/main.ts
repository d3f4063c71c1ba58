import { ConfigError, parseConfig, readEnvironment } from '@obb/core/config'
import { openLog } from '@obb/core/log'
import { createApi } from './app.js'
import { textOf } from './failures/refusal-of.js'

try {
  const config = parseConfig(readEnvironment())
  const proxyUrl = config.PUBLIC_PROXY_URL ?? `http://127.0.0.1:${config.PROXY_PORT}`
  const log = openLog('api', config.LOG_LEVEL)
  // Libraries lose promises when a connection drops amid a call; that is no reason to drop everybody else's.
  process.on('unhandledRejection', (reason) => log.error({ err: textOf(reason) }, 'unhandled rejection'))
  const app = await createApi({ config, proxyUrl, log })
  const stop = () => void app.close().then(() => process.exit(0))
  process.once('SIGTERM', stop).once('SIGINT', stop).once('disconnect', stop)
  await app.listen(config.API_PORT, config.HOST)
  const { port } = app.getHttpServer().address() as { port: number }
  process.send?.({ ready: true, url: `http://127.0.0.1:${port}` })
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`)
  process.exit(1)
}
