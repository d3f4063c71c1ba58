import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createHash, randomBytes } from 'node:crypto'
import { type SettingView, settingsSchema, supportBundleSchema } from '@obb/contracts'
import { SETTINGS, parseConfig, secretsOf, shownSettings, toldToGateway } from '@obb/core/config'
import { AccountPool } from '@obb/core/pool'
import { HostError } from '@obb/host-adapters'
import { ADMIN_TOKEN, Gateway } from '../testing/gateway.js'
import { People } from '../testing/people.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const hex = randomBytes(32).toString('hex')
/** What is planted in settings, by where; each is found nowhere. */
const SECRET = {
  SECRETS_KEY: hex,
  SECRETS_KEYS_OLD: randomBytes(32).toString('hex'),
  SETUP_CODE: 'ABCD-EFGH-JKMN',
  SMTP_URL: 'smtps://mailer:sm%2Ftp-pass@mail.ours-at-home.org:465',
  MAIL_FROM: 'OBB <postmaster@ours-at-home.org>',
  OIDC_ISSUER: 'https://id.ours-at-home.org/realms/x',
  OIDC_CLIENT_ID: 'client-of-ours',
  OIDC_CLIENT_SECRET: 'oidc-client-secret',
  PUBLIC_API_URL: 'https://obb.ours-at-home.org',
  TRUSTED_PROXIES: '203.0.113.7',
}
/** Those that the gateway is not told. */
const OF_OTHERS = {
  DATABASE_URL: 'postgresql://dbuser:db-pass-word@db.ours-at-home.org:5432/obb',
  API_DATABASE_PASSWORD: 'api-db-password',
  REDIS_URL: 'rediss://:redis-pass@redis.ours-at-home.org',
  S3_ENDPOINT: 'https://s3.ours-at-home.org',
  S3_BUCKET: 'our-private-bucket',
  S3_ACCESS_KEY_ID: 'AKIAOURSATHOME',
  S3_SECRET_ACCESS_KEY: 's3/secret+key',
  BACKUP_PASSPHRASE: 'backup pass phrase',
  OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20otel-secret',
  ADMIN_TOKEN: 'x'.repeat(40),
}
const ACCOUNT = { email: 'holder@premium.test', password: 'premium-pass' }
const PROXY = 'socks5://proxyuser:proxy-pass@203.0.113.99:1080'
const WEBHOOK = 'https://hooks.ours-at-home.org/a-secret-path?token=abc'

let gateway: Gateway
beforeAll(async () => {
  gateway = await Gateway.start(SECRET)
})
afterAll(() => gateway.close())

const setting = ({ settings }: { settings: SettingView[] }, name: string) =>
  settings.find((each) => each.name === name)

it('a bundle tells how the installation is, and no secret, name or address that was planted in it', async () => {
  const { page, email } = await new People(gateway).signedIn('operator')
  const { apiKey } = await gateway.user()
  await page.call('PATCH', 'notifications', { events: { link_failed: ['webhook'] }, webhook: WEBHOOK })
  const body = { platform: 'RapidGator', credentials: ACCOUNT, proxy: PROXY, untested: true }
  const { id } = (await gateway.admin('POST', '/accounts', body)).body.data
  // What hosts and mail servers say, they may say with what they were sent.
  const words = `holder@premium.test may not: ${PROXY} ${WEBHOOK} from 203.0.113.50, mailer, ${apiKey}`
  await gateway.app.get(AccountPool).setAside(id, new HostError('ACCOUNT_INVALID', words))

  const bundle = successOf(await gateway.admin('GET', '/support'), supportBundleSchema)
  const text = JSON.stringify(bundle)
  const planted = [
    ...['sm/tp-pass', 'sm%2Ftp-pass', 'mailer', 'ours-at-home', 'postmaster', 'a-secret-path', 'token=abc'],
    ...['holder', 'premium-pass', 'proxyuser', 'proxy-pass', '203.0.113', ADMIN_TOKEN, apiKey, email],
    ...[hex, Buffer.from(hex, 'hex').toString('base64'), SECRET.SECRETS_KEYS_OLD, SECRET.SETUP_CODE],
    ...['oidc-client-secret', 'client-of-ours', String(page.cookies.get('obb'))],
    createHash('sha256').update(apiKey).digest('hex').slice(0, 16),
  ]
  expect(planted.filter((secret) => text.includes(secret))).toEqual([])

  expect(bundle.findings).toContainEqual({
    ...{ status: 'warning', kind: 'account', about: 'off' },
    words: expect.stringContaining('ACCOUNT_INVALID'),
  })
  expect(bundle.counts).toMatchObject({ hostAccounts: { 'RapidGator off': 1 }, fetchers: 0 })
  expect([bundle.counts?.users['active'], bundle.migrations?.missing]).toEqual([2, []])
  expect(setting(bundle, 'SMTP_URL')).toMatchObject({
    ...{ source: 'environment', value: 'smtps://‹user›@‹host›:465' },
  })
  expect(setting(bundle, 'LINK_TTL')).toMatchObject({ source: 'default', value: '7d' })
  expect(setting(bundle, 'S3_BUCKET')).toMatchObject({ source: 'elsewhere', value: null })
  expect((await page.call('GET', 'admin/support')).code).toBe(200)
})

