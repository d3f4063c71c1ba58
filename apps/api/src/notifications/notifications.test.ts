import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import { createHmac } from 'node:crypto'
import {
  type NotificationsChanged,
  auditPageSchema,
  linkSchema,
  notificationTestedSchema,
  notificationsChangedSchema,
  notificationsSchema,
} from '@obb/contracts'
import type { SourceFile } from '@obb/core/files'
import { failLinks } from '@obb/core/links'
import { NotificationLooks, NotificationSettings, Notifications } from '@obb/core/notifications'
import { urlOf } from '@obb/core/testing'
import { Gateway } from '../testing/gateway.js'
import { MailServer } from '../testing/mail-server.js'
import { type Person, People } from '../testing/people.js'
import { expectRefusal, successOf } from '../testing/strict.js'
import { type ReceivedWebhook, WebhookReceiver } from '../testing/webhook-receiver.js'
import { NotificationSender } from './notification-sender.js'
import { NotificationWatch } from './notification-watch.js'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const BASE = 'https://obb.example.org'

let mails: MailServer
let receiver: WebhookReceiver
let gateway: Gateway
let people: People
let n = 0
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
  for (const table of [
    'notification',
    'notification_setting',
    'notification_webhook',
    'host_wish',
    'notification_quiet',
    'host_health',
  ])
    await gateway.database.query(`DELETE FROM ${table}`)
  receiver.answers.length = 0
  receiver.take()
  mails.take()
})
afterAll(async () => {
  await gateway.close()
  await Promise.all([receiver.close(), mails.close()])
})

type SignedIn = Person & { page: ReturnType<People['browser']> }

/** Somebody who is told of these by webhook. */
async function told(
  ...events: ('link_finished' | 'link_failed' | 'host_works_again')[]
): Promise<SignedIn & Pick<NotificationsChanged, 'secret'>> {
  const person = await people.signedIn()
  const change = {
    events: Object.fromEntries(events.map((event) => [event, ['webhook']])),
    webhook: receiver.url,
  }
  const answer = await person.page.call('PATCH', 'notifications', change)
  return { ...person, secret: successOf(answer, notificationsChangedSchema).secret }
}

/** A link that waits for its file. */
async function waitingLink({ apiKey }: Person): Promise<{ linkId: string; url: string; file: SourceFile }> {
  await gateway.fetcherAlive()
  const { url, file } = await gateway.knownFile(++n)
  const answer = await gateway.call(apiKey, 'POST', '/unrestrict', { url })
  return { linkId: successOf(answer, linkSchema).linkId, url, file }
}

const fails = (file: SourceFile) =>
  gateway.database.transaction((tx) =>
    failLinks(tx, gateway.clock, file.id, { cause: 'file_gone', until: gateway.clock.now() + DAY_MS }),
  )

/** Looks and sends, as the gateway does by itself; what came. */
async function delivered(): Promise<ReceivedWebhook[]> {
  await gateway.app.get(NotificationWatch).look()
  await gateway.app.get(NotificationSender).sendDue()
  return receiver.take()
}
/** Another process of the same installation. */
async function besides(): Promise<Gateway> {
  const { url } = gateway.database.options as { url: string }
  const other = await Gateway.start({
    ...{ DATABASE_URL: urlOf('api', url), FETCH_ALLOW_NETWORKS: '127.0.0.0/8' },
  })
  other.clock.advance(gateway.clock.now() - other.clock.now())
  return other
}
const bodies = (webhooks: ReceivedWebhook[]) =>
  webhooks.map(({ body }) => JSON.parse(body) as { type: string; data: Record<string, unknown> })
/** From so many hours from now on, and until so many, by the minute. */
const quietHours = (from: number, until: number) => {
  const inHours = (hours: number) =>
    new Date(gateway.clock.now() + hours * 60 * MINUTE_MS).toISOString().slice(11, 16)
  return { from: inHours(from), until: inHours(until), timeZone: 'UTC' }
}
const outcomes = async () =>
  (
    await gateway.database.query<{ outcome: string | null }[]>('SELECT outcome FROM notification ORDER BY id')
  ).map(({ outcome }) => outcome)

