import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import {
  type DoctorView,
  auditPageSchema,
  doctorSchema,
  doneSchema,
  invitationCreatedSchema,
  invitationSchema,
  mailTestedSchema,
  sessionSchema,
  userResetSchema,
} from '@obb/contracts'
import { Mails } from '@obb/core/mail'
import { SecondFactors, SignIns } from '@obb/core/sign-in'
import { Gateway } from '../testing/gateway.js'
import { MailServer, type ReceivedMail } from '../testing/mail-server.js'
import { PASSWORD, People } from '../testing/people.js'
import { compact } from '../sign-in/totp.js'
import { expectRefusal, successOf } from '../testing/strict.js'
import { composeMail } from './compose-mail.js'
import { MailFault, Mailer } from './mailer.js'
import { MailSender } from './mail-sender.js'
import { MailSettings } from './mail-settings.js'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 60 * MINUTE_MS
const NEW_PASSWORD = 'another long password'
const BASE = 'https://obb.example.org'

let server: MailServer
let gateway: Gateway
let people: People
beforeAll(async () => {
  server = await MailServer.start()
  gateway = await Gateway.start({
    TRUSTED_PROXIES: '127.0.0.1',
    PUBLIC_API_URL: BASE,
    SMTP_URL: server.url,
    MAIL_FROM: 'OBB <obb@example.org>',
  })
  people = new People(gateway)
})
afterEach(async () => {
  server.refusesLogin = false
  server.recipientRefusals.length = 0
  await gateway.database.query('DELETE FROM mail')
  server.take()
})
afterAll(async () => {
  await gateway.close()
  await server.close()
})

const ask = (email: string, more: object = {}, page = people.browser()) =>
  page.call('POST', 'reset/request', { email, ...more })
/** Sends what is due, and gives what came. */
const sent = async (): Promise<ReceivedMail[]> => {
  await gateway.app.get(MailSender).sendDue()
  return server.take()
}
const tokenIn = ({ text }: ReceivedMail): string => /\?token=([\w-]+)/.exec(text)?.[1] ?? ''
const reset = (token: string, more: object = {}) =>
  people.browser().call('POST', 'reset', { token, password: NEW_PASSWORD, ...more })
const doctor = async (): Promise<NonNullable<DoctorView['mail']>> => {
  const { mail } = successOf(await gateway.admin('GET', '/doctor'), doctorSchema)
  if (!mail) throw new Error('the doctor tells of no mails')
  return mail
}
/** Every mail in the table, as it stands there. */
const rows = () =>
  gateway.database.query<{ kind: string; outcome: string | null; attempts: number; sealed_token: unknown }[]>(
    'SELECT kind, outcome, attempts, sealed_token FROM mail ORDER BY created_at',
  )

