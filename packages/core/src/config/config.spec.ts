import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { queueSettings } from '../queue/index.js'
import { storeSettings } from '../storage/index.js'
import {
  ConfigError,
  oddSettings,
  parseConfig,
  parseConfigOf,
  readEnvironment,
  SETTINGS,
  SETTINGS_OF,
} from './index.js'

const HEX_KEY = 'ab'.repeat(32)
const NEEDED = { DATABASE_URL: 'postgres://obb:unspoken@127.0.0.1:5432/obb', SECRETS_KEY: HEX_KEY }
const S3 = {
  S3_ENDPOINT: 'http://127.0.0.1:9000/',
  S3_BUCKET: 'files',
  S3_ACCESS_KEY_ID: 'id',
  S3_SECRET_ACCESS_KEY: 'secret',
}

function faultsOf(env: Record<string, string>): readonly string[] {
  try {
    parseConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.faults
    throw error
  }
  return []
}

/** The variables that are at fault. */
const namesOf = (env: Record<string, string>) => faultsOf(env).map((fault) => fault.split(' ')[0])

describe('the settings', () => {
  it('have a default each, except where the data lie and the key to it', () => {
    const config = parseConfig(NEEDED)
    expect(config).toMatchObject({
      OBB_HOME: resolve('data'),
      HOST: '127.0.0.1',
      API_PORT: 8080,
      PROXY_PORT: 8081,
      ADMIN_HOST: '127.0.0.1',
      ADMIN_PORT: 8083,
      AUDIT_TTL: 365 * 86_400_000,
      BACKUP_KEEP: 7,
      API_WORKERS: 2,
      PROXY_WORKERS: 1,
      TRUSTED_PROXIES: [],
      MAX_CONNECTIONS: 5_000,
      API_DATABASE_POOL: 8,
      PROXY_DATABASE_POOL: 4,
      FETCHER_DATABASE_POOL: 8,
      FETCHER_CONCURRENCY: 8,
      FETCH_HASHES: 'native',
      FETCH_DIGESTS: ['crc32c'],
      FETCHER_DRAIN: 3_000,
      FETCHER_SPEED_FLOOR: 64_000,
      HTTP_UNKNOWN_SIZE_MAX: 10 * 2 ** 30,
      REPAIR_MAX: 20_000_000_000,
      FETCH_ALLOW_NETWORKS: [],
      LINK_TTL: 7 * 86_400_000,
      FILE_TTL: 14 * 86_400_000,
      FACTS_TTL: 30 * 86_400_000,
      HISTORY_TTL: 400 * 86_400_000,
      LOG_LEVEL: 'info',
    })
    expect(config.SECRETS_KEY).toEqual(Buffer.from(HEX_KEY, 'hex'))
    expect(faultsOf({})).toEqual(['DATABASE_URL is not set', 'SECRETS_KEY is not set'])
  })

  it('have all their faults told at once, by name', () => {
    const env = {
      DATABASE_URL: 'mysql://127.0.0.1/obb',
      API_PORT: '65536',
      PROXY_PORT: 'http',
      PUBLIC_API_URL: 'ftp://a.test',
      REDIS_URL: 'http://127.0.0.1',
      ADMIN_TOKEN: 'short',
      API_DATABASE_POOL: '1',
      FETCH_ALLOW_NETWORKS: '10.0.0.0/8, 10.0.0.0/33, everything',
      LINK_TTL: 'soon',
      FILE_TTL: '0s',
      LOG_LEVEL: 'loud',
      S3_ENDPOINT: 'http://127.0.0.1:9000',
      S3_BUCKET: 'files',
    }
    const sound = ['S3_ENDPOINT', 'S3_BUCKET']
    const faulty = Object.keys(env).filter((name) => !sound.includes(name))
    expect(new Set(namesOf(env))).toEqual(
      new Set([...faulty, 'SECRETS_KEY', 'S3_ACCESS_KEY_ID', 'S3_SECRET_ACCESS_KEY']),
    )
    expect(namesOf(env).filter((name) => name === 'FETCH_ALLOW_NETWORKS')).toHaveLength(2)
  })

  it('have their faults told in words for people, with an example', () => {
    const wrong = {
      ...{ API_PORT: 'http', PROXY_WORKERS: '0', API_DATABASE_POOL: '1', MAX_CONNECTIONS: 'many' },
      ...{ DATABASE_URL: 'mysql://h/obb', REDIS_URL: 'h', S3_ENDPOINT: 's3', PUBLIC_API_URL: 'ftp://h' },
      ...{ LOG_LEVEL: 'loud', PROXY_OFFLOAD: 'on', SERVE_WHILE_FETCHING: 'maybe', S3_BUCKET: 'x' },
      ...{ LINK_TTL: 'soon', STORAGE_QUOTA: 'much', FETCHER_SPEED_FLOOR: 'slow', FETCH_HASHES: 'md4' },
      ...{ FETCHER_CONCURRENCY: '-1', RATE_LIMIT: '1e9', ADMIN_TOKEN: 'short', TRUSTED_PROXIES: 'all' },
    }
    const faults = faultsOf(wrong)
    expect(faults.join('\n')).not.toMatch(/invalid|expected|received|NaN|too small|too big/i)
    for (const name of Object.keys(wrong)) {
      expect(faults.filter((fault) => fault.startsWith(`${name} `))).toHaveLength(1)
    }
    expect(faults).toEqual(
      expect.arrayContaining([
        'API_PORT must be a port from 0 to 65535, such as 8080',
        'DATABASE_URL must be an address of PostgreSQL, such as postgresql://obb@127.0.0.1:5432/obb',
        'LINK_TTL is not a duration such as 30s, 10m, 12h or 7d',
      ]),
    )
  })

  it('show no value in their faults', () => {
    const values = {
      ...S3,
      DATABASE_URL: 'postgrez://obb:unspoken1@127.0.0.1/obb',
      REDIS_URL: 'redish://:unspoken2@127.0.0.1',
      SECRETS_KEY: 'unspoken3',
      ADMIN_TOKEN: 'unspoken4',
      S3_ENDPOINT: 'http//unspoken5@127.0.0.1',
      PUBLIC_API_URL: 'unspoken6',
      LINK_TTL: 'unspoken7',
      LOG_LEVEL: 'unspoken8',
      API_PORT: 'unspoken9',
      FETCH_ALLOW_NETWORKS: 'unspoken10',
    }
    expect(namesOf(values)).toHaveLength(10)
    expect(() => parseConfig(values)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('unspoken') }),
    )
  })

  it.each([HEX_KEY, HEX_KEY.toUpperCase(), Buffer.from(HEX_KEY, 'hex').toString('base64')])(
    'take 32 bytes for a key: %s',
    (key) => {
      expect(parseConfig({ ...NEEDED, SECRETS_KEY: key }).SECRETS_KEY.toString('hex')).toBe(HEX_KEY)
    },
  )

  it.each(['ab'.repeat(31), 'ab'.repeat(33), Buffer.alloc(31, 1).toString('base64'), 'a passphrase'])(
    'take nothing else for a key: %s',
    (key) => {
      expect(namesOf({ ...NEEDED, SECRETS_KEY: key })).toEqual(['SECRETS_KEY'])
    },
  )

  it('take older keys, none unless there are some, and name the faulty one by its place', () => {
    const [first, second] = ['01'.repeat(32), Buffer.alloc(32, 2).toString('base64')]
    const { SECRETS_KEYS_OLD: older } = parseConfig({ ...NEEDED, SECRETS_KEYS_OLD: `${first}, ${second}` })
    expect(older).toEqual([Buffer.alloc(32, 1), Buffer.alloc(32, 2)])
    expect(parseConfig(NEEDED).SECRETS_KEYS_OLD).toEqual([])
    const faults = faultsOf({ ...NEEDED, SECRETS_KEYS_OLD: `${first},a passphrase` })
    expect(faults.join()).toMatch(/^SECRETS_KEYS_OLD .*entry 2/)
    expect(faults.join()).not.toContain('passphrase')
  })

  it.each<[string, number]>([
    ['30s', 30_000],
    ['10m', 600_000],
    ['12h', 43_200_000],
    ['7d', 604_800_000],
    ['2w', 1_209_600_000],
    ['500ms', 500],
    ['1.5h', 5_400_000],
  ])('read %s as %i ms', (text, ms) => {
    expect(parseConfig({ ...NEEDED, LINK_TTL: text }).LINK_TTL).toBe(ms)
  })

  it.each(['', '7', 'd', '-1d', '0d', '7 days', '1e3s'])('do not read %j as a duration', (text) => {
    expect(namesOf({ ...NEEDED, FILE_TTL: text })).toEqual(['FILE_TTL'])
  })

  it.each<[string, string[]]>([
    ['10.0.0.0/8', ['10.0.0.0/8']],
    ['127.0.0.1, ::1/128\n fd00::/8', ['127.0.0.1', '::1/128', 'fd00::/8']],
    [' , ', []],
  ])('read %j as networks', (text, list) => {
    expect(parseConfig({ ...NEEDED, FETCH_ALLOW_NETWORKS: text }).FETCH_ALLOW_NETWORKS).toEqual(list)
  })

  it.each(['10.0.0.0/33', '::1/129', '10.0.0.0/', '10.0.0.0/8/8', '10.0.0/8', 'localhost', '10.0.0.0/-1'])(
    'do not read %s as a network',
    (text) => {
      expect(namesOf({ ...NEEDED, FETCH_ALLOW_NETWORKS: text })).toEqual(['FETCH_ALLOW_NETWORKS'])
      expect(namesOf({ ...NEEDED, TRUSTED_PROXIES: text })).toEqual(['TRUSTED_PROXIES'])
    },
  )

  it.each<[string, string[]]>([
    ['sha256', ['sha256']],
    ['crc32c, md5\npieces', ['crc32c', 'md5', 'pieces']],
  ])('read %j as digests', (text, list) => {
    expect(parseConfig({ ...NEEDED, FETCH_DIGESTS: text }).FETCH_DIGESTS).toEqual(list)
  })

  it('name the digests that there are where another is asked for', () => {
    expect(faultsOf({ ...NEEDED, FETCH_DIGESTS: 'md5,sha3' })).toEqual([
      'FETCH_DIGESTS must be a list of sha256, crc32c, md5, pieces',
    ])
  })

  it('drop the slash at the end of a URL', () => {
    expect(parseConfig({ ...NEEDED, PUBLIC_PROXY_URL: 'https://dl.a.test//' }).PUBLIC_PROXY_URL).toBe(
      'https://dl.a.test',
    )
  })
})