describe('a link that finishes', () => {
  it('is told once, by a webhook that its secret proves', async () => {
    const person = await told('link_finished')
    const { linkId, file } = await waitingLink(person)
    expect(await delivered()).toEqual([])
    await gateway.fetched(file.id)
    const [webhook, ...others] = await delivered()
    expect(others).toEqual([])
    const { headers, body } = webhook!
    expect(JSON.parse(body)).toEqual({
      type: 'link_finished',
      timestamp: new Date(gateway.clock.now()).toISOString(),
      data: { linkId, name: file.name, size: file.size, platform: 'RapidGator' },
    })
    const key = Buffer.from(person.secret!.slice('whsec_'.length), 'base64')
    expect(key).toHaveLength(32)
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = headers
    const proof = createHmac('sha256', key)
      .update(`${String(id)}.${String(at)}.${body}`)
      .digest('base64')
    expect(signature).toBe(`v1,${proof}`)
    expect(Number(at)).toBe(Math.floor(gateway.clock.now() / 1000))
    expect(await delivered()).toEqual([])
  })

  it('is told to nobody else, and not to who asked for a file that is there', async () => {
    const [wants, late] = [await told('link_finished'), await told('link_finished')]
    const { url, file } = await waitingLink(wants)
    await gateway.fetched(file.id)
    gateway.clock.advance(1_000)
    await gateway.call(late.apiKey, 'POST', '/unrestrict', { url })
    expect(await delivered()).toHaveLength(1)
  })

  it('is told once where several processes look and send at once', async () => {
    const person = await told('link_finished')
    const files = []
    for (let k = 0; k < 6; k++) files.push((await waitingLink(person)).file)
    for (const file of files) await gateway.fetched(file.id)
    const looks = gateway.app.get(NotificationLooks)
    const otherLooks = new NotificationLooks(gateway.database, gateway.clock)
    await Promise.all([looks, otherLooks, looks, otherLooks].map((each) => each.look(['webhook'])))
    const other = await besides()
    gateway.takeLog()
    const all = [gateway, other].map(({ app }) => app.get(NotificationSender))
    await Promise.all(all.map((sender) => sender.sendDue()))
    const said = [...gateway.takeLog(), ...other.takeLog()].filter((line) => line.includes('notifications:'))
    await other.close()
    expect(said).toEqual([])
    // What one left to the other, which had looked before, and what a round had no more time for.
    while ((await outcomes()).includes(null)) await gateway.app.get(NotificationSender).sendDue()
    expect(await outcomes()).toEqual(files.map(() => 'sent'))
    const links = bodies(receiver.take()).map(({ data }) => data['name'])
    expect(links.sort()).toEqual(files.map(({ name }) => name).sort())
  })

  it('is told after a time in which nobody looked', async () => {
    const person = await told('link_finished')
    await delivered()
    const { file } = await waitingLink(person)
    await gateway.fetched(file.id)
    gateway.clock.advance(3 * 60 * MINUTE_MS)
    expect(await delivered()).toHaveLength(1)
  })

  it('from before somebody wanted to be told is not told', async () => {
    const person = await people.signedIn()
    const { file } = await waitingLink(person)
    await gateway.fetched(file.id)
    gateway.clock.advance(1_000)
    await person.page.call('PATCH', 'notifications', {
      events: { link_finished: ['webhook'] },
      webhook: receiver.url,
    })
    expect(await delivered()).toEqual([])
  })

  it('is told by mails that gather what happens within some minutes, in the language of their reader', async () => {
    const person = await people.signedIn()
    await person.page.call('PATCH', 'profile', { language: 'zh-TW' })
    successOf(
      await person.page.call('PATCH', 'notifications', { events: { link_finished: ['mail'] } }),
      notificationsChangedSchema,
    )
    const names: string[] = []
    const more = async () => {
      const { file } = await waitingLink(person)
      await gateway.fetched(file.id)
      names.push(file.name!)
      await delivered()
    }
    await more()
    gateway.clock.advance(30_000)
    await more()
    expect(mails.take()).toEqual([])
    gateway.clock.advance(30_000)
    await delivered()
    const [mail, ...others] = mails.take()
    expect(others).toEqual([])
    expect(mail!.to).toEqual([person.email])
    for (const name of names) expect(mail!.text).toContain(`可以下載：${name}`)
    await more()
    gateway.clock.advance(5 * MINUTE_MS)
    await more()
    expect(mails.take()).toEqual([])
    gateway.clock.advance(5 * MINUTE_MS)
    await delivered()
    expect(mails.take()).toHaveLength(1)
  })
})

