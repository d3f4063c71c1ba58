import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { ROLE_SETTINGS, createTestDatabase } from '@obb/core/testing'
import { type ApiKnobs, type FakeHost, loadFake, patternContent } from '@obb/host-adapters/testing'
import { freePort } from '@obb/testing/guarded'
import type { ScratchDatabase } from '@obb/testing/postgres'
import { prometheusAvailable, startPrometheus, type TestPrometheus } from '@obb/testing/prometheus'
import { redisAvailable, startRedis, type TestRedis } from '@obb/testing/redis'
import { startS3, type S3Server } from '@obb/testing/s3'
import { NpmStart } from './npm-start.js'
import { Wire } from './outage-wire.js'
import type { App } from './processes.js'
import { SmallDisk } from './small-disk.js'
import { type Quotation, type Source, quotationsOf, saysSo } from './troubles-page.js'

/*
 * A walk through troubles made on purpose, as an operator sees them. docs/troubles.md quotes what is said of each; here
 * each is made on a whole installation, which has to say it, and to be all right again once it is cured.
 */

const ALERTS = fileURLToPath(new URL('../../docs/monitoring/alerts.yml', import.meta.url))
const SHIFT = new URL('shift-date.mjs', import.meta.url).href
const APPS: readonly App[] = ['api', 'proxy', 'fetcher']
const KEY = 'ab'.repeat(32)
const MIB = 2 ** 20
const DAY_S = 86_400
const LIMIT_MS = 120_000
const PAGE = quotationsOf(
  readFileSync(fileURLToPath(new URL('../../docs/troubles.md', import.meta.url)), 'utf8'),
)

interface Account {
  password: string
  premium: boolean
  premiumEnd: number
}
type RapidGator = FakeHost<ApiKnobs & { accounts: Account[]; forgetSessions(): void }>

/** Resolves once `look` sees it, and has nothing to tell any more of what it sees instead. */
async function until(what: string, look: () => Promise<string | undefined>): Promise<void> {
  const deadline = performance.now() + LIMIT_MS
  for (;;) {
    const instead = await look()
    if (instead === undefined) return
    if (performance.now() > deadline) throw new Error(`not within ${LIMIT_MS} ms: ${what}\n${instead}`)
    await sleep(250)
  }
}

/** An installation with all its parts, which a test can break, and all that looks at it. */
class Scene {
  home = mkdtempSync(join(tmpdir(), 'obb-troubles-'))
  obb!: NpmStart
  host!: RapidGator
  redis!: TestRedis
  s3!: S3Server
  wire!: Wire
  prometheus!: TestPrometheus
  key = ''
  accountId = ''
  private database!: ScratchDatabase
  private readonly bucket = mkdtempSync(join(tmpdir(), 'obb-troubles-s3-'))
  private readonly ports: Record<App, number> = { api: 0, proxy: 0, fetcher: 0 }
  private isOnS3 = true
  private seed = 0

  /** `disk`: where files lie in place of the S3. */
  async open(disk?: string): Promise<void> {
    if (disk !== undefined) {
      rmSync(this.home, { recursive: true })
      this.home = disk
      this.isOnS3 = false
    }
    this.database = await createTestDatabase()
    this.wire = await Wire.to(this.database.url)
    this.redis = await startRedis()
    this.s3 = await startS3({ directory: this.bucket })
    for (const app of APPS) this.ports[app] = await freePort()
    const targets = APPS.map((app) => [app, `127.0.0.1:${this.ports[app]}`])
    this.prometheus = await startPrometheus(Object.fromEntries(targets) as Record<string, string>, ALERTS)
    this.host = (await (await loadFake('RapidGator')).start()) as RapidGator
    await this.start()
    await this.obb.admin('PATCH', '/hosts/RapidGator', { origins: this.host.origins })
    const { credentials } = this.host
    this.accountId = (
      await this.obb.admin<{ id: string }>('POST', '/accounts', { platform: 'RapidGator', credentials })
    ).id
    this.key = (
      await this.obb.admin<{ apiKey: string }>('POST', '/users', { email: 'u@example.test', traffic: 1e12 })
    ).apiKey
    await this.isWell()
  }

