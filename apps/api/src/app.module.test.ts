import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type DynamicModule, Module, type Type } from '@nestjs/common'
import { ModulesContainer, NestFactory } from '@nestjs/core'
import { FastifyAdapter } from '@nestjs/platform-fastify'
import type { ReadinessView } from '@obb/contracts'
import { CoreModule } from '@obb/core'
import { parseConfig } from '@obb/core/config'
import { openLog } from '@obb/core/log'
import { TestDatabase } from '@obb/core/testing'
import { AccountModule } from './account/account.module.js'
import { AdminModule } from './admin/admin.module.js'
import { AppModule } from './app.module.js'
import { CallersModule } from './callers/callers.module.js'
import { DocsModule } from './docs/docs.module.js'
import { EventsModule } from './events/events.module.js'
import { FailuresModule } from './failures/failures.module.js'
import { FindingsModule } from './findings/findings.module.js'
import { HostsModule } from './hosts/hosts.module.js'
import { InquiriesModule } from './inquiries/inquiries.module.js'
import { KeysModule } from './keys/keys.module.js'
import { LinksModule } from './links/links.module.js'
import { MailModule } from './mail/mail.module.js'
import { NzbModule } from './nzb/nzb.module.js'
import { OperationModule } from './operation/operation.module.js'
import { SignInModule } from './sign-in/sign-in.module.js'
import { Gateway } from './testing/gateway.js'

const SUBJECTS: Type[] = [
  AccountModule,
  AdminModule,
  CallersModule,
  DocsModule,
  EventsModule,
  FailuresModule,
  FindingsModule,
  HostsModule,
  InquiriesModule,
  KeysModule,
  LinksModule,
  MailModule,
  NzbModule,
  OperationModule,
  SignInModule,
]

@Module({})
class Alone {
  static with(core: DynamicModule, subject: Type): DynamicModule {
    return { module: Alone, imports: [core, subject] }
  }
}

describe('the modules of the gateway', () => {
  let database: TestDatabase
  let core: DynamicModule

  beforeAll(async () => {
    database = await TestDatabase.open()
    const config = parseConfig({ DATABASE_URL: database.url, SECRETS_KEY: 'ab'.repeat(32) })
    core = CoreModule.forRoot(config, { log: openLog('test', 'silent') })
  })
  afterAll(() => database.close())

  it.each(SUBJECTS)('%p brings with it whatever its controllers and providers ask for', async (subject) => {
    const options = { logger: false, abortOnError: false } as const
    const app = await NestFactory.create(Alone.with(core, subject), new FastifyAdapter(), options)
    await app.init()
    const [module] = [...app.get(ModulesContainer).values()].filter(({ metatype }) => metatype === subject)
    const made = [...(module?.controllers.values() ?? []), ...(module?.providers.values() ?? [])]
    expect(made.length).toBeGreaterThan(0)
    for (const { token, instance } of made) {
      expect(instance).toBeDefined()
      expect(app.select(subject).get<unknown>(token, { strict: true })).toBe(instance)
    }
    await app.close()
  })

  it('are all in the application', async () => {
    const gateway = await Gateway.start()
    const modules = [...gateway.app.get(ModulesContainer).values()].map(({ metatype }) => metatype)
    expect(modules).toEqual(expect.arrayContaining([AppModule, ...SUBJECTS]))
    await gateway.close()
  })
})

describe('the gateway', () => {
  let gateway: Gateway

  beforeAll(async () => {
    gateway = await Gateway.start()
  })
  afterAll(() => gateway.close())

  async function page(path: string): Promise<{ code: number; headers: Headers; text: string }> {
    const response = await fetch(`http://127.0.0.1:${gateway.port}${path}`)
    return { code: response.status, headers: response.headers, text: await response.text() }
  }

  it('GET / is a page for people: no script, nothing from elsewhere, and its links lead somewhere', async () => {
    const { code, headers, text } = await page('/')
    expect([code, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const policy = headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'")
    expect(policy).not.toMatch(/unsafe|script-src|https?:/)
    expect(text).not.toMatch(/<script|\son\w+=|style=|https?:/)
    const style = /<style>([^]*)<\/style>/.exec(text)?.[1] ?? ''
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`)
    const links = [...text.matchAll(/href="([^"]*)"/g)].map(([, link]) => link ?? '')
    expect(links).toContain('/docs')
    for (const link of links) expect([link, (await page(link)).code]).toEqual([link, 200])
    expect(text.length).toBeLessThan(4_000)
  })

  it('has an icon where browsers look for one', async () => {
    const { code, headers, text } = await page('/favicon.ico')
    expect([code, headers.get('content-type')]).toEqual([200, 'image/svg+xml'])
    expect(text).toMatch(/^<svg [^]*<\/svg>\s*$/)
  })

  it('POST / is told which methods there are, in the envelope', async () => {
    const answer = await gateway.send('POST', '/', {}, {})
    expect([answer.code, answer.body]).toEqual([
      405,
      expect.objectContaining({ success: false, status: 900 }),
    ])
    expect(answer.headers.get('allow')).toContain('GET')
  })

  it('GET /health answers without a key', async () => {
    const answer = await gateway.send('GET', '/health')
    expect([answer.code, answer.body]).toEqual([200, { success: true, data: { status: 'ok' } }])
  })

  it('GET /health/ready answers without a key, with a check for each thing that the gateway needs', async () => {
    const { body } = await gateway.send('GET', '/health/ready')
    const { data } = body as { data: ReadinessView }
    expect(data.checks.map(({ name }) => name)).toEqual([
      ...['database', 'migrations', 'clock', 'queue', 'fetchers', 'store', 'secrets'],
    ])
  })
})