describe('a link that fails', () => {
  it('is told with number and text, and one that its user cancels is not', async () => {
    const person = await told('link_failed', 'link_finished')
    const { linkId, file } = await waitingLink(person)
    const cancelled = await waitingLink(person)
    await fails(file)
    await gateway.call(person.apiKey, 'DELETE', `/link/${cancelled.linkId}`)
    expect(bodies(await delivered())).toMatchObject([
      {
        type: 'link_failed',
        data: { linkId, name: file.name, status: expect.any(Number), msg: expect.any(String) },
      },
    ])
  })
})

describe('a host that works again', () => {
  const downUntil = (at: number) =>
    gateway.database.query(
      `INSERT INTO host_health (platform, failures, open_until) VALUES ('RapidGator', 3, $1)
       ON CONFLICT (platform) DO UPDATE SET failures = 3, open_until = $1`,
      [new Date(at)],
    )
  const works = () => gateway.database.query('UPDATE host_health SET failures = 0, open_until = NULL')
  const delayed = () => {
    gateway.clock.advance(MINUTE_MS)
    return delivered()
  }

  it('is told once to who asked for it, once it has answered', async () => {
    const person = await told('host_works_again')
    await told('host_works_again') // who did not ask
    await downUntil(gateway.clock.now() + 30_000)
    const answer = await person.page.call('PATCH', 'notifications', { hosts: { rapidgator: true } })
    expect(successOf(answer, notificationsChangedSchema).hosts).toEqual(['RapidGator'])
    expect(await delayed()).toEqual([]) // let go, and not tried yet
    await works()
    expect(bodies(await delayed())).toMatchObject([
      { type: 'host_works_again', data: { platform: 'RapidGator' } },
    ])
    await downUntil(gateway.clock.now() + 30_000)
    await delayed()
    await works()
    expect(await delayed()).toEqual([])
    const view = successOf(await person.page.call('GET', 'notifications'), notificationsSchema)
    expect(view.hosts).toEqual([])
  })
})

