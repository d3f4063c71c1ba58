import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { z } from 'zod'
import { ConfigError } from './config-error.js'
import { ROLE_HOLDERS, type RoleHolder, databaseUrlAs, roleOf, rolePasswordOf } from './database-role.js'
import { type Environment, misspeltSettings, paddedPasswords, readEnvironment } from './environment.js'
import { jointFaults } from './joint-faults.js'
import { faultOf } from './setting-words.js'
import { bytes, duration } from './units.js'

const port = z.coerce.number().int().min(0).max(65_535)
const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/(?<!\/)\/+$/, ''))
/** Connections that one process has to PostgreSQL at most. */
const databasePool = z.coerce.number().int().min(2).max(500)

function isNetwork(text: string): boolean {
  const [address = '', prefix, rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest !== undefined) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
}

const networks = z.string().transform((text, ctx) => {
  const list = text.split(/[\s,]+/).filter((part) => part !== '')
  for (const [index, part] of list.entries()) {
    if (!isNetwork(part)) ctx.addIssue(`has no address or CIDR network as its entry ${index + 1}`)
  }
  return list
})

/** DIGESTS may be computed of a file while it is fetched; `pieces` are the SHA-256 of every 4 MiB. */
const DIGESTS = ['sha256', 'crc32c', 'md5', 'pieces'] as const
type Digest = (typeof DIGESTS)[number]

/** DEFAULT_DIGESTS are those of a file besides its SHA-256, which it always has. */
export const DEFAULT_DIGESTS: readonly Digest[] = ['crc32c']

const digests = z.string().transform((text, ctx) => {
  const list = text.split(/[\s,]+/).filter((part) => part !== '')
  const unknown = list.some((name) => !DIGESTS.includes(name as Digest))
  if (unknown) ctx.addIssue(`must be a list of ${DIGESTS.join(', ')}`)
  return list as Digest[]
})

/** 32 bytes as 64 hex digits or base64. */
function keyOf(text: string): Buffer | undefined {
  const key = /^[0-9a-f]{64}$/i.test(text) ? Buffer.from(text, 'hex') : Buffer.from(text, 'base64')
  return key.length === 32 ? key : undefined
}

const secretsKey = z.string().transform((text, ctx) => {
  const key = keyOf(text)
  if (key) return key
  ctx.addIssue('must be 32 bytes, as 64 hex digits or in base64 (openssl rand -hex 32)')
  return z.NEVER
})

const secretsKeys = z.string().transform((text, ctx) => {
  const list = text.split(/[\s,]+/).filter((part) => part !== '')
  return list.flatMap((part, index) => {
    const key = keyOf(part)
    if (!key) ctx.addIssue(`has no key of 32 bytes as its entry ${index + 1}`)
    return key ?? []
  })
})

/** isPlainPath tells whether object keys may be made of `text`. */
function isPlainPath(text: string): boolean {
  return (
    text.split('/').every((segment) => /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/.test(segment)) && !text.includes('..')
  )
}

/** `groups=admins`: a claim and its value. */
const claim = z.string().transform((text, ctx) => {
  const [name = '', ...value] = text.split('=')
  if (name.trim() !== '' && value.join('=').trim() !== '')
    return { name: name.trim(), value: value.join('=').trim() }
  ctx.addIssue('must be a claim and its value, such as groups=obb-operators')
  return z.NEVER
})

/** Fields as OpenTelemetry writes them: `name=value,name=value`, percent-encoded. */
const otlpHeaders = z.string().transform((text, ctx) => {
  const fields: Record<string, string> = {}
  for (const pair of text.split(',')) {
    const [name = '', ...value] = pair.split('=')
    try {
      if (!/^[\w-]+$/.test(name.trim()) || value.length === 0) throw new URIError('no field')
      fields[name.trim().toLowerCase()] = decodeURIComponent(value.join('=').trim())
    } catch {
      ctx.addIssue('must be fields such as name=value,name=value, percent-encoded')
      return z.NEVER
    }
  }
  return fields
})

