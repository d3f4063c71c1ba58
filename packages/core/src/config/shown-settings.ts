import { type SettingView, placeOf, scrubbed } from '@obb/contracts'
import { type Config, SETTINGS, SETTINGS_OF, defaultOf } from './config.js'

/** Texts that say nothing of whose installation it is; whatever is in neither of these lists is hidden. */
const PLAIN: readonly (keyof Config)[] = [
  ...(['HOST', 'ADMIN_HOST', 'MONITOR_HOST', 'PROXY_OFFLOAD', 'S3_REGION', 'OIDC_SCOPES'] as const),
  ...(['OIDC_SIGN_UP', 'FETCH_HASHES', 'FETCH_DIGESTS', 'LOG_LEVEL'] as const),
  ...(['TRUSTED_PROXIES', 'FETCH_ALLOW_NETWORKS'] as const),
]
/** Where something is: told without host and user. */
const PLACES: readonly (keyof Config)[] = [
  ...(['PUBLIC_API_URL', 'PUBLIC_PROXY_URL', 'DATABASE_URL', 'REDIS_URL', 'S3_ENDPOINT'] as const),
  ...(['SMTP_URL', 'OIDC_ISSUER', 'OTEL_EXPORTER_OTLP_ENDPOINT'] as const),
]
const DURATIONS: readonly (keyof Config)[] = [
  ...(['LINK_TTL', 'FILE_TTL', 'FACTS_TTL', 'HISTORY_TTL', 'AUDIT_TTL', 'FETCHER_DRAIN'] as const),
]

/**
 * Every setting and where it is from, as it may be shown to a stranger. `told`: the settings that this process is
 * told. One that is set to its default counts as not set.
 */
export const shownSettings = (
  config: Partial<Config>,
  told: readonly string[] = SETTINGS_OF.api,
): SettingView[] =>
  SETTINGS.map((name): SettingView => {
    const value = config[name]
    const usual = defaultOf(name)
    if (!told.includes(name)) return { name, source: 'elsewhere', value: null, hidden: false }
    const source = JSON.stringify(value) === JSON.stringify(usual) ? 'default' : 'environment'
    const text = textOf(name, value)
    return { name, source, value: text ?? null, hidden: text === undefined && source === 'environment' }
  })

/** Undefined of what is not told, and of what is not set. */
function textOf(name: keyof Config, value: unknown): string | undefined {
  if (typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return DURATIONS.includes(name) ? durationText(value) : String(value)
  if (PLACES.includes(name) && typeof value === 'string') return placeOf(value)
  if (!PLAIN.includes(name)) return undefined
  return Array.isArray(value)
    ? scrubbed(value.join(' '))
    : typeof value === 'string'
      ? scrubbed(value)
      : undefined
}

/** `7d`: in the largest unit that goes into it. */
function durationText(ms: number): string {
  const units = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1_000],
  ] as const
  const [unit, size] = units.find(([, each]) => ms % each === 0) ?? ['ms', 1]
  return `${ms / size}${unit}`
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
