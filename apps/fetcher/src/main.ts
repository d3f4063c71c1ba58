import { ConfigError, parseConfig, readEnvironment } from '@obb/core/config'
import { startFetcher } from './app.js'

try {
  const config = parseConfig(readEnvironment())
  const fetcher = await startFetcher({ config })
  const stop = () => void fetcher.close().then(() => process.exit(0))
  process.once('SIGTERM', stop).once('SIGINT', stop).once('disconnect', stop)
  process.send?.({ ready: true })
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`)
  process.exit(1)
}