describe('a webhook', () => {
  it('that is not taken is sent again after a pause, with the same id, and then all that waits', async () => {
    const person = await told('link_finished')
    const files = [(await waitingLink(person)).file, (await waitingLink(person)).file]
    for (const file of files) await gateway.fetched(file.id)
    receiver.answers.push({ status: 500 })
    const [first, ...others] = await delivered()
    expect(others).toEqual([]) // the other one waits with it
    expect(await delivered()).toEqual([])
    const view = successOf(await person.page.call('GET', 'notifications'), notificationsSchema)
    expect(view.webhook).toEqual({
      origin: new URL(receiver.url).origin,
      failingSince: expect.any(String),
      error: 'it answered 500',
    })
    gateway.clock.advance(MINUTE_MS)
    const again = [...(await delivered()), ...(await delivered())]
    expect(again).toHaveLength(2)
    expect(again.map(({ headers }) => headers['webhook-id'])).toContain(first!.headers['webhook-id'])
    expect(await outcomes()).toEqual(['sent', 'sent'])
  })

  it('that is never taken is tried ever less often, given up after a day, and told to operators', async () => {
    const person = await told('link_finished')
    const { file } = await waitingLink(person)
    await gateway.fetched(file.id)
    receiver.answers.push(...Array.from({ length: 100 }, () => ({ status: 503 })))
    let tries = 0
    for (let minutes = 0; minutes <= 26 * 60; minutes += 30) {
      tries += (await delivered()).length
      gateway.clock.advance(30 * MINUTE_MS)
    }
    expect(tries).toBeGreaterThan(20)
    expect(tries).toBeLessThan(35)
    expect(await outcomes()).toEqual(['given_up'])
    const failing = await gateway.app.get(Notifications).failingWebhooks()
    expect(failing).toEqual([{ email: person.email, since: expect.any(Date), error: 'it answered 503' }])
  })

  it('is not followed elsewhere, and an answer without end is not read', async () => {
    const person = await told()
    const test = async () =>
      successOf(
        await person.page.call('POST', 'notifications/test', { channel: 'webhook' }),
        notificationTestedSchema,
      )
    receiver.answers.push({ status: 302, headers: { location: receiver.url } })
    expect(await test()).toEqual({ sent: false, error: 'it answered 302' })
    expect(receiver.take()).toHaveLength(1)
    receiver.answers.push({ status: 200, body: 'x'.repeat(8 * 2 ** 20) })
    expect(await test()).toEqual({ sent: true, error: null })
    expect(bodies(receiver.take())).toMatchObject([{ type: 'test', data: {} }])
  })

  it('is tried at most some times a minute', async () => {
    const person = await told()
    const codes = []
    for (let k = 0; k < 6; k++)
      codes.push((await person.page.call('POST', 'notifications/test', { channel: 'webhook' })).code)
    expect(codes).toEqual([200, 200, 200, 200, 200, 429])
  })

  it('that was being sent when its process died is sent by another one', async () => {
    const person = await told('link_finished')
    const { file } = await waitingLink(person)
    await gateway.fetched(file.id)
    await gateway.app.get(NotificationWatch).look()
    expect((await gateway.app.get(Notifications).take('webhook', 1))?.items).toHaveLength(1)
    expect(await delivered()).toEqual([])
    gateway.clock.advance(4 * MINUTE_MS)
    expect(await delivered()).toHaveLength(1)
  })

  it('of somebody who is suspended is not sent, and nothing is left of who is removed', async () => {
    const person = await told('link_finished')
    const { file } = await waitingLink(person)
    await gateway.fetched(file.id)
    await gateway.app.get(NotificationWatch).look()
    await person.page.call('PATCH', 'notifications', { quiet: quietHours(5, 6) })
    await gateway.admin('POST', '/users/suspend', { email: person.email })
    expect(await delivered()).toEqual([])
    expect(await outcomes()).toEqual(['needless'])
    await gateway.admin('DELETE', `/users?email=${person.email}`)
    for (const table of [
      'notification',
      'notification_setting',
      'notification_webhook',
      'notification_quiet',
    ])
      expect(await gateway.database.query(`SELECT 1 FROM ${table}`)).toEqual([])
  })

  it('has its URL and secret nowhere as they are: in no answer, table, log or audit log', async () => {
    gateway.takeLog()
    const person = await told('link_finished')
    const { file } = await waitingLink(person)
    await gateway.fetched(file.id)
    receiver.answers.push({ status: 500 })
    await delivered()
    const view = JSON.stringify((await person.page.call('GET', 'notifications')).body)
    const rows = await gateway.database.query<{ row: string }[]>(
      'SELECT w::text AS row FROM notification_webhook w',
    )
    const page = successOf(await gateway.admin('GET', '/audit?limit=20'), auditPageSchema)
    const change = page.items.find(({ action }) => action === 'PATCH /notifications')
    expect(change).toMatchObject({ who: person.email, outcome: 'ok' })
    expect(change?.changes?.['link_finished']).toEqual([[], ['webhook']])
    for (const text of [view, JSON.stringify([rows, page]), gateway.takeLog().join('')])
      for (const secret of ['secret-path', person.secret!]) expect(text).not.toContain(secret)
  })
})

describe('quiet hours', () => {
  it('keep everything back, for who has them, until they are over', async () => {
    const [sleeper, other] = [await told('link_finished'), await told('link_finished')]
    const quiet = quietHours(-1, 2)
    const answer = await sleeper.page.call('PATCH', 'notifications', {
      ...{ quiet, events: { link_finished: ['mail', 'webhook'] } },
    })
    expect(successOf(answer, notificationsChangedSchema).quiet).toEqual(quiet)
    const links = [await waitingLink(sleeper), await waitingLink(other), await waitingLink(sleeper)]
    for (const { file } of links) await gateway.fetched(file.id)
    expect(bodies(await delivered()).map(({ data }) => data['linkId'])).toEqual([links[1]!.linkId])
    gateway.clock.advance(110 * MINUTE_MS)
    expect(await delivered()).toEqual([])
    expect(mails.take()).toEqual([])
    gateway.clock.advance(11 * MINUTE_MS)
    const late = bodies(await delivered()).map(({ data }) => data['linkId'])
    expect(late.sort()).toEqual([links[0]!.linkId, links[2]!.linkId].sort())
    const [mail, ...more] = mails.take()
    expect([mail?.to, more]).toEqual([[sleeper.email], []])
  })

  it('keep no test back, stay where they are left out, and end by null', async () => {
    const { page } = await told('link_finished')
    const set = async (change: object) =>
      successOf(await page.call('PATCH', 'notifications', change), notificationsChangedSchema).quiet
    const quiet = quietHours(-1, 2)
    expect(await set({ quiet })).toEqual(quiet)
    expect(await set({ events: { link_failed: ['webhook'] } })).toEqual(quiet)
    const tested = await page.call('POST', 'notifications/test', { channel: 'webhook' })
    expect(successOf(tested, notificationTestedSchema).sent).toBe(true)
    expect(await set({ quiet: null })).toBeNull()
  })

  it.each([
    ['a time that is none', { from: '24:00' }],
    ['no time at all', { from: '07:00', until: '07:00' }],
    ['a time zone that is none', { timeZone: 'Mars/Olympus' }],
  ])('are refused with %s', async (_which, wrong) => {
    const { page } = await people.signedIn()
    const quiet = { from: '22:00', until: '07:00', timeZone: 'UTC', ...wrong }
    expectRefusal(await page.call('PATCH', 'notifications', { quiet }), 'request_invalid')
  })
})

