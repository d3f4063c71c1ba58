import { parseBytes } from '@obb/contracts'
import { InvalidArgumentError, Option } from 'commander'
import { UsageError } from './failure.js'
import { issues, type Shape } from './http.js'

/** A size as bytes. This and the next ones raise commander's InvalidArgumentError: a usage error. */
export function size(text: string): number {
  const bytes = parseBytes(text)
  if (bytes === undefined)
    throw new InvalidArgumentError('It is not a size such as 60GB, 1TB, 256MiB or 1048576.')
  return bytes
}

/** A size with a sign, such as -10GB. */
export function signedSize(text: string): number {
  return text.startsWith('-') ? -size(text.slice(1)) : size(text.replace(/^\+/, ''))
}

/** NOTHING is the value of an option that says that there shall be nothing; `clearedOptions` makes null of it. */
const NOTHING = Symbol('none')
type Nothing = typeof NOTHING

/** The option's value, or nothing for `none`. Commander itself takes null for a missing value. */
export function orNone<T>(read: (text: string) => T): (text: string) => T | Nothing {
  return (text) => (text === 'none' ? NOTHING : read(text))
}

/** An ISO date or time, or nothing for `never`. */
export function isoTimeOrNever(text: string): string | Nothing {
  return text === 'never' ? NOTHING : isoTime(text)
}

/** Options as they go into a body. */
export function clearedOptions(options: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(options).map(([name, value]) => [name, value === NOTHING ? null : (value as unknown)]),
  )
}

export function onOff(text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new InvalidArgumentError('It is neither on nor off.')
  return text === 'on'
}

export function errorsAs200Option(): Option {
  return new Option(
    '--errors-as-200 [state]',
    '`on`: send failures with HTTP 200, for clients that cannot read others, such as JDownloader',
  )
    .preset('on')
    .argParser(onOff)
}

export function count(text: string): number {
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN
  if (!Number.isSafeInteger(value)) throw new InvalidArgumentError('It is not a whole number.')
  return value
}

export function port(text: string): number {
  const value = count(text)
  if (value > 65_535) throw new InvalidArgumentError('It is not a port.')
  return value
}

/** An ISO date or time; a time without a zone is UTC, a date is its beginning. Gives an ISO time in UTC. */
export function isoTime(text: string): string {
  const match = /^(\d{4}-\d{2}-\d{2})(T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?)?$/.exec(text)
  const [, day = '', time = '', zone] = match ?? []
  const calendar = new Date(`${day}T00:00:00Z`)
  const moment = new Date(time === '' ? calendar : zone === undefined ? `${text}Z` : text)
  const valid = !Number.isNaN(moment.getTime()) && calendar.toISOString().startsWith(day) && match !== null
  if (!valid) throw new InvalidArgumentError('It is not an ISO date or time such as 2027-01-31.')
  return moment.toISOString()
}

export type Pairs = ReadonlyMap<string, string>

/** A repeatable `name=value`. It may hold a password, and commander would repeat it: so a UsageError. */
export function pair(text: string, before: Pairs | undefined): Pairs {
  const cut = text.indexOf('=')
  const name = text.slice(0, cut)
  if (cut < 1) throw new UsageError('values of --set, --origin and --switch must be written name=value')
  if (before?.has(name)) throw new UsageError(`${name} is given twice`)
  return new Map([...(before ?? []), [name, text.slice(cut + 1)]])
}

export type Caps = Readonly<Record<string, number | null>>

/** A repeatable `platform=size`, or `platform=none`. */
export function cap(text: string, before: Caps | undefined): Caps {
  const cut = text.indexOf('=')
  const platform = text.slice(0, cut)
  if (cut < 1) throw new InvalidArgumentError('It is not written platform=size.')
  if (before !== undefined && Object.hasOwn(before, platform)) {
    throw new InvalidArgumentError(`${platform} is given twice.`)
  }
  const value = text.slice(cut + 1)
  return { ...before, [platform]: value === 'none' ? null : size(value) }
}

/** A repeatable value. */
export function several(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), text]
}

/** Values with commas between them. */
export function list(text: string): readonly string[] {
  return text.split(',').map((value) => value.trim())
}

/** The body of a request, checked against the contract before it is sent. Raises UsageError. */
export function checkedBody<T extends object>(shape: Shape<T>, body: object): T {
  const checked = shape.safeParse(body)
  if (checked.success) return checked.data
  throw new UsageError('the arguments are not valid', issues(checked.error))
}
