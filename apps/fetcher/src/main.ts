import { ConfigError, parseConfig, readEnvironment } from '@obb/core/config'
import { openLog } from '@obb/core/log'
import { startFetcher } from './app.js'

/** ms from the wish to stop to the end of the process, whatever hangs. */
const LAST_MOMENT = 7_500

try {
  const config = parseConfig(readEnvironment())
  const log = openLog('fetcher', config.LOG_LEVEL)
  // Files share nothing but connections, so an error that escaped from one is no reason to drop all others.
  const escaped = (error: unknown): void => log.error({ err: error }, 'an error escaped')
  process.on('uncaughtException', escaped).on('unhandledRejection', escaped)

  const fetcher = await startFetcher({ config, log })
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(0), LAST_MOMENT).unref()
    fetcher
      .close()
      .catch(escaped)
      .finally(() => process.exit(0))
  }
  process.on('SIGTERM', stop).on('SIGINT', stop).on('disconnect', stop)
  log.info('fetching')
  process.send?.({ ready: true })
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : String(error)}\n`)
  process.exit(1)
}