/** An address, or a name with one: `OBB <obb@example.org>`. */
const ADDRESS = String.raw`[^\s<>@"]{1,64}@[^\s<>@"]{1,255}`
const mailbox = z
  .string()
  .regex(
    new RegExp(`^(?:${ADDRESS}|[^<>@\\r\\n"]{1,100} <${ADDRESS}>)$`),
    'must be an address, such as obb@example.org or OBB <obb@example.org>',
  )

const schema = z.object({
  OBB_HOME: z
    .string()
    .default('./data')
    .transform((path) => resolve(path)),
  HOST: z.string().default('127.0.0.1'),
  API_PORT: port.default(8080),
  PROXY_PORT: port.default(8081),
  ADMIN_HOST: z.string().default('127.0.0.1'),
  ADMIN_PORT: port.default(8083),
  API_WORKERS: z.coerce.number().int().min(1).max(256).default(2),
  PROXY_WORKERS: z.coerce.number().int().min(1).max(256).default(1),
  PROXY_OFFLOAD: z.enum(['off', 'redirect', 'x-accel']).default('off'),
  SERVE_WHILE_FETCHING: z.stringbool().default(false),
  PUBLIC_API_URL: httpUrl.optional(),
  PUBLIC_PROXY_URL: httpUrl.optional(),
  TRUSTED_PROXIES: networks.default([]),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  DATABASE_PASSWORD: z.string().optional(),
  API_DATABASE_PASSWORD: z.string().optional(),
  PROXY_DATABASE_PASSWORD: z.string().optional(),
  FETCHER_DATABASE_PASSWORD: z.string().optional(),
  API_DATABASE_POOL: databasePool.default(8),
  PROXY_DATABASE_POOL: databasePool.default(4),
  FETCHER_DATABASE_POOL: databasePool.default(8),
  REDIS_URL: z.url({ protocol: /^rediss?$/ }).optional(),
  REDIS_PASSWORD: z.string().optional(),
  S3_ENDPOINT: httpUrl.optional(),
  S3_BUCKET: z.string().min(3).max(63).optional(),
  S3_REGION: z.string().default('us-east-1'),
  S3_ACCESS_KEY_ID: z.string().optional(),
  S3_SECRET_ACCESS_KEY: z.string().optional(),
  S3_PREFIX: z
    .string()
    .max(64, 'must have at most 64 characters')
    .transform((text) => text.replace(/^\/+|(?<!\/)\/+$/g, ''))
    .refine(
      (text) => text === '' || isPlainPath(text),
      'must be plain path segments, such as obb or backup/obb',
    )
    .default(''),
  SECRETS_KEY: secretsKey,
  SECRETS_KEYS_OLD: secretsKeys.default([]),
  ADMIN_TOKEN: z.string().min(32, 'must have at least 32 characters').optional(),
  SETUP_CODE: z.string().min(12, 'must have at least 12 characters').max(64).optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/ }).optional(),
  MAIL_FROM: mailbox.optional(),
  OIDC_ISSUER: z.url({ protocol: /^https?$/ }).optional(),
  OIDC_CLIENT_ID: z.string().max(500).optional(),
  OIDC_CLIENT_SECRET: z.string().max(2_000).optional(),
  OIDC_NAME: z.string().trim().min(1).max(40).default('OpenID'),
  OIDC_SCOPES: z.string().default('openid email profile'),
  OIDC_SIGN_UP: z.enum(['none', 'invitation', 'anyone']).default('none'),
  OIDC_OPERATOR_CLAIM: claim.optional(),
  FETCH_ALLOW_NETWORKS: networks.default([]),
  FETCH_HASHES: z.enum(['native', 'resumable']).default('native'),
  FETCH_DIGESTS: digests.default([...DEFAULT_DIGESTS]),
  FETCHER_CONCURRENCY: z.coerce.number().int().min(1).max(256).default(8),
  FETCHER_BANDWIDTH: bytes.optional(),
  FETCHER_DRAIN: duration.default(3e3),
  FETCHER_SPEED_FLOOR: bytes.or(z.literal('0').transform(() => 0)).default(64e3),
  FETCHER_PORT: port.optional(),
  HTTP_UNKNOWN_SIZE_MAX: bytes.default(10 * 2 ** 30),
  REPAIR_MAX: bytes.or(z.literal('0').transform(() => 0)).default(20e9),
  MONITOR_HOST: z.string().default('127.0.0.1'),
  API_MONITOR_PORT: port.optional(),
  PROXY_MONITOR_PORT: port.optional(),
  LINK_TTL: duration.default(7 * 86_400e3),
  FILE_TTL: duration.default(14 * 86_400e3),
  FACTS_TTL: duration.refine((ms) => ms >= 3_600e3, 'must be at least 1h').default(30 * 86_400e3),
  HISTORY_TTL: duration.refine((ms) => ms >= 2 * 86_400e3, 'must be at least 2d').default(400 * 86_400e3),
  AUDIT_TTL: duration.default(365 * 86_400e3),
  STORAGE_QUOTA: bytes.optional(),
  BACKUP_DIR: z
    .string()
    .transform((path) => resolve(path))
    .optional(),
  BACKUP_KEEP: z.coerce.number().int().min(0).max(1_000).default(7),
  BACKUP_PASSPHRASE: z.string().min(12, 'must have at least 12 characters').optional(),
  STORAGE_RESERVE: bytes.or(z.literal('0').transform(() => 0)).default(1e9),
  MAX_CONNECTIONS: z.coerce.number().int().min(10).max(1_000_000).default(5_000),
  RATE_LIMIT: z.coerce.number().int().min(0).max(1_000_000).default(3_000),
  ERRORS_AS_200: z.stringbool().default(false),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: otlpHeaders.default({}),
  OTEL_TRACES_SAMPLER_ARG: z.coerce.number().min(0).max(1).default(1),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
})