describe('what somebody is told of', () => {
  it('is set by event and channel, and what is left out stays', async () => {
    const { page } = await told('link_finished')
    const set = async (change: object) =>
      successOf(await page.call('PATCH', 'notifications', change), notificationsChangedSchema)
    const changed = await set({ events: { link_failed: ['mail', 'webhook'] } })
    expect(changed.events).toEqual({
      link_finished: ['webhook'],
      link_failed: ['mail', 'webhook'],
      host_works_again: [],
      attention_needed: [],
    })
    expect(changed.secret).toBeUndefined()
    expect((await set({ webhook: receiver.url })).secret).toBeUndefined()
    expect((await set({ rotateSecret: true })).secret).toMatch(/^whsec_/)
    const gone = await set({ webhook: null })
    expect([gone.webhook, gone.events.link_finished, gone.events.link_failed]).toEqual([null, [], ['mail']])
  })

  it('needs a webhook that may be, a platform that is, and nobody else', async () => {
    const { page } = await people.signedIn()
    const wrong = async (change: object) => {
      const answer = await page.call('PATCH', 'notifications', change)
      return expectRefusal(answer, 'request_invalid').details
    }
    expect(await wrong({ events: { link_finished: ['webhook'] } })).toEqual([
      'webhook: needs a URL before it can tell',
    ])
    for (const webhook of [
      'ftp://a.test/',
      'http://user:pass@a.test/',
      'nowhere',
      'http://10.0.0.1/',
      'http://[::1]/',
    ])
      expect(await wrong({ webhook })).toHaveLength(1)
    expect(await wrong({ events: { nothing: ['mail'] } })).toHaveLength(1)
    expectRefusal(await page.call('PATCH', 'notifications', { hosts: { Nowhere: true } }), 'resource_unknown')
    expectRefusal(await people.browser().call('GET', 'notifications'), 'signed_out')
  })

  it('is for operators to see and set too', async () => {
    const { email } = await people.person()
    const answer = await gateway.admin('PATCH', '/users/notifications', {
      email,
      events: { link_failed: ['webhook'] },
      webhook: receiver.url,
    })
    expect(successOf(answer, notificationsChangedSchema).secret).toMatch(/^whsec_/)
    const view = successOf(
      await gateway.admin('GET', `/users/notifications?email=${email}`),
      notificationsSchema,
    )
    expect(view.events.link_failed).toEqual(['webhook'])
    const tested = await gateway.admin('POST', '/users/notifications/test', { email, channel: 'webhook' })
    expect(successOf(tested, notificationTestedSchema)).toEqual({ sent: true, error: null })
  })
})

describe('a gateway that may reach public addresses alone', () => {
  it('sends no webhook to a private one, and takes none that leads there', async () => {
    const strict = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1' })
    const { id, page } = await new People(strict).signedIn()
    const url = receiver.url.replace('127.0.0.1', 'localhost')
    expectRefusal(await page.call('PATCH', 'notifications', { webhook: url }), 'request_invalid')
    expectRefusal(
      await page.call('PATCH', 'notifications', { events: { link_failed: ['mail'] } }),
      'mail_off',
    )
    // One that was set while that was allowed.
    await strict.app.get(NotificationSettings).set(id, { webhook: url })
    const tested = await page.call('POST', 'notifications/test', { channel: 'webhook' })
    expect(successOf(tested, notificationTestedSchema)).toEqual({
      sent: false,
      error: 'Destination refused: address is not public',
    })
    await strict.close()
    expect(receiver.take()).toEqual([])
  })
})
