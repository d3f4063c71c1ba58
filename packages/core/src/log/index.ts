import { writeSync } from 'node:fs'
import pino, { type DestinationStream, type Logger, type LoggerOptions } from 'pino'
import { detached, lineFields } from '../tracing/index.js'
import { Folding } from './folding.js'
import { type LogLine, readableLine } from './readable.js'

export { type LogLine, readable } from './readable.js'
export * from './reason.js'

export type Log = Logger

/** Token of the process's log. */
export const LOG = Symbol('Log')

/** Of all logs of this process; told of before it ends. */
const foldings = new Set<Folding>()
process.once('exit', () => {
  for (const folding of foldings) folding.flush()
})

/** Warnings and worse are folded where they are all alike. */
const FOLDED_FROM = pino.levels.values['warn'] ?? 40

/**
 * One line per event on stdout: for people on a terminal, JSON otherwise. Whatever a caller passes by mistake under
 * these names is cut out; the real rule is that errors and URLs are reduced where they arise (see HostError).
 * Warnings that are all alike are written once, and then counted: `times` in `seconds`.
 */
export function openLog(app: string, level: string, destination: DestinationStream = standardOut()): Log {
  const folding = new Folding()
  const options: LoggerOptions = {
    level,
    base: { app, pid: process.pid },
    timestamp: pino.stdTimeFunctions.isoTime,
    mixin: lineFields,
    hooks: {
      logMethod(args, method, number) {
        const [fields, text] = fieldsOf(args)
        // Lines that are all alike were written for several.
        const write = (more: object): void =>
          detached(() => method.apply(this, [{ ...fields, ...more }, text]))
        if (number < FOLDED_FROM || folding.take(keyOf(number, fields, text), write)) method.apply(this, args)
      },
    },
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
  foldings.add(folding)
  return pino(options, destination)
}

function standardOut(): DestinationStream {
  if (process.stdout.isTTY) {
    return { write: (line) => void writeSync(1, `${readableLine(JSON.parse(line) as LogLine)}\n`) }
  }
  // Synchronous: what is buffered when nobody reads stdout any more would keep the process from ever ending.
  return pino.destination({ dest: 1, sync: true })
}

/** pino takes the fields first, if there are any. */
function fieldsOf([first, second]: readonly unknown[]): [fields: object, text: string] {
  if (first instanceof Error) return [{ err: first }, typeof second === 'string' ? second : first.message]
  if (typeof first === 'object' && first !== null) return [first, typeof second === 'string' ? second : '']
  return [{}, String(first)]
}

function keyOf(level: number, fields: object, text: string): string {
  try {
    const plain = (_name: string, value: unknown) => (value instanceof Error ? String(value) : value)
    return `${level} ${text} ${JSON.stringify(fields, plain)}`
  } catch {
    return `${level} ${text}` // fields that are no JSON
  }
}
