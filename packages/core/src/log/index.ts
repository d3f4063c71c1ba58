import pino, { type Logger, type LoggerOptions } from 'pino'

export type Log = Logger

/** Token of the process's log. */
export const LOG = Symbol('Log')

/**
 * One JSON line per event on stdout. Whatever a caller passes by mistake under these names is cut out; the
 * real rule is that errors and URLs are reduced where they arise (see HostError).
 */
export function openLog(app: string, level: string): Log {
  const options: LoggerOptions = {
    level,
    base: { app, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    redact: {
      paths: [
        'authorization',
        'password',
        'apiKey',
        'token',
        'cookie',
        'headers',
        '*.authorization',
        '*.password',
      ],
      censor: '[cut]',
    },
  }
  // Synchronous: what is buffered when nobody reads stdout any more would keep the process from ever ending.
  return pino(options, pino.destination({ dest: 1, sync: true }))
}
