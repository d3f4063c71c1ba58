import { type SettingSource, type SettingView, placeOf, scrubbed } from '@obb/contracts'
import { type Config, type ProcessName, SETTINGS_OF, defaultOf } from './config.js'
import { type Environment, settingOrigin } from './environment.js'
import { READ_AT_START, SETTING_GROUPS } from './setting-groups.js'
import { bytesText, durationText } from './units.js'

/** Texts that say nothing of whose installation it is; whatever is in none of these lists is told to nobody. */
const PLAIN: readonly (keyof Config)[] = [
  ...(['HOST', 'ADMIN_HOST', 'MONITOR_HOST', 'PROXY_OFFLOAD', 'S3_REGION', 'OIDC_SCOPES'] as const),
  ...(['OIDC_SIGN_UP', 'FETCH_HASHES', 'FETCH_DIGESTS', 'LOG_LEVEL'] as const),
  ...(['TRUSTED_PROXIES', 'FETCH_ALLOW_NETWORKS'] as const),
]
/** Where something is: told to strangers without host and user, to operators without who gets in by what. */
const PLACES: readonly (keyof Config)[] = [
  ...(['PUBLIC_API_URL', 'PUBLIC_PROXY_URL', 'DATABASE_URL', 'REDIS_URL', 'S3_ENDPOINT'] as const),
  ...(['SMTP_URL', 'OIDC_ISSUER', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const),
]
/** What the operator's own things are called: told to operators. */
const NAMES: readonly (keyof Config)[] = [
  ...(['OBB_HOME', 'BACKUP_DIR', 'S3_BUCKET', 'S3_PREFIX', 'MAIL_FROM', 'OIDC_CLIENT_ID'] as const),
  ...(['OIDC_NAME', 'OIDC_OPERATOR_CLAIM'] as const),
]
const DURATIONS: readonly (keyof Config)[] = [
  ...(['LINK_TTL', 'FILE_TTL', 'FACTS_TTL', 'HISTORY_TTL', 'AUDIT_TTL', 'FETCHER_DRAIN'] as const),
]
const SIZES: readonly (keyof Config)[] = [
  ...(['FETCHER_BANDWIDTH', 'FETCHER_SPEED_FLOOR', 'HTTP_UNKNOWN_SIZE_MAX', 'REPAIR_MAX'] as const),
  ...(['STORAGE_QUOTA', 'STORAGE_RESERVE'] as const),
]

/** Who reads: an operator, or a stranger who helps. */
type Reader = 'operator' | 'stranger'
/** What is known of a setting that is not as by default. */
type Fact = { source: SettingSource; partial: boolean } & Record<Reader, string | null>
type Facts = Partial<Record<keyof Config, Fact>>

/** Names the environment of a gateway by which its supervisor, who knows the settings of all, tells what may be shown. */
const TOLD = 'OBB_SHOWN_SETTINGS'

/**
 * Every setting and where it is from, as `reader` may see it. A gateway knows what it is told itself, and behind
 * `npm start` the others' too. A setting that is set to its default counts as not set.
 */
export function shownSettings(
  reader: Reader,
  config: Partial<Config>,
  env: Environment = process.env,
): SettingView[] {
  const facts = toldFacts(env) ?? factsOf(config, SETTINGS_OF.api, 'environment', env)
  return Object.entries(SETTING_GROUPS).flatMap(([group, names]) =>
    names.map((name): SettingView => {
      const usual = textOf(name, defaultOf(name), reader)
      const none: Fact = { source: 'default', partial: false, operator: usual, stranger: usual }
      const fact = facts[name] ?? none
      const value = fact[reader]
      return {
        ...{ name, group: group as SettingView['group'], source: fact.source, value, default: usual },
        hidden: value === null && fact.source !== 'default' && fact.source !== 'elsewhere',
        partial: fact.partial,
        processes: processesOf(name),
        atStart: READ_AT_START.includes(name),
      }
    }),
  )
}

/** Whether the gateway knows what every process is told, and not itself alone. */
export const knowsSettingsOfAll = (env: Environment = process.env): boolean => toldFacts(env) !== undefined

/** What a supervisor that knows `config`, the settings of all processes, tells its gateway. */
export const toldToGateway = (config: Partial<Config>, env?: Environment): Record<string, string> => ({
  [TOLD]: JSON.stringify(factsOf(config, undefined, 'made', env)),
})

function toldFacts({ [TOLD]: told }: Environment): Facts | undefined {
  return told === undefined || told === '' ? undefined : (JSON.parse(told) as Facts)
}

/** `known`: the names that this process is told. `otherwise`: where a value is from that stands in neither place. */
function factsOf(
  config: Partial<Config>,
  known: readonly string[] | undefined,
  otherwise: 'environment' | 'made',
  env?: Environment,
): Facts {
  const names = Object.values(SETTING_GROUPS).flat()
  const inFile = settingOrigin(names, env)
  return Object.fromEntries(
    names.flatMap((name): [keyof Config, Fact][] => {
      if (known && !known.includes(name))
        return [[name, { source: 'elsewhere', partial: false, operator: null, stranger: null }]]
      const value = config[name]
      if (JSON.stringify(value) === JSON.stringify(defaultOf(name))) return []
      const texts = { operator: textOf(name, value, 'operator'), stranger: textOf(name, value, 'stranger') }
      const partial = PLACES.includes(name) && typeof value === 'string' && hasMore(value)
      return [[name, { source: inFile(name) ?? otherwise, partial, ...texts }]]
    }),
  )
}

const processesOf = (name: keyof Config): ProcessName[] =>
  (Object.keys(SETTINGS_OF) as ProcessName[]).filter((process) =>
    (SETTINGS_OF[process] as readonly (keyof Config)[]).includes(name),
  )

/** As it would stand in `.env`; null of what is not told, and of what is not set. */
function textOf(name: keyof Config, value: unknown, reader: Reader): string | null {
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return numberText(name, value)
  if (PLACES.includes(name) && typeof value === 'string')
    return reader === 'operator' ? withoutCredentials(value) : placeOf(value)
  if (NAMES.includes(name)) return reader === 'operator' ? wordsOf(value) : null
  if (!PLAIN.includes(name)) return null
  const text = wordsOf(value)
  return text === null || reader === 'operator' ? text : scrubbed(text)
}

function numberText(name: keyof Config, value: number): string {
  if (DURATIONS.includes(name)) return durationText(value)
  return SIZES.includes(name) ? bytesText(value) : String(value)
}

function wordsOf(value: unknown): string | null {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return value.join(',')
  return typeof value === 'object' && value !== null ? Object.values(value).join('=') : null
}

/** A URL's query may let in as its user does. */
function withoutCredentials(text: string): string {
  const { protocol, host, pathname } = new URL(text)
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`
}

/** Whether withoutCredentials leaves anything out. */
function hasMore(text: string): boolean {
  const { username, password, search, hash } = new URL(text)
  return [username, password, search, hash].some((part) => part !== '')
}

/** Every text of the settings that must stand nowhere: secrets, and the hosts and users of URLs. */
export function secretsOf(config: Partial<Config>): string[] {
  return Object.entries(config).flatMap(([name, value]) => {
    const key = name as keyof Config
    if (PLAIN.includes(key) || typeof value === 'number' || typeof value === 'boolean') return []
    return textsIn(value).flatMap((text) => (PLACES.includes(key) ? partsOf(text) : [text]))
  })
}

function textsIn(value: unknown): string[] {
  if (Buffer.isBuffer(value)) return [value.toString('hex'), value.toString('base64')]
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

function partsOf(text: string): string[] {
  const { username, password, hostname } = new URL(text)
  const secrets = [username, password].flatMap((part) => [part, decodeURIComponent(part)])
  // Of this machine and of containers every text has some.
  return [...secrets, ...(hostname.includes('.') && !hostname.startsWith('127.') ? [hostname] : [])]
}
