import { ConfigError, parseConfig, readEnvironment } from '@obb/core/config'
import { openLog } from '@obb/core/log'
import { describe } from './failures.js'
import { startProxy } from './start.js'

/** ms from the wish to stop to the end of the process, whatever hangs. */
const LAST_MOMENT = 7_900

try {
  const config = parseConfig(readEnvironment())
  const log = openLog('proxy', config.LOG_LEVEL)
  // Requests share nothing but connections to the store and the database, so an error that escaped from one
  // of them is no reason to cut all downloads of all others.
  const escaped = (error: unknown): void => log.error({ reason: describe(error) }, 'an error escaped')
  process.on('uncaughtException', escaped).on('unhandledRejection', escaped)

  const proxy = await startProxy(config, log)
  let stopping = false
  const stop = (): void => {
    if (stopping) return
    stopping = true
    setTimeout(() => process.exit(0), LAST_MOMENT).unref()
    proxy
      .close()
      .catch(escaped)
      .finally(() => process.exit(0))
  }
  process.on('SIGTERM', stop).on('SIGINT', stop).on('disconnect', stop)
  log.info({ url: proxy.url }, 'listening')
  process.send?.({ ready: true, url: proxy.url })
} catch (error) {
  process.stderr.write(`${error instanceof ConfigError ? error.message : describe(error)}\n`)
  process.exit(1)
}