/** Token of the settings of a process. */
export const CONFIG = Symbol('Config')

/** Every setting of OBB, validated. Durations are ms, sizes bytes. */
export type Config = z.output<typeof schema>

/** The names of all settings. */
export const SETTINGS = Object.keys(schema.shape) as (keyof Config)[]

/** What a setting is where nobody sets it; undefined: nothing. */
export const defaultOf = (name: keyof Config): unknown => schema.shape[name].safeParse(undefined).data

/** The settings of this process, from its environment and from `.env`. Raises ConfigError. */
export const readSettings = (env?: Environment, file?: string): Record<string, string> =>
  readEnvironment(SETTINGS, env, file)

/** A line for each setting that looks like a mistake, and is none that keeps from starting. Raises ConfigError. */
export const oddSettings = (env?: Environment, file?: string): string[] => [
  ...misspeltSettings(SETTINGS, env, file),
  ...paddedPasswords(SETTINGS, readSettings(env, file)),
]

/**
 * STORE and the lists below make up SETTINGS_OF: what each process is told, and nothing else. So a proxy that is broken
 * into knows no credentials.
 */
const STORE = [
  ...([
    'OBB_HOME',
    'S3_ENDPOINT',
    'S3_BUCKET',
    'S3_REGION',
    'S3_ACCESS_KEY_ID',
    'S3_SECRET_ACCESS_KEY',
    'S3_PREFIX',
    'STORAGE_RESERVE',
  ] as const),
  'SERVE_WHILE_FETCHING',
] as const
/** The settings that say where files lie. */
export type StoreConfig = Pick<Config, (typeof STORE)[number]>
const DATABASE = ['DATABASE_URL', 'DATABASE_PASSWORD', 'LOG_LEVEL'] as const
const QUEUE = ['REDIS_URL', 'REDIS_PASSWORD'] as const
const SECRETS = ['SECRETS_KEY', 'SECRETS_KEYS_OLD'] as const
const TRACES = [
  'OTEL_EXPORTER_OTLP_ENDPOINT',
  'OTEL_EXPORTER_OTLP_HEADERS',
  'OTEL_TRACES_SAMPLER_ARG',
] as const

