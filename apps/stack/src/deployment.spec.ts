import { describe, expect, it } from '@jest/globals'
import {
  parseConfigOf,
  roleOf,
  rolePasswordOf,
  SETTINGS,
  SETTING_GROUPS,
  SETTINGS_OF,
  type ProcessName,
} from '@obb/core/config'
import { storeSettings } from '@obb/core/storage'
import { existsSync, readFileSync } from 'node:fs'
import { composeServices, fillIn, settingsOf } from './testing/compose.js'

const root = new URL('../../../', import.meta.url)
const textOf = (path: string) => readFileSync(new URL(path, root), 'utf8')
const withS3 = ['compose.yml', 'compose.s3.yml']
const PROCESSES = ['api', 'fetcher', 'proxy', 'migrate', 'backup'] as const

const SECRETS = {
  SECRETS_KEY: 'a'.repeat(64),
  ADMIN_TOKEN: 'b'.repeat(64),
  POSTGRES_PASSWORD: 'c'.repeat(64),
  REDIS_PASSWORD: 'd'.repeat(64),
  API_DATABASE_PASSWORD: 'f'.repeat(64),
  FETCHER_DATABASE_PASSWORD: 'g'.repeat(64),
  PROXY_DATABASE_PASSWORD: 'h'.repeat(64),
}
const S3_SECRET = { S3_SECRET_ACCESS_KEY: 'e'.repeat(64) }

/** Settings that a container does not take from `.env`, and why. */
const FIXED: Record<string, string> = {
  OBB_HOME: 'the image: the volume lies there',
  HOST: 'the image: all addresses of the container; `.env` has the published one',
  API_PORT: 'the default inside, published as what `.env` says',
  ADMIN_HOST: 'all addresses of the container; `.env` has the published one',
  ADMIN_PORT: 'the default inside, published as what `.env` says',
  'proxy.PROXY_PORT': 'the default inside, published as what `.env` says',
  ...Object.fromEntries(
    ['api', 'fetcher', 'proxy'].map((name) => [
      `${name}.DATABASE_PASSWORD`,
      'the owner’s, which only migrate knows',
    ]),
  ),
  BACKUP_DIR: 'the volume of backups',
  ...Object.fromEntries(
    ['FETCHER_PORT', 'API_MONITOR_PORT', 'PROXY_MONITOR_PORT', 'MONITOR_HOST'].map((name) => [
      name,
      'asked by the health check and by Prometheus inside only: never published',
    ]),
  ),
}

/** Names that are not settings of the process. */
const FOR_OTHERS = [
  ...['OBB_API', 'OBB_ADMIN_API', 'OBB_ADMIN_TOKEN', 'OBB_ADMIN_TOKEN_FILE'],
  'NODE_EXTRA_CA_CERTS',
]

