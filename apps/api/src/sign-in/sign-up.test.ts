import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  type InvitationCreate,
  type InvitationCreated,
  type UserReset,
  invitationCreatedSchema,
  invitationSchema,
  listedInvitationSchema,
  pageSchema,
  sessionSchema,
  userResetSchema,
} from '@obb/contracts'
import { Invitations, Sessions } from '@obb/core/sign-in'
import { Gateway } from '../testing/gateway.js'
import { PASSWORD, People } from '../testing/people.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const HOUR_MS = 3_600_000

let gateway: Gateway
let people: People
beforeAll(async () => {
  gateway = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1', API_PORT: '8080' })
  people = new People(gateway)
})
afterAll(() => gateway.close())

let emails = 0
const newEmail = (): string => `guest${emails++}@example.test`

async function invite(invitation: InvitationCreate = {}): Promise<InvitationCreated> {
  return successOf(await gateway.admin('POST', '/invitations', invitation), invitationCreatedSchema)
}

async function openReset(email: string): Promise<UserReset> {
  return successOf(await gateway.admin('POST', '/users/reset', { email }), userResetSchema)
}

const listed = async () =>
  successOf(await gateway.admin('GET', '/invitations'), pageSchema(listedInvitationSchema)).items

/** Everything in a table, as text. */
const contentOf = async (table: string): Promise<string> =>
  (await gateway.database.query<{ row: string }[]>(`SELECT t::text AS row FROM ${table} t`))
    .map(({ row }) => row)
    .join('\n')