describe('a reset that somebody asks for', () => {
  it('comes by mail, as text and HTML, and sets another password once', async () => {
    const { email } = await people.signedIn()
    successOf(await ask(email.toUpperCase()), doneSchema)
    const [mail, ...others] = await sent()
    expect(others).toEqual([])
    expect(mail).toMatchObject({ to: [email], from: 'obb@example.org' })
    expect(mail!.head).toContain('From: OBB <obb@example.org>')
    expect(mail!.head).toContain('Subject: A new password for obb.example.org')
    const url = `${BASE}/reset?token=${tokenIn(mail!)}`
    expect(mail!.text).toContain(url)
    expect(mail!.html).toContain(`<a href="${url}">Set a new password</a>`)
    expect(successOf(await reset(tokenIn(mail!)), sessionSchema).user).toMatchObject({ email })
    expectRefusal(await reset(tokenIn(mail!)), 'link_token_invalid')
    expect((await people.browser().call('POST', 'session', { email, password: NEW_PASSWORD })).code).toBe(200)
    expect(await rows()).toMatchObject([{ outcome: 'sent', sealed_token: null }])
  })

  it('is in the language of the account, else in that of the page or browser', async () => {
    const [own, page, browser] = [await people.person(), await people.person(), await people.person()]
    await gateway.app.get(SignIns).setLanguage(own.id, 'zh-TW')
    await ask(own.email, { language: 'en' })
    await ask(page.email, { language: 'zh-TW' })
    await ask(browser.email, {}, people.browser({ 'accept-language': 'zh-TW' }))
    for (const mail of await sent()) expect(mail.text).toContain('請由此設定')
    expect(await rows()).toHaveLength(3)
  })

  it('is answered alike, with the same work, whether there is such an account', async () => {
    const { email, id } = await people.person()
    const suspended = await people.person()
    await gateway.admin('POST', '/users/suspend', { email: suspended.email })
    const answers = []
    for (const each of [email, 'nobody@example.test', suspended.email]) {
      const answer = await ask(each)
      answers.push([answer.code, answer.body, [...answer.headers.keys()].sort()])
    }
    expect(answers[1]).toEqual(answers[0])
    expect(answers[2]).toEqual(answers[0])
    // What tells them apart is looked at later: until then the rows are the same, and no token is made.
    expect(await rows()).toEqual(
      Array.from({ length: 3 }, () => ({
        ...{ kind: 'asked_reset', outcome: null, attempts: 0, sealed_token: null },
      })),
    )
    const [open] = await gateway.database.query<{ reset_hash: unknown }[]>(
      'SELECT reset_hash FROM sign_in WHERE account_id = $1',
      [id],
    )
    expect(open?.reset_hash).toBeNull()
    expect((await sent()).map(({ to }) => to)).toEqual([[email]])
    expect((await rows()).map(({ outcome }) => outcome).sort()).toEqual(['needless', 'needless', 'sent'])
  })

  it('comes once however often it is asked for within minutes, and one is good at a time', async () => {
    const { email } = await people.person()
    await Promise.all([ask(email), ask(email), ask(email)])
    const [first] = await sent()
    await ask(email)
    expect(await sent()).toEqual([])
    gateway.clock.advance(11 * MINUTE_MS)
    await ask(email)
    const [second] = await sent()
    expectRefusal(await reset(tokenIn(first!)), 'link_token_invalid')
    expect((await reset(tokenIn(second!))).code).toBe(200)
  })

  it('is throttled by network, for an e-mail and in all', async () => {
    const page = people.browser()
    const codes = []
    for (let n = 0; n < 11; n++) codes.push((await ask('many@example.test', {}, page)).code)
    expect(codes.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 200))
    expect(codes[10]).toBe(429)
    for (let n = 0; n < 20; n++) codes.push((await ask(`many${n}@example.test`, {}, page)).code)
    expect(codes.at(-1)).toBe(429)
  })

  it('leaves a second factor on, and asks for it', async () => {
    const { email, id } = await people.person()
    const factors = gateway.app.get(SecondFactors)
    await factors.start(id, 'JBSWY3DPEHPK3PXP')
    await factors.confirm((await factors.find(id))!, 1, [compact('recovery-code')])
    await ask(email)
    const token = tokenIn((await sent())[0]!)
    expectRefusal(await reset(token), 'second_factor_needed')
    expectRefusal(await reset(token, { code: 'wrong-code' }), 'second_factor_wrong')
    const done = successOf(await reset(token, { code: 'recovery-code' }), sessionSchema)
    expect(done.user).toMatchObject({ email, totp: true })
  })

  it('ends no reset that an operator has made', async () => {
    const { email } = await people.person()
    const { token } = successOf(await gateway.admin('POST', '/users/reset', { email }), userResetSchema)
    await ask(email)
    expect(await sent()).toEqual([])
    expect((await reset(token)).code).toBe(200)
  })

  it('takes pages of this server alone', async () => {
    const page = people.browser({ origin: 'https://elsewhere.test' })
    expectRefusal(await ask('a@example.test', {}, page), 'origin_foreign')
  })
})