export const SETTINGS_OF = {
  api: [
    ...DATABASE,
    ...TRACES,
    ...(['API_DATABASE_PASSWORD', 'API_DATABASE_POOL'] as const),
    ...QUEUE,
    ...SECRETS,
    ...(['HOST', 'API_PORT', 'PROXY_PORT', 'PUBLIC_API_URL', 'PUBLIC_PROXY_URL'] as const),
    ...(['API_WORKERS', 'TRUSTED_PROXIES', 'MAX_CONNECTIONS', 'RATE_LIMIT', 'LINK_TTL'] as const),
    ...(['ADMIN_TOKEN', 'ADMIN_HOST', 'ADMIN_PORT', 'AUDIT_TTL', 'ERRORS_AS_200'] as const),
    ...(['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET', 'OIDC_NAME', 'OIDC_SCOPES'] as const),
    ...(['OIDC_SIGN_UP', 'OIDC_OPERATOR_CLAIM', 'SETUP_CODE', 'SMTP_URL', 'MAIL_FROM'] as const),
    ...(['MONITOR_HOST', 'API_MONITOR_PORT', 'FETCH_ALLOW_NETWORKS'] as const),
  ],
  fetcher: [
    ...DATABASE,
    ...TRACES,
    ...(['FETCHER_DATABASE_PASSWORD', 'FETCHER_DATABASE_POOL'] as const),
    ...QUEUE,
    ...SECRETS,
    ...STORE,
    ...(['MONITOR_HOST', 'FETCHER_PORT', 'FETCH_ALLOW_NETWORKS', 'FETCH_HASHES', 'FETCH_DIGESTS'] as const),
    ...(['FETCHER_CONCURRENCY', 'FETCHER_BANDWIDTH', 'FETCHER_DRAIN', 'FETCHER_SPEED_FLOOR'] as const),
    ...(['HTTP_UNKNOWN_SIZE_MAX', 'REPAIR_MAX'] as const),
    ...(['FILE_TTL', 'FACTS_TTL', 'HISTORY_TTL', 'STORAGE_QUOTA'] as const),
  ],
  proxy: [
    ...DATABASE,
    ...TRACES,
    ...(['PROXY_DATABASE_PASSWORD', 'PROXY_DATABASE_POOL'] as const),
    ...STORE,
    ...(['HOST', 'PROXY_PORT', 'PROXY_WORKERS', 'PROXY_OFFLOAD', 'PUBLIC_PROXY_URL'] as const),
    ...(['TRUSTED_PROXIES', 'MAX_CONNECTIONS', 'MONITOR_HOST', 'PROXY_MONITOR_PORT'] as const),
  ],
  migrate: [
    ...DATABASE,
    ...(['API_DATABASE_PASSWORD', 'FETCHER_DATABASE_PASSWORD', 'PROXY_DATABASE_PASSWORD'] as const),
  ],
  backup: [
    ...DATABASE,
    ...(['API_DATABASE_PASSWORD', 'FETCHER_DATABASE_PASSWORD', 'PROXY_DATABASE_PASSWORD'] as const),
    ...SECRETS,
    ...(['OBB_HOME', 'BACKUP_DIR', 'BACKUP_KEEP', 'BACKUP_PASSPHRASE'] as const),
  ],
} as const satisfies Record<string, readonly (keyof Config)[]>

export type ProcessName = keyof typeof SETTINGS_OF
/** The settings of one process. */
export type ConfigOf<Name extends ProcessName> = Pick<Config, (typeof SETTINGS_OF)[Name][number]> &
  Pick<Config, 'LOG_LEVEL' | 'DATABASE_URL'>
export type ApiConfig = ConfigOf<'api'>
export type FetcherConfig = ConfigOf<'fetcher'>
export type ProxyConfig = ConfigOf<'proxy'>