describe('an invitation', () => {
  it('makes one account, with the plan and role of it, and signs in', async () => {
    const { token, url } = await invite({ role: 'operator', traffic: 5e9, dailyPerHost: 1e9 })
    expect(url).toBe(`http://127.0.0.1:8080/signup?token=${token}`)
    const page = people.browser()
    const seen = successOf(await page.call('POST', 'invitation', { token }), invitationSchema)
    expect(seen).toMatchObject({ email: null, role: 'operator' })
    const email = newEmail()
    const made = await page.call('POST', 'sign-up', { token, email, password: PASSWORD, language: 'zh-TW' })
    expect(successOf(made, sessionSchema).user).toMatchObject({ email, role: 'operator', language: 'zh-TW' })
    expect((await page.call('GET', 'account')).body.data).toMatchObject({
      trafficleft: 5e9,
      trafficmax_daily: 1e9,
    })
    expect((await page.call('GET', 'admin/users')).code).toBe(200)
    const again = { token, email: newEmail(), password: PASSWORD }
    expectRefusal(await page.call('POST', 'sign-up', again), 'link_token_invalid')
    expectRefusal(await page.call('POST', 'invitation', { token }), 'link_token_invalid')
  })

  it('makes one account where many use it at once', async () => {
    const { token } = await invite()
    const bodies = Array.from({ length: 5 }, () => ({ token, email: newEmail(), password: PASSWORD }))
    const answers = await Promise.all(bodies.map((body) => people.browser().call('POST', 'sign-up', body)))
    expect(answers.map(({ code }) => code).sort()).toEqual([200, 404, 404, 404, 404])
    const made = await gateway.database.query('SELECT 1 FROM account WHERE email = ANY($1)', [
      bodies.map(({ email }) => email),
    ])
    expect(made).toHaveLength(1)
  })

  it('for somebody is for that e-mail alone', async () => {
    const email = newEmail()
    const { token } = await invite({ email })
    const page = people.browser()
    const other = await page.call('POST', 'sign-up', { token, email: newEmail(), password: PASSWORD })
    expect(expectRefusal(other, 'request_invalid').details).toEqual([
      'email: this invitation is for another one',
    ])
    expect((await page.call('POST', 'sign-up', { token, email, password: PASSWORD })).code).toBe(200)
  })

  it('takes nobody’s account over, and stays good', async () => {
    const { email } = await people.person()
    const { token } = await invite()
    const page = people.browser()
    const taken = await page.call('POST', 'sign-up', { token, email, password: 'another password' })
    expectRefusal(taken, 'conflict')
    expect((await people.browser().call('POST', 'session', { email, password: PASSWORD })).code).toBe(200)
    expect((await page.call('POST', 'invitation', { token })).code).toBe(200)
  })

  it('is listed, the newest first, until it is used, taken back or too old', async () => {
    const [used, taken, old, open] = [
      await invite(),
      await invite(),
      await invite({ expiresInHours: 1 }),
      await invite(),
    ]
    const ids = async () => (await listed()).map(({ id }) => id).filter((id) => all.includes(id))
    const all = [used, taken, old, open].map(({ id }) => id)
    expect((await ids()).sort()).toEqual([...all].sort())
    await people
      .browser()
      .call('POST', 'sign-up', { token: used.token, email: newEmail(), password: PASSWORD })
    const removed = await gateway.admin('DELETE', `/invitations/${taken.id}`)
    expect(removed.body.data).toEqual({ id: taken.id, removed: true })
    expect((await gateway.admin('DELETE', `/invitations/${taken.id}`)).body.data.removed).toBe(false)
    gateway.clock.advance(HOUR_MS)
    expect(await ids()).toEqual([open.id])
    for (const { token } of [taken, old])
      expectRefusal(await people.browser().call('POST', 'invitation', { token }), 'link_token_invalid')
    await gateway.app.get(Invitations).forgetOld()
    const kept = await gateway.database.query<{ id: string }[]>(
      'SELECT id FROM invitation WHERE id = ANY($1)',
      [all],
    )
    expect(kept).toEqual([{ id: open.id }])
  })

  it('and a reset are kept as hashes, and stand in no log', async () => {
    gateway.takeLog()
    const { email } = await people.person()
    const tokens = [(await invite()).token, (await openReset(email)).token]
    for (const table of ['invitation', 'sign_in', 'audit_entry']) {
      const content = await contentOf(table)
      for (const token of tokens) {
        expect(content).not.toContain(token)
        expect(content).not.toContain(Buffer.from(token).toString('hex'))
      }
    }
    const log = gateway.takeLog().join('')
    for (const token of tokens) expect(log).not.toContain(token)
  })

  it('stands in the audit log, as does who used it', async () => {
    const boss = await people.signedIn('operator')
    const email = newEmail()
    const { token, id } = successOf(
      await boss.page.call('POST', 'admin/invitations', { email }),
      invitationCreatedSchema,
    )
    await people.browser().call('POST', 'sign-up', { token, email, password: PASSWORD })
    const [used, made] = (await gateway.admin('GET', '/audit?limit=2')).body.data.items
    expect(made).toMatchObject({ who: boss.email, action: 'POST /invitations', target: id, outcome: 'ok' })
    expect(used).toMatchObject({
      who: `invitation ${id}`,
      action: 'POST /sign-up',
      target: email,
      outcome: 'ok',
    })
  })

  it('leads an operator of the portal to the address that he has come by', async () => {
    const { page } = await people.signedIn('operator')
    const { url } = (await page.call('POST', 'admin/invitations', {})).body.data
    expect(url).toMatch(new RegExp(`^${page.headers['origin']}/signup\\?token=`))
  })

  it('cannot be guessed at pleasure from one network', async () => {
    const page = people.browser()
    const codes: number[] = []
    for (let n = 0; n < 32; n++) codes.push((await page.call('POST', 'invitation', { token: `${n}` })).code)
    expect(codes).toEqual([...Array<number>(30).fill(404), 429, 429])
  })
})

