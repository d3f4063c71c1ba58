import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { notificationsChangedSchema, notificationsSchema } from '@obb/contracts'
import { recordNightlyBackup } from '@obb/core/backup'
import { AccountPool } from '@obb/core/pool'
import { urlOf } from '@obb/core/testing'
import { HostError } from '@obb/host-adapters'
import { Gateway } from '../testing/gateway.js'
import { MailServer } from '../testing/mail-server.js'
import { type Person, People } from '../testing/people.js'
import { expectRefusal, successOf } from '../testing/strict.js'
import { WebhookReceiver } from '../testing/webhook-receiver.js'
import { NotificationSender } from '../notifications/notification-sender.js'
import { FindingWatch } from './finding-watch.js'

const MINUTE_MS = 60_000
const BASE = 'https://obb.example.org'

let mails: MailServer
let receiver: WebhookReceiver
let gateway: Gateway
let people: People
beforeAll(async () => {
  mails = await MailServer.start()
  receiver = await WebhookReceiver.start()
  gateway = await Gateway.start({
    TRUSTED_PROXIES: '127.0.0.1',
    PUBLIC_API_URL: BASE,
    SMTP_URL: mails.url,
    MAIL_FROM: 'obb@example.org',
    FETCH_ALLOW_NETWORKS: '127.0.0.0/8',
  })
  people = new People(gateway)
  await gateway.poolAccount()
})
afterEach(async () => {
  for (const table of ['notification', 'notification_setting', 'notification_webhook', 'finding'])
    await gateway.database.query(`DELETE FROM ${table}`)
  await gateway.database.query('DELETE FROM host_account WHERE NOT enabled')
  receiver.take()
  mails.take()
})
afterAll(async () => {
  await gateway.close()
  await Promise.all([receiver.close(), mails.close()])
})

type SignedIn = Person & { page: ReturnType<People['browser']> }

/** An operator who is told of what needs operators, by these. */
async function operator(...channels: ('mail' | 'webhook')[]): Promise<SignedIn> {
  const person = await people.signedIn('operator')
  const change = {
    events: { attention_needed: channels },
    ...(channels.includes('webhook') && { webhook: receiver.url }),
  }
  successOf(await person.page.call('PATCH', 'notifications', change), notificationsChangedSchema)
  return person
}

/** An account that its host refuses. */
async function refusedAccount(words = 'wrong password'): Promise<string> {
  const id = await gateway.poolAccount()
  await refuses(id, words)
  return id
}
const refuses = (id: string, words = 'wrong password') =>
  gateway.app.get(AccountPool).setAside(id, new HostError('ACCOUNT_INVALID', words))

/** What the gateways do by themselves meanwhile, a fetcher being alive. */
async function minutesPass(minutes: number, gateways: readonly Gateway[] = [gateway]): Promise<void> {
  for (let n = 0; n < minutes; n++) {
    for (const { clock } of gateways) clock.advance(MINUTE_MS)
    await gateway.fetcherAlive()
    await Promise.all(gateways.map(({ app }) => app.get(FindingWatch).look()))
    await Promise.all(gateways.map(({ app }) => app.get(NotificationSender).sendDue()))
  }
}
const received = () =>
  receiver.take().map(({ body }) => JSON.parse(body) as { type: string; data: Record<string, unknown> })