function faultsOf(issues: readonly z.core.$ZodIssue[], env: Environment): string[] {
  return issues.map((issue) => faultOf(issue, env[issue.path.join('.')] !== undefined))
}

function parse<Name extends keyof Config>(env: Environment, names: readonly Name[]): Pick<Config, Name> {
  const mask = Object.fromEntries(names.map((name) => [name, true])) as { [N in keyof Config]?: true }
  const result = schema.pick(mask).safeParse(env)
  const faults = [...faultsOf(result.error?.issues ?? [], env), ...jointFaults(env, names)]
  if (!result.success || faults.length > 0) throw new ConfigError(faults)
  return withPasswords(result.data) as Pick<Config, Name>
}

/** A URL whose password lies apart from it, so that it may have any characters and come from a file. */
function withPassword(url: string, password: string): string {
  const parsed = new URL(url)
  if (parsed.password === '') parsed.password = encodeURIComponent(password)
  return parsed.href
}

function withPasswords(config: Partial<Config>): Partial<Config> {
  const { DATABASE_URL, DATABASE_PASSWORD, REDIS_URL, REDIS_PASSWORD } = config
  return {
    ...config,
    ...(DATABASE_URL && DATABASE_PASSWORD && { DATABASE_URL: withPassword(DATABASE_URL, DATABASE_PASSWORD) }),
    ...(REDIS_URL && REDIS_PASSWORD && { REDIS_URL: withPassword(REDIS_URL, REDIS_PASSWORD) }),
  }
}

/** Every setting. Raises ConfigError with every fault. */
export const parseConfig = (env: Environment): Config => parse(env, SETTINGS)

/** The settings of one process. Raises ConfigError with every fault. */
export const parseConfigOf = <Name extends ProcessName>(name: Name, env: Environment): ConfigOf<Name> =>
  inItsRole(name, parse<(typeof SETTINGS_OF)[Name][number]>(env, SETTINGS_OF[name]))

/** A process with a password of its own connects as the role that is made for it. */
function inItsRole<Part extends Partial<Config>>(name: ProcessName, config: Part): Part {
  if (!hasRole(name) || config.DATABASE_URL === undefined) return config
  const password = config[rolePasswordOf(name)]
  if (password === undefined) return config
  return { ...config, DATABASE_URL: databaseUrlAs(config.DATABASE_URL, roleOf(name), password) }
}

const hasRole = (name: ProcessName): name is RoleHolder => ROLE_HOLDERS.some((each) => each === name)

/** The passwords of the roles that the settings name. */
export const rolePasswords = (
  config: Partial<Pick<Config, ReturnType<typeof rolePasswordOf>>>,
): Partial<Record<RoleHolder, string>> =>
  Object.fromEntries(
    ROLE_HOLDERS.flatMap((name) => {
      const password = config[rolePasswordOf(name)]
      return password === undefined ? [] : [[name, password]]
    }),
  )

/** Of other programs' names in a `.env`, what gives access. */
const SECRETS_OF_OTHERS = ['POSTGRES_PASSWORD', 'OBB_KEY', 'OBB_ADMIN_TOKEN']

/**
 * What a process is told of an environment that has the settings of all: of OBB's those of SETTINGS_OF, and of the
 * database only how it gets in itself.
 */
export function settingsFor(
  name: ProcessName,
  env: Readonly<Record<string, string>>,
): Record<string, string> {
  const own: readonly string[] = SETTINGS_OF[name]
  const ofOthers = new Set<string>([...SETTINGS.filter((each) => !own.includes(each)), ...SECRETS_OF_OTHERS])
  const told = Object.fromEntries(Object.entries(env).filter(([setting]) => !ofOthers.has(setting)))
  const { DATABASE_URL: url } = told
  if (url === undefined || !hasRole(name) || told[rolePasswordOf(name)] === undefined) return told
  delete told['DATABASE_PASSWORD'] // the owner's
  return { ...told, DATABASE_URL: databaseUrlAs(url) }
}