describe('a reset', () => {
  it('chooses another password once, ends all sessions, and signs in', async () => {
    const { email, page } = await people.signedIn()
    const { token, url } = await openReset(email)
    expect(url).toBe(`http://127.0.0.1:8080/reset?token=${token}`)
    expect((await page.call('GET', 'account')).code).toBe(200)
    const other = people.browser()
    const answer = await other.call('POST', 'reset', { token, password: 'quite another one' })
    expect(successOf(answer, sessionSchema).user?.email).toBe(email)
    expectRefusal(await page.call('GET', 'account'), 'signed_out')
    expect((await other.call('GET', 'account')).code).toBe(200)
    const signIn = (password: string) => people.browser().call('POST', 'session', { email, password })
    expectRefusal(await signIn(PASSWORD), 'sign_in_failed')
    expect((await signIn('quite another one')).code).toBe(200)
    expectRefusal(
      await other.call('POST', 'reset', { token, password: 'and yet another' }),
      'link_token_invalid',
    )
    const entry = await gateway.lastChange()
    expect(entry).toMatchObject({ who: 'reset link', action: 'POST /reset', target: email, outcome: 'ok' })
  })

  it('gives a first password to who has an API key alone', async () => {
    const { email, apiKey } = await gateway.user()
    const { token } = await openReset(email)
    const page = people.browser()
    expect((await page.call('POST', 'reset', { token, password: PASSWORD })).code).toBe(200)
    expect((await gateway.call(apiKey, 'GET', '/account')).code).toBe(200)
  })

  it('is good no more when there is a newer one, a password was chosen, or a day has gone by', async () => {
    const { email, page } = await people.signedIn()
    const first = await openReset(email)
    const second = await openReset(email)
    const reset = (token: string) =>
      people.browser().call('POST', 'reset', { token, password: 'quite another one' })
    expectRefusal(await reset(first.token), 'link_token_invalid')
    await page.call('POST', 'password', { current: PASSWORD, password: 'chosen by myself' })
    expectRefusal(await reset(second.token), 'link_token_invalid')
    const third = await openReset(email)
    gateway.clock.advance(24 * HOUR_MS)
    expectRefusal(await reset(third.token), 'link_token_invalid')
  })

  it('lets nobody in who is suspended, or was removed', async () => {
    const { email } = await people.person()
    const { token } = await openReset(email)
    const reset = () => people.browser().call('POST', 'reset', { token, password: 'quite another one' })
    await gateway.admin('POST', '/users/suspend', { email })
    expectRefusal(await reset(), 'account_suspended')
    await gateway.admin('DELETE', `/users?email=${encodeURIComponent(email)}`)
    expectRefusal(await reset(), 'link_token_invalid')
  })

  it('is chosen by one alone of many at once', async () => {
    const { email } = await people.person()
    const { token } = await openReset(email)
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, n) =>
        people.browser().call('POST', 'reset', { token, password: `the password ${n}` }),
      ),
    )
    expect(answers.map(({ code }) => code).sort()).toEqual([200, 404, 404, 404])
  })
})

