import { describe, expect, it } from '@jest/globals'
import { parseConfig } from '@obb/core/config'
import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'

interface ComposeService {
  image?: string
  command?: string[]
  environment?: Record<string, string>
  restart?: string
  healthcheck?: { test: string[] }
  depends_on?: Record<string, { condition: string }>
  container_name?: string
  ports?: string[]
}

const root = new URL('../../../', import.meta.url)
const text = readFileSync(new URL('docker-compose.yml', root), 'utf8')
const { services } = parse(text, { merge: true }) as { services: Record<string, ComposeService> }
const service = (name: string): ComposeService => {
  const found = services[name]
  if (!found) throw new Error(`no service ${name}`)
  return found
}

/** `${NAME:-default}` and `${NAME:?message}`, as Compose fills them in. */
function fillIn(value: string, env: Record<string, string>): string {
  return value.replace(/\$\{(\w+)(?::([-?])([^}]*))?\}/g, (_all, name: string, kind?: string, rest = '') => {
    const given = env[name]
    if (given !== undefined) return given
    if (kind === '-') return rest
    throw new Error(`${name} ${rest}`)
  })
}

const SECRETS = {
  SECRETS_KEY: 'a'.repeat(64),
  ADMIN_TOKEN: 'b'.repeat(64),
  POSTGRES_PASSWORD: 'c'.repeat(64),
  S3_SECRET_ACCESS_KEY: 'd'.repeat(64),
}

const settingsOf = (name: string, env: Record<string, string>) => {
  const filled = Object.entries(service(name).environment ?? {}).map(
    ([key, value]) => [key, fillIn(value, env)] as const,
  )
  return parseConfig(Object.fromEntries(filled.filter(([, value]) => value !== '')))
}

describe('docker-compose.yml', () => {
  it.each(['api', 'fetcher', 'proxy', 'migrate'])('gives %s settings that it accepts', (name) => {
    expect(settingsOf(name, SECRETS).S3_BUCKET).toBe('obb')
  })

  it.each(Object.keys(SECRETS))('does not start without %s', (name) => {
    const others = Object.fromEntries(Object.entries(SECRETS).filter(([key]) => key !== name))
    expect(() => settingsOf('api', others)).toThrow(name)
  })

  it.each(['api', 'fetcher', 'proxy'])('starts %s only after migration and bucket are done', (name) => {
    expect(service(name).depends_on).toMatchObject({
      migrate: { condition: 'service_completed_successfully' },
      bucket: { condition: 'service_completed_successfully' },
    })
  })

  it('can run any number of fetchers', () => {
    expect(service('fetcher').container_name).toBeUndefined()
    expect(service('fetcher').ports).toBeUndefined()
  })

  it('keeps the queue over a crash and evicts nothing', () => {
    const command = service('redis').command?.join(' ')
    expect(command).toContain('--appendonly yes')
    expect(command).toContain('--appendfsync everysec')
    expect(command).toContain('--maxmemory-policy noeviction')
  })

  it.each(['api', 'proxy', 'postgres', 'redis', 's3'])('watches the health of %s', (name) => {
    expect(service(name).healthcheck?.test[0]).toBe('CMD')
  })

  it('restarts everything and follows no moving version', () => {
    for (const [name, { restart, image }] of Object.entries(services)) {
      expect([name, restart]).not.toEqual([name, undefined])
      expect(image).toMatch(/:[^:]*\d/)
    }
  })

  it('runs entry points that exist', () => {
    for (const name of ['api', 'fetcher', 'proxy', 'migrate']) {
      const source = service(name).command?.at(-1)?.replace('/dist/', '/src/').replace(/\.js$/, '.ts') ?? ''
      expect([source, existsSync(new URL(source, root))]).toEqual([source, true])
    }
  })
})