describe('a link that an operator mails', () => {
  it('invites, in the language that is asked for', async () => {
    const email = 'guest-by-mail@example.test'
    const made = await gateway.admin('POST', '/invitations', { email, send: true, language: 'zh-TW' })
    const { token, url } = successOf(made, invitationCreatedSchema)
    const [mail] = await sent()
    expect(mail).toMatchObject({ to: [email] })
    expect(mail!.text).toContain(url)
    expect(mail!.text).toContain('請由此建立您的帳號')
    expect(mail!.html).toContain('lang="zh-TW"')
    const seen = await people.browser().call('POST', 'invitation', { token: tokenIn(mail!) })
    expect(successOf(seen, invitationSchema).email).toBe(email)
    expect(tokenIn(mail!)).toBe(token)
  })

  it('resets a password, and the second factor with it', async () => {
    const { email, id } = await people.person()
    const factors = gateway.app.get(SecondFactors)
    await factors.start(id, 'JBSWY3DPEHPK3PXP')
    await factors.confirm((await factors.find(id))!, 1, [])
    await gateway.admin('POST', '/users/reset', { email, send: true })
    const [mail] = await sent()
    expect(successOf(await reset(tokenIn(mail!)), sessionSchema).user).toMatchObject({ email, totp: false })
  })

  it('needs an e-mail', async () => {
    const answer = await gateway.admin('POST', '/invitations', { send: true })
    expect(expectRefusal(answer, 'request_invalid').details).toEqual(['email: is needed to send the link'])
  })

  it('that was taken back meanwhile is not sent', async () => {
    const answer = await gateway.admin('POST', '/invitations', { email: 'late@example.test', send: true })
    const { id } = successOf(answer, invitationCreatedSchema)
    await gateway.admin('DELETE', `/invitations/${id}`)
    expect(await sent()).toEqual([])
    expect(await rows()).toMatchObject([{ outcome: 'needless' }])
  })

  it('stands nowhere as it is: neither in the table nor in a log', async () => {
    gateway.takeLog()
    const { email } = await people.person()
    const answer = await gateway.admin('POST', '/users/reset', { email, send: true })
    const { token } = successOf(answer, userResetSchema)
    const content = await gateway.database.query<{ row: string }[]>('SELECT m::text AS row FROM mail m')
    expect(content).toHaveLength(1)
    expect(content[0]?.row).not.toContain(token)
    expect(content[0]?.row).not.toContain(Buffer.from(token).toString('hex'))
    await sent()
    const log = gateway.takeLog().join('')
    for (const secret of [token, 'secret-of-mail']) expect(log).not.toContain(secret)
  })
})