describe('the store', () => {
  it('is a directory below OBB_HOME unless an S3 is set', () => {
    const config = parseConfig({ ...NEEDED, OBB_HOME: '/var/obb' })
    expect(storeSettings(config)).toEqual({ kind: 'local', directory: '/var/obb/files', reserve: 1e9 })
    const none = parseConfig({ ...NEEDED, OBB_HOME: '/var/obb', STORAGE_RESERVE: '0' })
    expect(storeSettings(none)).toMatchObject({ reserve: 0 })
    expect(parseConfig({ ...NEEDED, STORAGE_RESERVE: '20GB' }).STORAGE_RESERVE).toBe(20e9)
  })

  it.each([
    [undefined, ''],
    ['obb', 'obb'],
    ['/backup/obb-1/', 'backup/obb-1'],
  ])('has objects below the prefix %s', (S3_PREFIX, prefix) => {
    expect(parseConfig({ ...NEEDED, ...(S3_PREFIX && { S3_PREFIX }) }).S3_PREFIX).toBe(prefix)
  })

  it.each(['a//b', '../a', 'a/.hidden', 'with space', 'ü', 'x'.repeat(65)])(
    'refuses the prefix %s',
    (S3_PREFIX) => {
      expect(() => parseConfig({ ...NEEDED, S3_PREFIX })).toThrow(/S3_PREFIX must/)
    },
  )

  it('is the S3 that is set', () => {
    expect(storeSettings(parseConfig({ ...NEEDED, ...S3, S3_REGION: 'eu' }))).toEqual({
      kind: 's3',
      endpoint: 'http://127.0.0.1:9000',
      bucket: 'files',
      region: 'eu',
      accessKeyId: 'id',
      secretAccessKey: 'secret',
      readableParts: false,
    })
    const eager = parseConfig({ ...NEEDED, ...S3, SERVE_WHILE_FETCHING: 'on' })
    expect(storeSettings(eager)).toMatchObject({ readableParts: true })
  })

  it.each(Object.keys(S3))('is not quietly the directory where %s alone is missing', (name) => {
    const env: Record<string, string> = { ...NEEDED, ...S3 }
    delete env[name]
    expect(namesOf(env)).toEqual([name])
  })
})

