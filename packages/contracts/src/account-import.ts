import type { GivenAccount } from './given-account.js'
import { PYLOAD_VERSION, pyloadAccounts } from './pyload-accounts.js'
import { readCsv } from './read-csv.js'

/** Longest text of an import, characters. */
export const MAX_IMPORT_LENGTH = 256 * 1024
/** Accounts of one import at most: each is tested at its host. */
export const MAX_IMPORT_ROWS = 200

/** A host as an import needs to know it. */
export interface ImportHost {
  platform: string
  domains: readonly string[]
  credentials: readonly { name: string; required: boolean; secret: boolean; kind?: 'cookies' | undefined }[]
}

/** In a CSV that was not understood anything else may be a password. */
const HOSTNAME = /^(?:https?:\/\/)?(?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}\/?$/i

interface Place {
  line: number
  /** As it was given; '' where it is of no host that is known, and may be secret. */
  host: string
  /** What tells the account from others, without what is secret. */
  label: string
}

/** A row of an import, before anybody is asked about it. */
export type ImportRow = Place &
  (
    | { state: 'new'; platform: string; credentials: Record<string, string> }
    /** There is one already, or a row before has it. */
    | { state: 'known'; platform: string }
    | { state: 'unknown_host' }
    | { state: 'incomplete'; platform: string; missing: string[] }
  )

export type ImportFault = 'too_long' | 'too_many' | 'empty'

/**
 * The accounts in a text: CSV with a host, a login and a password or key, or the file that pyLoad keeps them in.
 * `known`: those that there are.
 */
export function readAccountImport(
  text: string,
  hosts: readonly ImportHost[],
  known: readonly { platform: string; label: string }[],
): ImportRow[] | ImportFault {
  if (text.length > MAX_IMPORT_LENGTH) return 'too_long'
  const isOfPyload = PYLOAD_VERSION.test(text)
  const given = isOfPyload ? pyloadAccounts(text) : csvAccounts(text)
  if (given.length === 0) return 'empty'
  if (given.length > MAX_IMPORT_ROWS) return 'too_many'
  const byName = new Map(hosts.flatMap((host) => namesOf(host).map((name) => [name, host] as const)))
  const seen = new Set(known.map(({ platform, label }) => keyOf(platform, label)))
  return given.map((account): ImportRow => {
    const host = byName.get(plainName(account.host))
    const isName = isOfPyload || HOSTNAME.test(account.host)
    if (!host) return { ...placeOf(account), ...(!isName && { host: '' }), state: 'unknown_host' }
    return rowOf(account, host, seen)
  })
}

function rowOf(account: GivenAccount, host: ImportHost, seen: Set<string>): ImportRow {
  const { platform, credentials: fields } = host
  const credentials = credentialsOf(account, host)
  const label = labelOf(host, credentials)
  const place = { ...placeOf(account), label: label ?? '' }
  const missing = fields
    .filter(({ name, required }) => required && !credentials[name])
    .map(({ name }) => name)
  if (missing.length > 0 || Object.keys(credentials).length === 0)
    return { ...place, state: 'incomplete', platform, missing }
  const key = label === undefined ? undefined : keyOf(platform, label)
  // Keys that end alike may be two: the server, which knows them whole, has the last word.
  if (key !== undefined && seen.has(key) && !label?.startsWith('…'))
    return { ...place, state: 'known', platform }
  if (key !== undefined) seen.add(key)
  return { ...place, state: 'new', platform, credentials }
}

const placeOf = ({ line, host }: GivenAccount): Place => ({ line, host, label: '' })
const keyOf = (platform: string, label: string): string => `${platform}\n${label.trim().toLowerCase()}`

/** A field of the host's own name goes before `login` and `secret`. */
function credentialsOf({ fields }: GivenAccount, host: ImportHost): Record<string, string> {
  const login = host.credentials.find(({ secret, required }) => required && !secret)?.name
  const secret = host.credentials.find((each) => each.required && each.secret && !each.kind)?.name
  const own = host.credentials.flatMap(({ name }) => {
    const value = fields[name.toLowerCase()]
    return value ? [[name, value] as const] : []
  })
  // A host that knows keys alone has no login: what stands alone is the key.
  const key = fields['secret'] || (login === undefined ? fields['login'] : undefined)
  return {
    ...(login !== undefined && fields['login'] && { [login]: fields['login'] }),
    ...(secret !== undefined && key && { [secret]: key }),
    ...Object.fromEntries(own),
  }
}

/** As the server calls it in lists. */
function labelOf(
  { credentials: fields }: ImportHost,
  credentials: Record<string, string>,
): string | undefined {
  const required = fields.filter((field) => field.required)
  const field = required.find(({ secret }) => !secret) ?? required[0]
  const value = field && credentials[field.name]
  if (!field || !value || field.kind === 'cookies') return undefined
  return field.secret ? (value.length >= 12 ? `…${value.slice(-4)}` : '…') : value
}

const DIGITS: Readonly<Record<string, string>> = { '1': 'one', '2': 'two', '3': 'three', '4': 'four' }

/** `rapidgator.net`, `RapidgatorNet` and `RapidGator` are one; pyLoad spells a digit that a name begins with. */
function namesOf({ platform, domains }: ImportHost): string[] {
  const names = [platform, ...domains].map(plainName)
  return names.flatMap((name) => {
    const digit = DIGITS[name.slice(0, 1)]
    return digit === undefined ? [name] : [name, digit + name.slice(1)]
  })
}

function plainName(text: string): string {
  const host =
    text
      .trim()
      .toLowerCase()
      .replace(/^https?:\/\//, '')
      .split('/', 1)[0] ?? ''
  return host.replace(/^www\./, '').replace(/[^a-z0-9]/g, '')
}

/** Words for the columns that every host has one of. */
const COLUMNS: Readonly<Record<string, string>> = {
  ...{ platform: 'host', host: 'host', hoster: 'host', domain: 'host', site: 'host' },
  ...{ login: 'login', label: 'login', user: 'login', username: 'login', account: 'login' },
  ...{ secret: 'secret', pass: 'secret', pw: 'secret', key: 'secret', 'api key': 'secret' },
}
/** Those of a host's own name, which many hosts share. */
const LOGIN_LIKE = ['email', 'e-mail', 'mail']
const SECRET_LIKE = ['password', 'apikey', 'api_key']

function csvAccounts(text: string): GivenAccount[] {
  const [first, ...rest] = readCsv(text, MAX_IMPORT_ROWS + 2)
  if (!first) return []
  const head = first.cells.map((cell) => cell.trim().toLowerCase())
  const hasHead = head.some((name) => COLUMNS[name] === 'host')
  const columns = hasHead ? head.map((name) => COLUMNS[name] ?? name) : ['host', 'login', 'secret']
  return (hasHead ? rest : [first, ...rest]).map(({ line, cells }) => {
    const all = Object.fromEntries(columns.map((name, at) => [name, (cells[at] ?? '').trim()]))
    const { host = '', ...fields } = all
    const one = (names: readonly string[]) => names.map((name) => fields[name]).find(Boolean)
    const login = fields['login'] || one(LOGIN_LIKE)
    const secret = fields['secret'] || one(SECRET_LIKE)
    return { line, host, fields: { ...fields, ...(login && { login }), ...(secret && { secret }) } }
  })
}