describe('a mail server', () => {
  it('that refuses for a moment is asked again after a pause, with the same link', async () => {
    const { email } = await people.person()
    await ask(email)
    server.recipientRefusals.push({ code: 451, text: 'greylisted, come back' })
    expect(await sent()).toEqual([])
    const waiting = await doctor()
    expect(waiting).toMatchObject({ waiting: 1, from: 'OBB <obb@example.org>' })
    expect(waiting.error).toContain('greylisted')
    expect(await sent()).toEqual([]) // not before it is time
    gateway.clock.advance(MINUTE_MS)
    const [mail] = await sent()
    expect((await reset(tokenIn(mail!))).code).toBe(200)
    expect(await doctor()).toMatchObject({ waiting: 0, error: null })
    expect((await doctor()).lastSentAt).not.toBeNull()
  })

  it('that does not know the recipient is not asked again, which stands in log and audit log', async () => {
    const { email } = await people.person()
    gateway.takeLog()
    await ask(email)
    server.recipientRefusals.push({ code: 550, text: 'no such mailbox' })
    const before = server.attempts
    await sent()
    gateway.clock.advance(DAY_MS)
    await sent()
    expect(server.attempts - before).toBe(1)
    expect(await rows()).toMatchObject([{ outcome: 'given_up', sealed_token: null }])
    expect(
      gateway.takeLog().some((line) => line.includes('mail: given up') && line.includes('no such mailbox')),
    ).toBe(true)
    const page = successOf(await gateway.admin('GET', '/audit?what=mail&limit=5'), auditPageSchema)
    expect(page.items[0]).toMatchObject({ who: 'mail', target: email, outcome: 'given_up' })
  })

  it('that refuses the login keeps mails waiting, tried ever less often, for a day', async () => {
    const { email } = await people.person()
    server.refusesLogin = true
    await ask(email)
    let tries = 0
    for (let minutes = 0; minutes < 25 * 60; minutes += 30) {
      await gateway.app.get(MailSender).sendDue()
      const [row] = await rows()
      if (row!.outcome !== null) break
      tries = row!.attempts
      expect((await doctor()).error).toMatch(/login|auth/i)
      gateway.clock.advance(30 * MINUTE_MS)
    }
    expect(tries).toBeGreaterThan(20)
    expect(tries).toBeLessThan(35)
    expect(await rows()).toMatchObject([{ outcome: 'given_up' }])
  })

  it('that hangs, is away or wants no open line is a fault that says so, and none of the request', async () => {
    const patient = { step: 300, mail: 300 }
    const settings = (url: string) =>
      new MailSettings({ SMTP_URL: url, MAIL_FROM: 'obb@example.org', PUBLIC_API_URL: BASE })
    const content = composeMail('test', 'en', { baseUrl: BASE })
    const faultOf = async (url: string): Promise<MailFault> => {
      const error: unknown = await new Mailer(settings(url), patient)
        .send('a-mail', 'to@example.test', content)
        .catch((raised: unknown) => raised)
      if (!(error instanceof MailFault)) throw new Error('the mail went')
      return error
    }
    server.hangs = true
    expect(await faultOf(server.url)).toMatchObject({ isFinal: false })
    server.hangs = false
    expect(await faultOf('smtp://127.0.0.1:1')).toMatchObject({ isFinal: false })
    // Of the TLS that a password needs away from this machine, this one has none.
    const away = await faultOf(`smtp://obb:secret-of-mail@127.0.0.1:${server.port}?requireTLS=true`)
    expect(away.message).not.toContain('secret-of-mail')
    expect(server.take()).toEqual([])
  })
})

describe('a mail that waits', () => {
  it('is sent by another process where its sender died', async () => {
    const { email } = await people.person()
    await ask(email)
    const mails = gateway.app.get(Mails)
    expect((await mails.take())?.recipient).toBe(email)
    expect(await mails.take()).toBeUndefined()
    expect(await sent()).toEqual([])
    gateway.clock.advance(4 * MINUTE_MS)
    expect((await sent()).map(({ to }) => to)).toEqual([[email]])
  })

  it('is sent once where several processes look at once', async () => {
    const emails = []
    for (let n = 0; n < 5; n++) emails.push((await people.person()).email)
    for (const email of emails) await ask(email)
    const mails = gateway.app.get(Mails)
    const taken = await Promise.all(Array.from({ length: 10 }, () => mails.take()))
    expect(taken.flatMap((mail) => mail?.recipient ?? []).sort()).toEqual([...emails].sort())
  })

  it('is there if and only if what it is about is', async () => {
    const email = 'twice@example.test'
    await gateway.database.query(
      `CREATE FUNCTION no_mail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no room'; END $$`,
    )
    await gateway.database.query('CREATE TRIGGER no_mail BEFORE INSERT ON mail EXECUTE FUNCTION no_mail()')
    expect((await gateway.admin('POST', '/invitations', { email, send: true })).code).toBe(500)
    await gateway.database.query('DROP FUNCTION no_mail CASCADE')
    expect(await gateway.database.query('SELECT 1 FROM invitation WHERE email = $1', [email])).toEqual([])
  })
})