describe('docs/settings.md', () => {
  it.each(SETTINGS)('tells of %s', (name) => {
    expect(textOf('docs/settings.md')).toContain(`\`${name}\``)
  })

  it('has them in the groups of the portal, with a sentence for each there', () => {
    const parts = textOf('docs/settings.md').split(/^## /m).slice(1, -2)
    const groups = parts.map((part) => SETTINGS.filter((name) => part.includes(`\`${name}\``)))
    const grouped = Object.values(SETTING_GROUPS)
    expect(groups).toHaveLength(grouped.length)
    const misplaced = grouped.flatMap((names, n) => names.filter((name) => !groups[n]?.includes(name)))
    expect(misplaced).toEqual([])
    const told = textOf('apps/portal/src/operator/settings/setting-texts.ts')
    expect(SETTINGS.filter((name) => !told.includes(`  ${name}: m.setting_`))).toEqual([])
  })
})

describe('compose.yml', () => {
  it.each(PROCESSES)('gives %s settings that it accepts', (name) => {
    expect(() => parseConfigOf(name, settingsOf(['compose.yml'], name, SECRETS))).not.toThrow()
  })

  const isFixed = (process: string, name: string) =>
    FIXED[name] !== undefined || FIXED[`${process}.${name}`] !== undefined
  const settings = PROCESSES.flatMap((process) =>
    SETTINGS_OF[process].map((name) => [process, name] as const),
  )

  it.each(settings.filter(([process, name]) => !isFixed(process, name)))(
    'passes to %s what `.env` says of %s',
    (process, name) => {
      const source = name === 'DATABASE_PASSWORD' ? 'POSTGRES_PASSWORD' : name
      const env = settingsOf(['compose.yml'], process, { ...SECRETS, [source]: 'said-so' })
      expect(env[name]).toBe('said-so')
    },
  )

  it.each(PROCESSES)('tells %s nothing that it does not read', (name) => {
    const read = new Set<string>([...SETTINGS_OF[name], ...FOR_OTHERS])
    const given = Object.keys(composeServices(['compose.yml'])[name]?.environment ?? {})
    expect(given.filter((setting) => !read.has(setting.replace(/_FILE$/, '')) && !read.has(setting))).toEqual(
      [],
    )
  })

  it.each(['api', 'fetcher', 'proxy'] as const)(
    'has %s connect as its own role, not as the owner',
    (name) => {
      const env = settingsOf(['compose.yml'], name, SECRETS)
      const { username, password } = new URL(parseConfigOf(name, env).DATABASE_URL)
      expect([username, password]).toEqual([roleOf(name), SECRETS[rolePasswordOf(name)]])
      expect(Object.values(env)).not.toContain(SECRETS.POSTGRES_PASSWORD)
      const owner = parseConfigOf('migrate', settingsOf(['compose.yml'], 'migrate', SECRETS)).DATABASE_URL
      expect(new URL(owner).password).toBe(SECRETS.POSTGRES_PASSWORD)
    },
  )

  it.each(['SECRETS_KEY', 'API_DATABASE_PASSWORD', 'REDIS_PASSWORD'])('does not start without %s', (name) => {
    const others = Object.fromEntries(Object.entries(SECRETS).filter(([key]) => key !== name))
    expect(() => parseConfigOf('api', settingsOf(['compose.yml'], 'api', others))).toThrow(name)
  })

  it('takes secrets from files too, which an override mounts', () => {
    const files = { SECRETS_KEY_FILE: '/run/secrets/key', ADMIN_TOKEN_FILE: '/run/secrets/token' }
    const passwords = Object.fromEntries(
      Object.entries(SECRETS).filter(([name]) => name.endsWith('PASSWORD')),
    )
    const env = settingsOf(['compose.yml'], 'api', { ...passwords, ...files })
    expect(env).toMatchObject({ ...files, OBB_ADMIN_TOKEN_FILE: '/run/secrets/token' })
    expect(Object.keys(env)).not.toContain('SECRETS_KEY')
  })

  it('keeps files on a volume that fetcher and proxy share, unless an S3 is set', () => {
    const { fetcher, proxy } = composeServices(['compose.yml'])
    for (const service of [fetcher, proxy]) expect(service?.volumes).toContain('files:/data')
    const local = parseConfigOf(
      'fetcher',
      settingsOf(['compose.yml'], 'fetcher', { ...SECRETS, OBB_HOME: '/data' }),
    )
    expect(storeSettings(local).kind).toBe('local')
    const s3 = { S3_ENDPOINT: 'https://s3.example.org', S3_BUCKET: 'own', S3_ACCESS_KEY_ID: 'id' }
    const own = settingsOf(['compose.yml'], 'proxy', { ...SECRETS, ...s3, ...S3_SECRET })
    expect(storeSettings(parseConfigOf('proxy', own))).toMatchObject({ kind: 's3', bucket: 'own' })
  })

  it.each(['api', 'fetcher', 'proxy'])('starts %s only after the migration', (name) => {
    expect(composeServices(['compose.yml'])[name]?.depends_on).toMatchObject({
      migrate: { condition: 'service_completed_successfully' },
    })
  })

  it('can run any number of fetchers', () => {
    const { fetcher } = composeServices(['compose.yml'])
    expect([fetcher?.container_name, fetcher?.ports]).toEqual([undefined, undefined])
  })

  it('publishes the admin API on this machine only, unless it is told otherwise', () => {
    const published = (env: Record<string, string>) =>
      composeServices(['compose.yml'])['api']?.ports?.map((port) => fillIn(port, env))
    expect(published({})).toEqual(['0.0.0.0:8080:8080', '127.0.0.1:8083:8083'])
    expect(published({ ADMIN_HOST: '10.0.0.1', ADMIN_PORT: '9' })?.[1]).toBe('10.0.0.1:9:8083')
  })

  it('keeps the queue over a crash and evicts nothing', () => {
    const command = composeServices(['compose.yml'])['redis']?.command?.join(' ')
    for (const option of ['--appendonly yes', '--appendfsync everysec', '--maxmemory-policy noeviction']) {
      expect(command).toContain(option)
    }
  })

  it('runs entry points that exist, and health checks that the image has', () => {
    for (const name of PROCESSES) {
      const { command, healthcheck } = composeServices(['compose.yml'])[name] ?? {}
      const source = command?.at(-1)?.replace('/dist/', '/src/').replace(/\.js$/, '.ts') ?? ''
      expect([source, existsSync(new URL(source, root))]).toEqual([source, true])
      const check = healthcheck?.test[2] ?? source
      const isBuilt = check.startsWith('apps/') || check === source
      if (!isBuilt) expect(textOf('Dockerfile')).toContain(`/obb/${check}`)
    }
  })

  it('lets neither the gateway nor what holds the data out, and lets nobody but them in', () => {
    const { api, postgres, redis, migrate, backup } = composeServices(['compose.yml'])
    expect(api?.networks).toEqual(['inside', 'published'])
    for (const service of [postgres, redis, migrate, backup]) expect(service?.networks).toEqual(['inside'])
    for (const service of [postgres, redis]) expect(service?.ports).toBeUndefined()
  })
})

describe('compose.s3.yml', () => {
  it.each(['fetcher', 'proxy'] as const)('has %s use its server, once that is healthy', (name) => {
    const env = settingsOf(withS3, name, { ...SECRETS, ...S3_SECRET })
    expect(storeSettings(parseConfigOf(name, env))).toMatchObject({
      endpoint: 'http://s3:8333',
      bucket: 'obb',
    })
    expect(composeServices(withS3)[name]?.depends_on).toMatchObject({ s3: { condition: 'service_healthy' } })
  })

  it('does not start without S3_SECRET_ACCESS_KEY', () => {
    expect(() => settingsOf(withS3, 'fetcher', SECRETS)).toThrow('S3_SECRET_ACCESS_KEY')
  })
})

describe('every service', () => {
  it.each(Object.entries(composeServices(withS3)))(
    '%s has no privilege it can do without, and bounds for memory and log',
    (name, service: ProcessService) => {
      expect(service.cap_drop).toEqual(['ALL'])
      expect(service.security_opt).toEqual(['no-new-privileges:true'])
      expect(service.mem_limit).toMatch(/^\d+[mg]$/)
      expect(service.logging?.options?.['max-size']).toBeDefined()
      expect(service.restart).toBeDefined()
      expect(service.image).toMatch(/:[^:]*\d/)
      if (name !== 'migrate') expect(service.healthcheck?.test[0]).toBe('CMD')
      if (PROCESSES.includes(name as ProcessName)) {
        expect([service.read_only, service.tmpfs?.length, service.user]).toEqual([
          true,
          1,
          '${PUID:-1000}:${PGID:-1000}',
        ])
      }
    },
  )
})

type ProcessService = ReturnType<typeof composeServices>[string]

describe('Dockerfile', () => {
  const lines = textOf('Dockerfile')
    .replace(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
  const all = (instruction: string) =>
    lines
      .filter((line) => line.startsWith(`${instruction} `))
      .map((line) => line.slice(instruction.length + 1))

  it('stands on one base that cannot move', () => {
    expect(all('ARG')).toEqual([expect.stringMatching(/^NODE_IMAGE=node:24-slim@sha256:[0-9a-f]{64}$/)])
    const stages = all('FROM').map((from) => / AS (\w+)$/.exec(from)?.[1])
    for (const from of all('FROM')) {
      const base = from.replace(/^--platform=\S+ /, '').split(' ')[0] ?? ''
      expect(['${NODE_IMAGE}', ...stages]).toContain(base)
    }
  })

  it('installs pinned versions only, and of the network else the par2 of its distribution alone', () => {
    const installs = all('RUN').filter((run) => /npm install|pnpm install/.test(run))
    for (const run of installs) expect(run).toMatch(/--frozen-lockfile --offline/)
    expect(all('ADD')).toEqual([])
    expect(all('RUN').filter((run) => /curl|wget|sudo|apt-get/.test(run))).toEqual([
      'apt-get update && apt-get install -y --no-install-recommends par2 && rm -rf /var/lib/apt/lists/*',
    ])
  })

  it('ends as an account without rights, with a command that gets signals', () => {
    const last = lines.slice(lines.findLastIndex((line) => line.startsWith('FROM ')))
    expect(last.filter((line) => line.startsWith('USER '))).toEqual(['USER node'])
    expect(last.at(-1)).toMatch(/^CMD \["node", /)
    expect(last).toContain('STOPSIGNAL SIGTERM')
  })

  it('copies nothing that is secret or of this machine', () => {
    const ignored = textOf('.dockerignore').split('\n')
    for (const path of ['.env', 'data', '.git', '**/node_modules', '.runtime/'])
      expect(ignored).toContain(path)
  })
})