  async start(env: Readonly<Record<string, string>> = {}): Promise<void> {
    const { s3, ports } = this
    this.obb = await NpmStart.start(this.home, {
      ...{ DATABASE_URL: this.wire.url, ...ROLE_SETTINGS, REDIS_URL: this.redis.url, SECRETS_KEY: KEY },
      ...{ FETCH_ALLOW_NETWORKS: '127.0.0.0/8', FETCHER_PORT: String(ports.fetcher) },
      ...{ API_MONITOR_PORT: String(ports.api), PROXY_MONITOR_PORT: String(ports.proxy) },
      ...(this.isOnS3 && {
        ...{ S3_ENDPOINT: s3.endpoint, S3_BUCKET: 'obb-files' },
        ...{ S3_ACCESS_KEY_ID: s3.accessKeyId, S3_SECRET_ACCESS_KEY: s3.secretAccessKey },
      }),
      ...env,
    })
  }

  async restart(env: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.obb.stop()
    await this.start(env)
  }

  /** Asks for a new file of so many bytes, as a user does. */
  ask(size = 1_000): Promise<unknown> {
    const content = patternContent(size, ++this.seed)
    const url = this.host.addFile({ name: `${this.seed}.bin`, content })
    return this.obb.call(this.key, 'POST', '/unrestrict', { url })
  }

  /** Everything that is said by `source` now. `text` names the metric that is asked for. */
  async said(source: Source, text: string): Promise<string> {
    const { obb, prometheus } = this
    switch (source) {
      case 'terminal':
        return obb.terminal
      case 'log':
        return APPS.map((app) => obb.logOf(app)).join('')
      case 'doctor':
        return (await obb.obb('doctor')).text
      case 'ready':
        return (await Promise.all(APPS.map((app) => this.readiness(app)))).flat().join('\n')
      case 'metric':
        return (await prometheus.query(text)).length > 0 ? text : ''
      case 'alert':
        return (await prometheus.alerts())
          .map(({ labels, annotations }) => `${labels['alertname']}: ${annotations['summary']}`)
          .join('\n')
    }
  }

  /** Resolves once everything that the page quotes is said. */
  async says(quotations: readonly Quotation[]): Promise<void> {
    for (const { source, text } of quotations) {
      await until(`${source}: ${text}`, async () => {
        const said = await this.said(source, text)
        return saysSo(said, text) ? undefined : said
      })
    }
  }

  /** Resolves once nothing fails any more, by all that look at it. */
  async isWell(): Promise<void> {
    await until('all is well', async () => {
      const { code, text } = await this.obb.obb('doctor')
      const alerts = (await this.prometheus.alerts()).filter(
        ({ labels }) => this.isOnS3 || labels['alertname'] !== 'ObbStoreNearlyFull', // for which that disk is too small
      )
      const isWell = code === 0 && !/^warning/m.test(text) && alerts.length === 0
      return isWell ? undefined : `${text}\n${JSON.stringify(alerts)}`
    })
  }

  async close(): Promise<void> {
    await this.obb?.stop()
    await this.prometheus?.stop()
    await this.host?.close()
    await this.wire?.close()
    await this.redis?.stop()
    await this.s3?.close()
    await this.database?.drop()
    rmSync(this.bucket, { recursive: true, force: true })
    if (this.isOnS3) rmSync(this.home, { recursive: true, force: true })
  }

  /** The checks of a process that fail, in a line each. */
  private async readiness(app: App): Promise<string[]> {
    const { ready } = this.obb
    const url = app === 'fetcher' ? `http://127.0.0.1:${this.ports.fetcher}` : ready[app]
    const signal = AbortSignal.timeout(5_000)
    const answer = await fetch(`${url}/health/ready`, { signal }).catch(() => undefined)
    if (answer === undefined) return []
    const { data } = (await answer.json()) as {
      data: { checks: { name: string; status: string; detail?: string; action?: string }[] }
    }
    return data.checks
      .filter(({ status }) => status === 'failing')
      .map(({ name, detail, action }) => `${name}: ${detail}. ${action}`)
  }
}

interface Trouble {
  make(scene: Scene): Promise<unknown>
  cure(scene: Scene): Promise<unknown>
}