describe('what is in a mail', () => {
  const mailer = () => gateway.app.get(Mailer)

  it('adds no field to its head and no recipient, whatever stands in it', async () => {
    const content = composeMail('test', 'en', { baseUrl: BASE })
    const subject = 'Hello\r\nBcc: other@example.test\r\n\r\nbody'
    await mailer().send('a-mail', 'to@example.test', { ...content, subject })
    const [mail] = server.take()
    expect(mail!.to).toEqual(['to@example.test'])
    expect(mail!.head).not.toMatch(/^Bcc:/im)
    expect(mail!.head).toContain('Auto-Submitted: auto-generated')
    for (const to of ['a@example.test, b@example.test', 'a@example.test\r\nBcc: b@example.test']) {
      await mailer()
        .send('a-mail', to, content)
        .catch(() => undefined)
      expect(server.take().flatMap((each) => each.to)).not.toContain('b@example.test')
    }
    for (const email of [
      'a@example.test\r\nBcc: b@example.test',
      'a@example.test,b@example.test',
      '"a\r\n"@x.test',
    ])
      expectRefusal(await ask(email), 'request_invalid')
  })

  it('is escaped in HTML, and the same in both', () => {
    const { html, text } = composeMail('reset', 'en', {
      baseUrl: 'https://a.test/?"><script>',
      token: '"><b>',
    })
    expect(html).not.toContain('<script')
    expect(html).not.toContain('<b>')
    expect(text).toContain('/reset?token=%22%3E%3Cb%3E')
  })
})

describe('the test mail', () => {
  const test = async (body: object) =>
    successOf(await gateway.admin('POST', '/mail/test', body), mailTestedSchema)

  it('goes at once, or tells what the mail server said', async () => {
    expect(await test({ to: 'op@example.test' })).toEqual({ sent: true, error: null })
    expect(server.take()).toMatchObject([{ to: ['op@example.test'] }])
    server.recipientRefusals.push({ code: 550, text: 'no relaying' })
    const refused = await test({ to: 'op@example.test' })
    expect(refused.sent).toBe(false)
    expect(refused.error).toContain('no relaying')
    server.refusesLogin = true
    expect((await test({ to: 'op@example.test' })).sent).toBe(false)
  })

  it('is for operators, in the portal too', async () => {
    const [user, boss] = [await people.signedIn(), await people.signedIn('operator')]
    expectRefusal(
      await user.page.call('POST', 'admin/mail/test', { to: 'a@example.test' }),
      'operator_needed',
    )
    const answer = await boss.page.call('POST', 'admin/mail/test', {
      to: 'a@example.test',
      language: 'zh-TW',
    })
    expect(successOf(answer, mailTestedSchema).sent).toBe(true)
    expect(server.take()[0]?.text).toContain('測試郵件')
  })
})

describe.each([
  ['without a mail server', { PUBLIC_API_URL: BASE }, 'SMTP_URL is not set'],
  [
    'without a public address',
    { SMTP_URL: 'smtp://127.0.0.1:1', MAIL_FROM: 'a@x.test' },
    'PUBLIC_API_URL is not set',
  ],
])('%s', (_name, env, detail) => {
  let other: Gateway
  let those: People
  beforeAll(async () => {
    other = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1', ...env })
    those = new People(other)
  })
  afterAll(() => other.close())

  it('nobody is promised a mail, and links go on being shown', async () => {
    const { email } = await those.person()
    const page = those.browser()
    expect(successOf(await page.call('GET', 'session'), sessionSchema).mail).toBe(false)
    expectRefusal(await page.call('POST', 'reset/request', { email }), 'mail_off')
    const guest = 'guest@example.test'
    for (const [path, body] of [
      ['/invitations', { email: guest, send: true }],
      ['/users/reset', { email, send: true }],
      ['/mail/test', { to: guest }],
    ] as const)
      expect(expectRefusal(await other.admin('POST', path, body), 'mail_off').details).toEqual([detail])
    expect(await other.database.query('SELECT 1 FROM invitation')).toEqual([])
    expect((await other.admin('POST', '/invitations', { email: guest })).code).toBe(200)
    expect((await other.admin('POST', '/users/reset', { email })).code).toBe(200)
    expect((await page.call('POST', 'session', { email, password: PASSWORD })).code).toBe(200)
  })
})
