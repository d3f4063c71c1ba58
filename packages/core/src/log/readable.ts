/** What a line is about, in the order in which it is shown. */
const SUBJECTS = [
  'platform',
  'fileId',
  'file',
  'link',
  'linkId',
  'account',
  'lease',
  'job',
  'call',
  'kind',
  'cause',
  'route',
  'request',
]
const NAMES: Readonly<Record<string, string>> = { fileId: 'file', linkId: 'link' }
const LEVELS: Readonly<Record<number, string>> = { 40: 'warning', 50: 'error', 60: 'fatal' }

/** A line of a log as it was written. */
export interface LogLine {
  level?: number
  time?: string
  app?: string
  msg?: string
  reason?: unknown
  err?: unknown
  action?: unknown
  times?: unknown
  seconds?: unknown
  [field: string]: unknown
}

/** The line for people: what happened, why, to what, how often, and what to do. */
export function readable(line: LogLine): string {
  const { msg = '', action, times, seconds, err, reason = err } = line
  const why = textOf(reason)
  const subjects = SUBJECTS.flatMap((name) => {
    const value = line[name]
    return typeof value === 'string' || typeof value === 'number' ? [`${NAMES[name] ?? name} ${value}`] : []
  })
  return [
    why === undefined ? msg : `${msg}: ${why}`,
    ...(subjects.length === 0 ? [] : [` (${subjects.join(', ')})`]),
    ...(typeof times === 'number' ? [` … ${times} times in ${String(seconds)} s`] : []),
    ...(typeof action === 'string' ? [`. ${action}`] : []),
  ].join('')
}

/** The same with time and level, for a terminal that shows nothing else. */
export function readableLine(line: LogLine): string {
  const { time = '', level = 30, app = '' } = line
  const word = LEVELS[level]
  return `${time.slice(11, 19)} ${app}: ${word === undefined ? '' : `${word}: `}${readable(line)}`
}

function textOf(reason: unknown): string | undefined {
  if (typeof reason === 'string') return reason === '' ? undefined : reason
  const { message } = (reason ?? {}) as { message?: unknown }
  return typeof message === 'string' ? message : undefined
}