describe('offloading', () => {
  it('redirects to an S3 only', () => {
    expect(namesOf({ ...NEEDED, PROXY_OFFLOAD: 'redirect' })).toEqual(['PROXY_OFFLOAD'])
    expect(parseConfig({ ...NEEDED, ...S3, PROXY_OFFLOAD: 'redirect' }).PROXY_OFFLOAD).toBe('redirect')
  })

  it('to nginx needs to know which one that is', () => {
    expect(namesOf({ ...NEEDED, PROXY_OFFLOAD: 'x-accel' })).toEqual(['PROXY_OFFLOAD'])
    const known = { ...NEEDED, PROXY_OFFLOAD: 'x-accel', TRUSTED_PROXIES: '127.0.0.1' }
    expect(parseConfig(known).PROXY_OFFLOAD).toBe('x-accel')
    expect(parseConfig(NEEDED).PROXY_OFFLOAD).toBe('off')
  })
})

describe('the queue', () => {
  it('lives in Redis if there is one, else in the database', () => {
    const { DATABASE_URL: databaseUrl } = NEEDED
    expect(queueSettings(parseConfig(NEEDED))).toEqual({ redisUrl: undefined, databaseUrl })
    const redisUrl = 'redis://127.0.0.1:6379'
    expect(queueSettings(parseConfig({ ...NEEDED, REDIS_URL: redisUrl }))).toEqual({ redisUrl, databaseUrl })
  })
})