/** By the headings of docs/troubles.md. */
const TROUBLES: Readonly<Record<string, Trouble>> = {
  'PostgreSQL is away': {
    make: ({ wire }) => wire.refuse(),
    cure: ({ wire }) => wire.accept(),
  },
  'Redis is away': {
    make: ({ redis }) => redis.crash(),
    cure: ({ redis }) => redis.restart(),
  },
  'The S3 is away': {
    make: async (scene) => {
      await scene.s3.close()
      await scene.ask()
    },
    cure: async (scene) => {
      const { directory, port } = scene.s3
      scene.s3 = await startS3({ directory, port })
    },
  },
  'No fetcher is alive': {
    make: async ({ obb }) => {
      for (const pid of obb.pidsOf('fetcher')) process.kill(pid, 'SIGSTOP')
    },
    cure: async ({ obb }) => {
      for (const pid of obb.pidsOf('fetcher')) process.kill(pid, 'SIGCONT')
    },
  },
  'A host is down': {
    make: async (scene) => {
      scene.host.knobs.apiAnswer = { status: 503, body: 'Service Unavailable' }
      for (let times = 0; times < 4; times++) await scene.ask()
    },
    cure: async (scene) => {
      scene.host.knobs.apiAnswer = undefined
      expect((await scene.obb.obb('host', 'try', 'RapidGator')).code).toBe(0)
    },
  },
  'The password of an account is wrong': {
    make: async (scene) => {
      const [account] = scene.host.knobs.accounts
      account!.password = 'changed-at-the-host'
      scene.host.knobs.forgetSessions()
      await scene.ask()
    },
    cure: async (scene) => {
      const [account] = scene.host.knobs.accounts
      account!.password = scene.host.credentials['password'] ?? ''
      expect((await scene.obb.obb('account', 'enable', scene.accountId)).code).toBe(0)
    },
  },
  'An account has expired': {
    make: async (scene) => {
      const [account] = scene.host.knobs.accounts
      account!.premium = false
      await scene.ask()
    },
    cure: async (scene) => {
      const [account] = scene.host.knobs.accounts
      account!.premium = true
      await scene.obb.obb('account', 'check', scene.accountId)
      await scene.obb.obb('account', 'enable', scene.accountId)
    },
  },
  'An account is about to end': {
    make: async (scene) => {
      const [account] = scene.host.knobs.accounts
      account!.premiumEnd = Math.floor(Date.now() / 1000) + 6 * DAY_S
      await scene.obb.obb('account', 'check', scene.accountId)
    },
    cure: async (scene) => {
      const [account] = scene.host.knobs.accounts
      account!.premiumEnd = Math.floor(Date.now() / 1000) + 30 * DAY_S
      await scene.obb.obb('account', 'check', scene.accountId)
    },
  },
  'The clock is off': {
    make: (scene) => scene.restart({ NODE_OPTIONS: `--import ${SHIFT}`, SHIFT_DATE: '-25000' }),
    cure: (scene) => scene.restart(),
  },
  'SECRETS_KEY is another one': {
    make: async (scene) => {
      await scene.restart({ SECRETS_KEY: 'cd'.repeat(32) })
      await scene.ask()
    },
    cure: (scene) => scene.restart(),
  },
}

const canRun = prometheusAvailable() && redisAvailable()
const disk = canRun ? SmallDisk.mount(192 * MIB) : undefined
;(canRun ? describe : describe.skip)('an operator (needs prometheus and redis-server)', () => {
  let scene: Scene
  beforeEach(() => {
    scene = new Scene()
  })
  afterEach(() => scene.close(), 60_000)
  afterAll(() => disk?.unmount())

  it('finds in docs/troubles.md every trouble that is made here', () => {
    expect([...PAGE.keys()].sort()).toEqual([...Object.keys(TROUBLES), 'The disk is full'].sort())
  })

  it.each(Object.entries(TROUBLES))(
    'is told: %s',
    async (title, { make, cure }) => {
      await scene.open()
      await make(scene)
      await scene.says(PAGE.get(title) ?? [])
      await cure(scene)
      await scene.isWell()
    },
    300_000,
  )
  ;(disk ? it : it.skip)(
    'is told: The disk is full',
    async () => {
      const { home, reserve } = disk!
      await scene.open(home)
      const filler = join(home, 'filler')
      writeFileSync(filler, Buffer.alloc((await disk!.free()) - reserve / 2))
      await scene.says(PAGE.get('The disk is full') ?? [])
      rmSync(filler)
      await scene.isWell()
    },
    300_000,
  )
})
