import { ConfigError, parseConfig, readEnvironment } from '@obb/core/config'
import { createApi } from './app.js'

try {
  const config = parseConfig(readEnvironment())
  const proxyUrl = config.PUBLIC_PROXY_URL ?? `http://127.0.0.1:${config.PROXY_PORT}`
  const app = await createApi({ config, proxyUrl })
  const stop = () => void app.close().then(() => process.exit(0))
  process.once('SIGTERM', stop).once('SIGINT', stop).once('disconnect', stop)
  await app.listen(config.API_PORT, config.HOST)
  const { port } = app.getHttpServer().address() as { port: number }
  process.send?.({ ready: true, url: `http://127.0.0.1:${port}` })
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`)
  process.exit(1)
}