describe('the environment', () => {
  let directory: string
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'obb-config-'))
  })
  afterEach(() => rmSync(directory, { recursive: true }))

  it('goes before the file under it, and what is empty counts as unset', () => {
    const file = join(directory, '.env')
    writeFileSync(file, '# settings\nBOTH=file\nFILE_ONLY="from file"\nEMPTY_IN_FILE=\nEMPTY_IN_ENV=file\n')
    const env = { BOTH: 'env', ENV_ONLY: 'from env', EMPTY_IN_ENV: '', UNSET: undefined }
    expect(readEnvironment([], env, file)).toEqual({
      BOTH: 'env',
      FILE_ONLY: 'from file',
      ENV_ONLY: 'from env',
    })
  })

  it('has no blanks at the ends of settings, which nobody sees, but in passwords, of which it tells', () => {
    const file = join(directory, '.env')
    writeFileSync(file, 'HOST="127.0.0.1 "\nLOG_LEVEL=" "\n')
    const env = { S3_BUCKET: '\tfiles\r', REDIS_PASSWORD: 'one ', DATABASE_PASSWORD: 'two', OTHER: ' kept ' }
    expect(readEnvironment(SETTINGS, env, file)).toEqual({
      ...{ HOST: '127.0.0.1', S3_BUCKET: 'files', REDIS_PASSWORD: 'one ' },
      ...{ DATABASE_PASSWORD: 'two', OTHER: ' kept ' },
    })
    expect(oddSettings(env, file)).toEqual([
      'REDIS_PASSWORD begins or ends with a blank, and that is taken for a part of it',
    ])
  })

  it('says that its file cannot be read, where that is so', () => {
    expect(() => readEnvironment([], {}, directory)).toThrow(`${directory} cannot be read (EISDIR)`)
  })

  it('stands alone without a file', () => {
    expect(readEnvironment([], { A: '1' }, join(directory, 'nothing'))).toEqual({ A: '1' })
  })

  it('may name a file that holds a setting, which goes before `.env`', () => {
    const [secret, file] = [join(directory, 'secret'), join(directory, '.env')]
    writeFileSync(secret, `${HEX_KEY}\n`)
    writeFileSync(file, 'SECRETS_KEY=older\n')
    const env = { SECRETS_KEY_FILE: secret, OTHER_FILE: '/kept' }
    expect(readEnvironment(['SECRETS_KEY'], env, file)).toEqual({ SECRETS_KEY: HEX_KEY, OTHER_FILE: '/kept' })
  })

  it('refuses a setting that is given twice, and a file that cannot be read', () => {
    const nothing = join(directory, 'nothing')
    const read = (env: Record<string, string>) => () => readEnvironment(['SECRETS_KEY'], env, nothing)
    expect(read({ SECRETS_KEY: 'unspoken', SECRETS_KEY_FILE: nothing })).toThrow(
      'SECRETS_KEY and SECRETS_KEY_FILE are both set',
    )
    expect(read({ SECRETS_KEY_FILE: nothing })).toThrow(
      'SECRETS_KEY_FILE names a file that cannot be read (ENOENT)',
    )
  })

  it('has its misspelt settings told: all of `.env`, and what is near to one elsewhere', () => {
    const file = join(directory, '.env')
    writeFileSync(file, 'PROXY_WORKER=4\nQUITE_ANOTHER_THING=1\nHOST=::\nPOSTGRES_PASSWORD=x\nPGHOST=y\n')
    const env = {
      LINK_TTLL: '7d',
      HOME: '/root',
      SOMETHING: '1',
      DATABASE_URL_FILE: file,
      STORAGE_QOUTA: '1TB',
    }
    expect(oddSettings(env, file)).toEqual([
      `PROXY_WORKER in ${file} is no setting; did you mean PROXY_WORKERS?`,
      `QUITE_ANOTHER_THING in ${file} is no setting`,
      'LINK_TTLL is no setting; did you mean LINK_TTL?',
      'STORAGE_QOUTA is no setting; did you mean STORAGE_QUOTA?',
    ])
  })
})