describe('an operator', () => {
  it('is told by webhook what is wrong, what to do and where, once, and nothing while all is well', async () => {
    await operator('webhook')
    await minutesPass(10)
    expect(received()).toEqual([])
    const id = await refusedAccount()
    await minutesPass(30)
    expect(received()).toEqual([
      {
        ...{ type: 'attention_needed', timestamp: expect.any(String) },
        data: {
          ...{ finding: `account ${id} off`, status: 'warning', detail: 'ACCOUNT_INVALID: wrong password' },
          title: 'RapidGator · op@example.test: switched off, because the host refused it',
          action: expect.stringContaining('then switch it on'),
          url: `${BASE}/admin/accounts?account=${id}`,
        },
      },
    ])
  })

  it('is told why a nightly backup failed, which the doctor says too', async () => {
    await operator('webhook')
    const { url } = gateway.database.options as { url: string }
    const since = new Date(gateway.clock.now())
    const state = { since, madeAt: since, failedAt: since, failure: 'no space left' }
    await recordNightlyBackup(url, state)
    await minutesPass(8)
    expect(received()).toMatchObject([
      { data: { finding: 'backup failed', detail: 'no space left', url: `${BASE}/admin` } },
    ])
    const at = since.toISOString()
    expect((await gateway.admin('GET', '/doctor')).body.data).toMatchObject({
      nightlyBackup: { since: at, madeAt: at, failedAt: at, failure: 'no space left' },
    })
    await recordNightlyBackup(url, undefined)
    expect((await gateway.admin('GET', '/doctor')).body.data).toMatchObject({ nightlyBackup: null })
  })

  it('is told by one mail of several findings, in the language of its reader', async () => {
    const person = await operator('mail')
    await person.page.call('PATCH', 'profile', { language: 'zh-TW' })
    const ids = [await refusedAccount('帳號 <b>'), await refusedAccount()]
    await minutesPass(8)
    const [mail, ...others] = mails.take()
    expect(others).toEqual([])
    expect(mail!.to).toEqual([person.email])
    const text = mail!.text.replaceAll('\r\n', '\n')
    for (const id of ids) {
      expect(text).toContain(`\n${BASE}/admin/accounts?account=${id}\n`)
      expect(mail!.html).toContain(`href="${BASE}/admin/accounts?account=${id}"`)
    }
    expect(text).toContain('已停用，因站點拒絕\nACCOUNT_INVALID: 帳號 <b>\n請處理站點所述的問題')
    expect(mail!.html).toContain('帳號 &lt;b&gt;')
    expect(mail!.html).not.toContain('<b>')
  })

  it('is told once by two gateways that look and send at once', async () => {
    await operator('webhook')
    const { url } = gateway.database.options as { url: string }
    const other = await Gateway.start({
      DATABASE_URL: urlOf('api', url),
      FETCH_ALLOW_NETWORKS: '127.0.0.0/8',
    })
    other.clock.advance(gateway.clock.now() - other.clock.now())
    const ids = [await refusedAccount(), await refusedAccount(), await refusedAccount()]
    await minutesPass(10, [gateway, other])
    await other.close()
    expect(
      received()
        .map(({ data }) => data['finding'])
        .sort(),
    ).toEqual(ids.map((id) => `account ${id} off`).sort())
  })

  it('is told again of what went away for a while and came back', async () => {
    await operator('webhook')
    const id = await refusedAccount()
    const pool = gateway.app.get(AccountPool)
    await minutesPass(8)
    await pool.setEnabled(id, true)
    await minutesPass(10)
    await refuses(id)
    await minutesPass(10)
    expect(received()).toHaveLength(1)
    await pool.setEnabled(id, true)
    await minutesPass(35)
    await refuses(id)
    await minutesPass(10)
    expect(received()).toHaveLength(1)
  })

  it('who is none any more is not told, also not of what waits to be sent, and is shown no choice', async () => {
    const [stays, goes] = [await operator('webhook'), await operator('webhook', 'mail')]
    await refusedAccount()
    for (let n = 0; n < 7; n++) {
      gateway.clock.advance(MINUTE_MS)
      await gateway.fetcherAlive()
      await gateway.app.get(FindingWatch).look()
    }
    const answer = await stays.page.call('PATCH', 'admin/users', { email: goes.email, role: 'user' })
    expect(answer.code).toBe(200)
    await gateway.app.get(NotificationSender).sendDue()
    await minutesPass(15)
    expect(received()).toHaveLength(1)
    expect(mails.take()).toEqual([])
    const outcomes = await gateway.database.query(
      'SELECT DISTINCT outcome FROM notification WHERE account_id = $1',
      [goes.id],
    )
    expect(outcomes).toEqual([{ outcome: 'needless' }])
    const view = successOf(await goes.page.call('GET', 'notifications'), notificationsSchema)
    expect(view.events.attention_needed).toEqual([])
  })
})

describe('a user', () => {
  it('cannot choose it, nor be made to by an operator, and is told nothing', async () => {
    const { page, email } = await people.signedIn()
    const change = { events: { attention_needed: ['webhook'] }, webhook: receiver.url }
    const details = ['events.attention_needed: is for operators alone']
    expect(
      expectRefusal(await page.call('PATCH', 'notifications', change), 'request_invalid').details,
    ).toEqual(details)
    const byOperator = await gateway.admin('PATCH', '/users/notifications', { email, ...change })
    expect(expectRefusal(byOperator, 'request_invalid').details).toEqual(details)
    const none = await page.call('PATCH', 'notifications', { events: { attention_needed: [] } })
    expect(successOf(none, notificationsChangedSchema).events.attention_needed).toEqual([])
    await refusedAccount()
    await minutesPass(10)
    expect(received()).toEqual([])
  })
})

/* The last one: whether a fetcher is alive is known for a second by the clock of this machine. */
describe('nobody who fetches', () => {
  it('is told to operators', async () => {
    await operator('webhook')
    let bodies: ReturnType<typeof received> = []
    while (bodies.length === 0) {
      gateway.clock.advance(MINUTE_MS)
      await gateway.app.get(FindingWatch).look()
      await gateway.app.get(NotificationSender).sendDue()
      bodies = received()
    }
    expect(bodies).toMatchObject([
      { data: { finding: 'check fetchers', status: 'failing', url: `${BASE}/admin/queue` } },
    ])
  })
})