it('no setting of any process is told where it is a secret or, to strangers, a name, and each is there', () => {
  const config = parseConfig({ ...SECRET, ...OF_OTHERS })
  const told = toldToGateway(config, {})
  const names = (names: readonly { name: string }[]) => names.map(({ name }) => name).sort()
  const secrets = [
    ...['db-pass-word', 'dbuser', 'api-db-password', 'redis-pass', 'AKIAOURSATHOME', 's3/secret+key'],
    ...['backup pass phrase', 'otel-secret', 'x'.repeat(40), 'sm%2Ftp-pass', 'mailer', hex],
    ...[SECRET.SETUP_CODE, SECRET.OIDC_CLIENT_SECRET, SECRET.SECRETS_KEYS_OLD],
  ]
  const planted = [...secrets, 'ours-at-home', 'our-private-bucket', '203.0.113', 'client-of-ours']
  for (const [reader, unseen] of [
    ['stranger', planted],
    ['operator', secrets],
  ] as const) {
    const settings = shownSettings(reader, {}, told)
    expect(names(settings)).toEqual([...SETTINGS].sort())
    const text = JSON.stringify(settings)
    expect([reader, unseen.filter((secret) => text.includes(secret))]).toEqual([reader, []])
  }
  expect(secrets.filter((secret) => JSON.stringify(told).includes(secret))).toEqual([])
  const scrubbed = secretsOf(config)
  expect(['db-pass-word', 'dbuser'].filter((secret) => !scrubbed.includes(secret))).toEqual([])
})

describe('GET /settings', () => {
  it('tells operators each setting with its unit, source, default and processes, and what is secret as set', async () => {
    const answer = successOf(await gateway.admin('GET', '/settings'), settingsSchema)
    expect(answer.ofAll).toBe(false)
    expect(setting(answer, 'PUBLIC_API_URL')).toEqual({
      ...{ name: 'PUBLIC_API_URL', group: 'reached', source: 'environment', value: SECRET.PUBLIC_API_URL },
      ...{ default: null, hidden: false, partial: false, processes: ['api'], atStart: false },
    })
    const secret = { source: 'environment', value: null, hidden: true }
    expect(setting(answer, 'OIDC_CLIENT_SECRET')).toMatchObject(secret)
    expect(setting(answer, 'SMTP_URL')).toMatchObject({
      value: 'smtps://mail.ours-at-home.org:465',
      partial: true,
    })
    const usual = { source: 'default', value: '7d', default: '7d', hidden: false }
    expect(setting(answer, 'LINK_TTL')).toMatchObject(usual)
    expect(setting(answer, 'STORAGE_RESERVE')).toMatchObject({
      ...{ source: 'elsewhere', value: null, default: '1GB', processes: ['fetcher', 'proxy'] },
    })
    expect(setting(answer, 'API_PORT')).toMatchObject({ atStart: true })
    const { page } = await new People(gateway).signedIn()
    expectRefusal(await page.call('GET', 'admin/settings'), 'operator_needed')
  })
})