describe('the collector of traces', () => {
  it('is none unless it is set, with its fields as OpenTelemetry writes them', () => {
    expect(parseConfig(NEEDED).OTEL_EXPORTER_OTLP_ENDPOINT).toBeUndefined()
    const env = {
      ...NEEDED,
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/',
      OTEL_EXPORTER_OTLP_HEADERS: 'Authorization=Basic%20dTpw, x-scope=a=b',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    }
    expect(parseConfig(env)).toMatchObject({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
      OTEL_EXPORTER_OTLP_HEADERS: { authorization: 'Basic dTpw', 'x-scope': 'a=b' },
      OTEL_TRACES_SAMPLER_ARG: 0.25,
    })
  })

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:9999'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a secret'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'a=%E0%A4%A'],
    ['OTEL_TRACES_SAMPLER_ARG', '2'],
  ])('refuses %s of %s, without its value', (name, value) => {
    const parse = () => parseConfig({ ...NEEDED, [name]: value })
    expect(parse).toThrow(`${name} must be`)
    expect(parse).not.toThrow(value)
  })
})

describe('the mail server', () => {
  const SMTP_URL = 'smtp://user:unspoken%40@mail.example.org:587'

  it('comes with whose mails they are', () => {
    expect(faultsOf({ ...NEEDED, SMTP_URL })).toEqual(['MAIL_FROM is needed with SMTP_URL'])
    expect(parseConfig({ ...NEEDED, SMTP_URL, MAIL_FROM: 'OBB <obb@example.org>' })).toMatchObject({
      SMTP_URL,
      MAIL_FROM: 'OBB <obb@example.org>',
    })
    expect(parseConfig(NEEDED)).not.toHaveProperty('SMTP_URL')
  })

  it.each([
    'nobody',
    'two@example.org, three@example.org',
    'obb@example.org\r\nBcc: x@example.org',
    'OBB\nX <obb@example.org>',
    'OBB <obb@example.org',
    'OBB obb@example.org',
    '"OBB" <obb@example.org>',
  ])('takes no sender like %j', (MAIL_FROM) => {
    expect(namesOf({ ...NEEDED, SMTP_URL, MAIL_FROM })).toEqual(['MAIL_FROM'])
  })

  it('is reached by SMTP, and its password is in no fault', () => {
    const faults = faultsOf({ ...NEEDED, SMTP_URL: 'http://user:unspoken@mail', MAIL_FROM: 'a@b.test' })
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(/^SMTP_URL /)
    expect(faults[0]).not.toContain('unspoken')
  })

  it('is told to the gateway alone', () => {
    const told = Object.entries(SETTINGS_OF).filter(([, names]) =>
      (names as readonly string[]).includes('SMTP_URL'),
    )
    expect(told.map(([process]) => process)).toEqual(['api'])
  })
})