describe('a profile', () => {
  it('lists the sessions of its account, by client and address, and ends them', async () => {
    const { email, page } = await people.signedIn()
    const other = people.browser({ 'user-agent': 'Firefox on a phone' })
    await other.call('POST', 'session', { email, password: PASSWORD })
    const sessions = (await page.call('GET', 'sessions')).body.data
    expect(sessions).toHaveLength(2)
    const foreign = sessions.find(({ current }: { current: boolean }) => !current)
    expect(foreign).toMatchObject({
      client: 'Firefox on a phone',
      address: other.headers['x-forwarded-for'],
      current: false,
    })
    expect((await page.call('DELETE', `sessions/${foreign.id}`)).code).toBe(200)
    expectRefusal(await other.call('GET', 'account'), 'signed_out')
    expectRefusal(await page.call('DELETE', `sessions/${foreign.id}`), 'resource_unknown')
    await other.call('POST', 'session', { email, password: PASSWORD })
    expect((await page.call('DELETE', 'sessions')).code).toBe(200)
    expectRefusal(await other.call('GET', 'account'), 'signed_out')
    expect((await page.call('GET', 'sessions')).body.data).toEqual([
      expect.objectContaining({ current: true }),
    ])
  })

  it('shows and ends no session of another', async () => {
    const [one, other] = [await people.signedIn(), await people.signedIn()]
    const [{ id }] = (await other.page.call('GET', 'sessions')).body.data
    expectRefusal(await one.page.call('DELETE', `sessions/${id}`), 'resource_unknown')
    await one.page.call('DELETE', 'sessions')
    expect((await other.page.call('GET', 'account')).code).toBe(200)
  })

  it('takes another password from who knows the old one, and ends all other sessions', async () => {
    const { email, page } = await people.signedIn()
    const other = people.browser()
    await other.call('POST', 'session', { email, password: PASSWORD })
    const change = (current: string) =>
      page.call('POST', 'password', { current, password: 'quite another one' })
    expectRefusal(await change('wrong password'), 'current_password_wrong')
    expect((await other.call('GET', 'account')).code).toBe(200)
    expect((await change(PASSWORD)).body).toEqual({ success: true, data: {} })
    expectRefusal(await other.call('GET', 'account'), 'signed_out')
    expect((await page.call('GET', 'account')).code).toBe(200)
    expectRefusal(
      await people.browser().call('POST', 'session', { email, password: PASSWORD }),
      'sign_in_failed',
    )
    const { items } = (await gateway.admin('GET', `/audit?who=${email}`)).body.data
    expect(items).toContainEqual(
      expect.objectContaining({ action: 'POST /password', target: email, outcome: 'ok' }),
    )
  })

  it('guesses no old password in a session that somebody left open', async () => {
    const { page } = await people.signedIn()
    const guess = () =>
      page.call('POST', 'password', { current: 'wrong password', password: 'quite another one' })
    for (let n = 0; n < 10; n++) expectRefusal(await guess(), 'current_password_wrong')
    expectRefusal(await guess(), 'rate_limited')
  })

  it('takes no short password, wherever one is chosen', async () => {
    const { page, email } = await people.signedIn()
    const [{ token }, reset] = [await invite(), await openReset(email)]
    for (const [path, body] of [
      ['password', { current: PASSWORD }],
      ['sign-up', { token, email: newEmail() }],
      ['reset', { token: reset.token }],
      ['set-up', { code: 'x', email }],
    ] as const) {
      const answer = await page.call('POST', path, { ...body, password: 'too short' })
      expect(expectRefusal(answer, 'request_invalid').details?.join()).toMatch(/^password: /)
    }
  })

  it('keeps a language, and goes back to that of the browser', async () => {
    const { page } = await people.signedIn()
    const language = async () => (await page.call('GET', 'session')).body.data.user.language
    for (const each of ['zh-TW', 'en', null]) {
      expect((await page.call('PATCH', 'profile', { language: each })).code).toBe(200)
      expect(await language()).toBe(each)
    }
    expectRefusal(await page.call('PATCH', 'profile', { language: 'tlh' }), 'request_invalid')
  })
})

describe('an operator', () => {
  it('signs a user out everywhere; keys go on', async () => {
    const { email, apiKey, page } = await people.signedIn()
    const { page: boss } = await people.signedIn('operator')
    const answer = await boss.call('POST', 'admin/users/sign-out', { email })
    expect(answer.body.data).toEqual({ email, sessions: 1 })
    expectRefusal(await page.call('GET', 'account'), 'signed_out')
    expect((await gateway.call(apiKey, 'GET', '/account')).code).toBe(200)
    expectRefusal(
      await boss.call('POST', 'admin/users/sign-out', { email: 'nobody@a.test' }),
      'resource_unknown',
    )
  })
})

it('sessions whose time is over are removed, and no others', async () => {
  const { id, page } = await people.signedIn()
  gateway.clock.advance(31 * 24 * HOUR_MS)
  const fresh = people.browser()
  const { email } = (await gateway.database.query('SELECT email FROM account WHERE id = $1', [id]))[0]
  await fresh.call('POST', 'session', { email, password: PASSWORD })
  await gateway.app.get(Sessions).forgetOld()
  expect(await gateway.database.query('SELECT 1 FROM session WHERE account_id = $1', [id])).toHaveLength(1)
  expectRefusal(await page.call('GET', 'account'), 'signed_out')
  expect((await fresh.call('GET', 'account')).code).toBe(200)
})
