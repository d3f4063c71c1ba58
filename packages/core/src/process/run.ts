import {
  ConfigError,
  type ConfigOf,
  oddSettings,
  parseConfigOf,
  type ProcessName,
  readSettings,
} from '../config/index.js'
import { type Log, openLog } from '../log/index.js'

/** ms from the wish to stop to the end of the process, whatever hangs; `npm start` kills after 8 s. */
const LAST_MOMENT_MS = 7_500

export interface Running {
  /** URL that this process listens at, if it does: the supervisor is told it, with `{ ready: true }`. */
  url?: string
  /** All of them, where there are several, by their names; `url` is the first. */
  urls?: Readonly<Record<string, string>>
  close(): Promise<unknown>
  /** ms that `close` may take at most, where that is longer than LAST_MOMENT_MS. */
  closeMs?: number
  /**
   * Everything that works here anew, without anybody noticing; `env` are the settings from now on. How many processes
   * that were. Where it is missing, a process ends when it is asked for that, and whoever keeps it starts it again.
   */
  restart?(env?: Record<string, string>): Promise<number>
}

/** A RestartOrder is what a supervisor says to a process of OBB; the answer is `{ restarted }` or `{ failed }`. */
interface RestartOrder {
  restart: Record<string, string>
}

const isRestartOrder = (message: unknown): message is RestartOrder =>
  typeof message === 'object' && message !== null && 'restart' in message

/**
 * The life of an OBB process: reads its settings, starts it, tells its parent that it is ready, and ends it on SIGTERM, SIGINT or when
 * the parent is gone. SIGUSR2 restarts it. Work of different users shares nothing but connections here, so an error that escaped
 * from one of them is logged and is no reason to drop all the others. A start that fails ends with code 1.
 */
export async function runProcess<Name extends ProcessName>(
  app: Name,
  start: (config: ConfigOf<Name>, log: Log) => Promise<Running>,
): Promise<void> {
  let restart = async (_env?: Record<string, string>): Promise<void> => undefined
  process.on('SIGUSR2', () => void restart())
  let databaseUrl: string | undefined
  try {
    const config = parseConfigOf(app, readSettings())
    databaseUrl = config.DATABASE_URL
    const log = openLog(app, config.LOG_LEVEL)
    // A supervisor has told it already, once for all its processes.
    if (process.send === undefined) for (const line of oddSettings()) log.warn(line)
    const escaped = (error: unknown): void => log.error({ reason: textOf(error) }, 'an error escaped')
    process.on('uncaughtException', escaped).on('unhandledRejection', escaped)
    const running = await start(config, log)
    let stopping = false
    const stop = (): void => {
      if (stopping) return
      stopping = true
      setTimeout(() => process.exit(0), Math.max(LAST_MOMENT_MS, running.closeMs ?? 0)).unref()
      running
        .close()
        .catch(escaped)
        .finally(() => process.exit(0))
    }
    restart = async (env?: Record<string, string>): Promise<void> => {
      if (running.restart === undefined) return stop()
      try {
        const restarted = await running.restart(env)
        log.info({ restarted }, 'restarted')
        process.send?.({ restarted })
      } catch (error) {
        log.error({ reason: textOf(error) }, 'the restart failed, what ran goes on')
        process.send?.({ failed: textOf(error) })
      }
    }
    process.on('SIGTERM', stop).on('SIGINT', stop).on('disconnect', stop)
    process.on('message', (message) => isRestartOrder(message) && void restart(message.restart))
    const { url, urls } = running
    log.info({ url, urls }, 'ready')
    process.send?.({ ready: true, ...(url !== undefined && { url }), ...(urls !== undefined && { urls }) })
  } catch (error) {
    // Loaded where it is needed: the process that holds the ports stays small.
    const { databaseFault } = await import('../database/index.js')
    const fault = databaseUrl === undefined ? undefined : databaseFault(error, databaseUrl)
    process.stderr.write(`${error instanceof ConfigError ? error.message : (fault ?? textOf(error))}\n`)
    process.exit(1)
  }
}

/** Kind and message, never the fields around them (queries, parameters). */
export function textOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : typeof error
}