describe('the OpenID provider', () => {
  const OIDC = { OIDC_ISSUER: 'https://id.example.org/o/obb/', OIDC_CLIENT_ID: 'obb' }

  it('is as it names itself, and lets nobody in who was not here before unless told to', () => {
    expect(parseConfig({ ...NEEDED, ...OIDC, OIDC_OPERATOR_CLAIM: 'groups = a=b' })).toMatchObject({
      ...OIDC,
      ...{ OIDC_NAME: 'OpenID', OIDC_SCOPES: 'openid email profile', OIDC_SIGN_UP: 'none' },
      OIDC_OPERATOR_CLAIM: { name: 'groups', value: 'a=b' },
    })
  })

  it.each([
    [{ OIDC_ISSUER: OIDC.OIDC_ISSUER }, 'OIDC_CLIENT_ID is needed'],
    [{ OIDC_CLIENT_ID: 'obb' }, 'OIDC_ISSUER is needed'],
    [{ OIDC_CLIENT_SECRET: 'x' }, 'OIDC_CLIENT_SECRET is of no use'],
    [{ ...OIDC, OIDC_SCOPES: 'email' }, 'OIDC_SCOPES has to have openid'],
    [{ ...OIDC, OIDC_OPERATOR_CLAIM: 'groups=' }, 'OIDC_OPERATOR_CLAIM must be'],
    [{ ...OIDC, OIDC_SIGN_UP: 'everyone' }, 'OIDC_SIGN_UP must be'],
    [{ ...OIDC, OIDC_ISSUER: 'id.example.org' }, 'OIDC_ISSUER must be'],
  ])('is not set by halves: %j', (env, fault) => {
    expect(() => parseConfig({ ...NEEDED, ...env })).toThrow(fault)
  })
})

describe('a password apart from its URL', () => {
  it('is put into it, whatever its characters, where the URL has none', () => {
    const env = { ...NEEDED, DATABASE_URL: 'postgresql://obb@db:5432/obb', DATABASE_PASSWORD: 'a/b@c#%' }
    expect(parseConfig(env).DATABASE_URL).toBe('postgresql://obb:a%2Fb%40c%23%25@db:5432/obb')
    expect(parseConfig({ ...NEEDED, REDIS_URL: 'redis://redis:6379', REDIS_PASSWORD: 'x' }).REDIS_URL).toBe(
      'redis://:x@redis:6379',
    )
  })

  it('leaves a URL that has one alone', () => {
    expect(parseConfig({ ...NEEDED, DATABASE_PASSWORD: 'other' }).DATABASE_URL).toBe(NEEDED.DATABASE_URL)
  })
})

describe('a process', () => {
  it('is told what it needs and nothing else', () => {
    const env = { ...NEEDED, ...S3, ADMIN_TOKEN: 'a'.repeat(32) }
    expect(Object.keys(parseConfigOf('proxy', env))).not.toContain('SECRETS_KEY')
    expect(parseConfigOf('proxy', { DATABASE_URL: NEEDED.DATABASE_URL })).toMatchObject({ PROXY_PORT: 8081 })
    expect(parseConfigOf('migrate', { DATABASE_URL: NEEDED.DATABASE_URL })).toEqual({
      DATABASE_URL: NEEDED.DATABASE_URL,
      LOG_LEVEL: 'info',
    })
    expect(() => parseConfigOf('fetcher', { DATABASE_URL: NEEDED.DATABASE_URL })).toThrow(
      'SECRETS_KEY is not set',
    )
  })

  it.each(SETTINGS)('reads %s somewhere', (name) => {
    expect(Object.values(SETTINGS_OF).flat()).toContain(name)
  })
})
