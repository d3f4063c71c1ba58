import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import {
  PORTAL_API,
  type TotpStarted,
  doneSchema,
  sessionSchema,
  totpConfirmedSchema,
  totpStartedSchema,
  userResetSchema,
} from '@obb/contracts'
import { AuthFailures } from '@obb/core/audit'
import { Sessions, type SignedIn, SignIns } from '@obb/core/sign-in'
import type { FastifyRequest } from 'fastify'
import { Secret, TOTP } from 'otpauth'
import type { Browser } from '../testing/browser.js'
import { Gateway } from '../testing/gateway.js'
import { PASSWORD, People, type Person } from '../testing/people.js'
import { expectRefusal, successOf } from '../testing/strict.js'
import { ConfirmationCheck } from './confirmation-check.js'
import { Passwords } from './passwords.js'
import { SecondFactorCheck } from './second-factor-check.js'

const STEP_MS = 30_000
const NEW_PASSWORD = 'another long password'

let gateway: Gateway
let people: People
beforeAll(async () => {
  gateway = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1' })
  people = new People(gateway)
})
afterAll(() => gateway.close())

/** What an app shows, so many time steps from now. */
const codeOf = (secret: string, steps = 0): string =>
  TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: gateway.clock.now() + steps * STEP_MS })

/** A code that is of no time step near. */
function wrongCode(secret: string): string {
  const near = [-2, -1, 0, 1, 2].map((steps) => codeOf(secret, steps))
  const codes = ['000000', '000001', '000002', '000003', '000004', '000005']
  return codes.find((code) => !near.includes(code)) ?? ''
}

const start = async (page: Browser): Promise<TotpStarted> =>
  successOf(await page.call('POST', 'totp', { password: PASSWORD }), totpStartedSchema)

interface Secured extends Person {
  page: Browser
  secret: string
  recoveryCodes: string[]
}

/** Somebody with a second factor, whose first code is used. */
async function secured(): Promise<Secured> {
  const person = await people.signedIn()
  const { secret } = await start(person.page)
  const answer = await person.page.call('POST', 'totp/confirm', { code: codeOf(secret) })
  const { recoveryCodes } = successOf(answer, totpConfirmedSchema)
  gateway.clock.advance(STEP_MS)
  return { ...person, secret, recoveryCodes }
}

const signIn = (email: string, code?: string, page: Browser = people.browser(), password = PASSWORD) =>
  page.call('POST', 'session', { email, password, ...(code !== undefined && { code }) })

const isOn = async (page: Browser) => successOf(await page.call('GET', 'session'), sessionSchema).user?.totp

async function entriesOf(who: string, action: string): Promise<{ kind: string; outcome: string }[]> {
  await gateway.app.get(AuthFailures).flush()
  return gateway.database.query<{ kind: string; outcome: string }[]>(
    'SELECT kind, outcome FROM audit_entry WHERE who = $1 AND action = $2 ORDER BY id',
    [who, action],
  )
}

describe('turning it on', () => {
  it('takes the password and a first code, and shows ten recovery codes', async () => {
    const { page, email } = await people.signedIn()
    const { secret, uri } = await start(page)
    expect(new URL(uri).searchParams.get('secret')).toBe(secret)
    expect(await isOn(page)).toBe(false)
    const answer = await page.call('POST', 'totp/confirm', { code: codeOf(secret) })
    expect(new Set(successOf(answer, totpConfirmedSchema).recoveryCodes).size).toBe(10)
    expect(await isOn(page)).toBe(true)
    expect(await entriesOf(email, 'POST /totp/confirm')).toEqual([{ kind: 'change', outcome: 'ok' }])
  })

  it('ends all other sessions, also one that begins at that moment', async () => {
    const { page, email, id } = await people.signedIn()
    const elsewhere = people.browser()
    expect((await signIn(email, undefined, elsewhere)).code).toBe(200)
    const { secret } = await start(page)
    const check = gateway.app.get(SecondFactorCheck)
    const assertHolds = await check.assertCode({} as FastifyRequest, { accountId: id, email }, undefined)
    expect((await page.call('POST', 'totp/confirm', { code: codeOf(secret) })).code).toBe(200)
    expectRefusal(await elsewhere.call('GET', 'account'), 'signed_out')
    expect((await page.call('GET', 'account')).code).toBe(200)
    const visitor = { address: '192.0.2.1', client: undefined }
    await expect(gateway.app.get(Sessions).begin(id, visitor, { assertHolds })).rejects.toMatchObject({
      refusal: 'second_factor_needed',
    })
    const sessions = await gateway.database.query('SELECT 1 FROM session WHERE account_id = $1', [id])
    expect(sessions).toHaveLength(1)
  })

  it('stops a reset and a confirmation that begin at that moment, which were asked for no code', async () => {
    const { page, email, id } = await people.signedIn()
    const { secret } = await start(page)
    const { database, app } = gateway
    const token = await database.transaction((tx) => app.get(SignIns).openAskedReset(id, tx))
    const turnOn = async () =>
      expect((await page.call('POST', 'totp/confirm', { code: codeOf(secret) })).code).toBe(200)
    const passwords = app.get(Passwords)
    const hash = jest.spyOn(passwords, 'hash').mockImplementationOnce(async (password) => {
      await turnOn()
      return passwords.hash(password)
    })
    try {
      const body = { token, password: NEW_PASSWORD }
      expectRefusal(await people.browser().call('POST', 'reset', body), 'second_factor_needed')
    } finally {
      hash.mockRestore()
    }
    expectRefusal(await signIn(email), 'second_factor_needed')
    const session = await app.get(Sessions).list(id)
    expect(session).toHaveLength(1)
    const confirmation = app.get(ConfirmationCheck)
    await database.query('UPDATE second_factor SET confirmed_at = NULL WHERE account_id = $1', [id])
    const [{ id: sessionId } = { id: '' }] = session
    const signedIn = { sessionId, email, role: 'user', caller: { accountId: id } } as SignedIn
    const raw = { socket: {}, headers: {} }
    const request = { raw, ip: '192.0.2.1', routeOptions: {} } as FastifyRequest
    const assertHolds = await confirmation.assert(request, signedIn, { password: PASSWORD })
    await database.query('UPDATE second_factor SET confirmed_at = now() WHERE account_id = $1', [id])
    await expect(database.transaction(assertHolds)).rejects.toMatchObject({ refusal: 'second_factor_needed' })
    await page.call('DELETE', 'session')
    await expect(database.transaction(assertHolds)).rejects.toMatchObject({ refusal: 'signed_out' })
  })

  it('is refused with a wrong password, and for who is not signed in', async () => {
    const { page, email } = await people.signedIn()
    expectRefusal(await page.call('POST', 'totp', { password: 'wrong password' }), 'current_password_wrong')
    expect(await entriesOf(email, 'POST /totp')).toEqual([])
    expect(await entriesOf(email, `POST ${PORTAL_API}/totp`)).toEqual([
      { kind: 'auth_failure', outcome: 'current_password_wrong' },
    ])
    for (const [method, path] of [
      ['POST', 'totp'],
      ['POST', 'totp/confirm'],
      ['DELETE', 'totp'],
    ] as const)
      expectRefusal(await people.browser().call(method, path, {}), 'signed_out')
  })

  it('asks for no code before it was confirmed, and begins anew with another secret', async () => {
    const { page, email } = await people.signedIn()
    const first = await start(page)
    expect((await signIn(email)).code).toBe(200)
    const second = await start(page)
    expect(second.secret).not.toBe(first.secret)
    expectRefusal(
      await page.call('POST', 'totp/confirm', { code: wrongCode(second.secret) }),
      'second_factor_wrong',
    )
    expect((await page.call('POST', 'totp/confirm', { code: codeOf(second.secret) })).code).toBe(200)
  })

  it('is refused where it was not started, or is on', async () => {
    const { page } = await people.signedIn()
    expectRefusal(await page.call('POST', 'totp/confirm', { code: '123456' }), 'request_invalid')
    const one = await secured()
    expectRefusal(await one.page.call('POST', 'totp', { password: PASSWORD }), 'request_invalid')
    expectRefusal(
      await one.page.call('POST', 'totp/confirm', { code: codeOf(one.secret) }),
      'request_invalid',
    )
    expect((await signIn(one.email, codeOf(one.secret))).code).toBe(200)
  })

  it('keeps nothing by which anybody could make codes', async () => {
    const { id, secret, recoveryCodes } = await secured()
    const [row] = await gateway.database.query<[{ text: string }]>(
      'SELECT f::text AS text FROM second_factor f WHERE account_id = $1',
      [id],
    )
    const hidden = [secret, ...recoveryCodes, ...recoveryCodes.map((code) => code.replaceAll('-', ''))]
    for (const text of hidden)
      for (const form of [text, Buffer.from(text).toString('hex')]) expect(row.text).not.toContain(form)
    expect(row.text).not.toContain(Secret.fromBase32(secret).hex.toLowerCase())
  })
})

describe('signing in with it', () => {
  it('asks for a code only who knows the password, and lets in with it', async () => {
    const { email, secret } = await secured()
    const page = people.browser()
    expectRefusal(await signIn(email, codeOf(secret), page, 'wrong password'), 'sign_in_failed')
    expectRefusal(await signIn(email, undefined, page), 'second_factor_needed')
    expectRefusal(await signIn(email, wrongCode(secret), page), 'second_factor_wrong')
    expect(page.cookies.size).toBe(0)
    const answer = await signIn(email, codeOf(secret), page)
    expect(successOf(answer, sessionSchema).user).toMatchObject({ email, totp: true })
  })

  it('takes a code once, also where it comes twice at once, and none from before it', async () => {
    const { email, secret } = await secured()
    gateway.clock.advance(2 * STEP_MS)
    const code = codeOf(secret)
    const codes = (await Promise.all([1, 2, 3, 4].map(() => signIn(email, code)))).map((each) => each.code)
    expect(codes.sort()).toEqual([200, 401, 401, 401])
    expectRefusal(await signIn(email, codeOf(secret, -1)), 'second_factor_wrong')
    expect((await signIn(email, codeOf(secret, 1))).code).toBe(200)
  })

  it('does not take the code by which it was turned on', async () => {
    const { page, email } = await people.signedIn()
    const { secret } = await start(page)
    const code = codeOf(secret)
    expect((await page.call('POST', 'totp/confirm', { code })).code).toBe(200)
    expectRefusal(await signIn(email, code), 'second_factor_wrong')
  })

  it('puts up with a clock that is off by one time step, and no more', async () => {
    const { email, secret } = await secured()
    gateway.clock.advance(5 * STEP_MS)
    for (const steps of [-2, 2])
      expectRefusal(await signIn(email, codeOf(secret, steps)), 'second_factor_wrong')
    expect((await signIn(email, codeOf(secret, -1))).code).toBe(200)
    expect((await signIn(email, codeOf(secret, 1))).code).toBe(200)
  })

  it('takes each recovery code once, however it is typed, also where it comes twice at once', async () => {
    const { email, recoveryCodes } = await secured()
    const [first = '', second = ''] = recoveryCodes
    const codes = (await Promise.all([1, 2, 3].map(() => signIn(email, first)))).map((each) => each.code)
    expect(codes.sort()).toEqual([200, 401, 401])
    expect((await signIn(email, second.toLowerCase().replaceAll('-', ' '))).code).toBe(200)
    for (const used of [first, second]) expectRefusal(await signIn(email, used), 'second_factor_wrong')
  })

  it('has used recovery codes in the audit log, with how many are left', async () => {
    const { email, page, recoveryCodes } = await secured()
    expect((await signIn(email, recoveryCodes[3])).code).toBe(200)
    expectRefusal(await signIn(email, recoveryCodes[3]), 'second_factor_wrong')
    const body = { password: PASSWORD, code: recoveryCodes[4] }
    expect((await page.call('DELETE', 'totp', body)).code).toBe(200)
    const entries = await gateway.database.query<{ action: string; changes: unknown }[]>(
      `SELECT action, changes FROM audit_entry WHERE who = $1 AND changes ? 'recoveryCodes' ORDER BY id`,
      [email],
    )
    expect(entries).toEqual([
      { action: 'POST /session', changes: { recoveryCodes: [10, 9] } },
      { action: 'DELETE /totp', changes: { recoveryCodes: [9, 8] } },
    ])
  })

  it('takes no code of another', async () => {
    const [one, other] = [await secured(), await secured()]
    expectRefusal(await signIn(one.email, codeOf(other.secret)), 'second_factor_wrong')
    expectRefusal(await signIn(one.email, other.recoveryCodes[0]), 'second_factor_wrong')
  })

  it('stops guessing after ten codes, from wherever they come, a right password notwithstanding', async () => {
    const { email, secret } = await secured()
    for (let n = 0; n < 10; n++) expect((await signIn(email, wrongCode(secret))).code).toBe(401)
    expectRefusal(await signIn(email, codeOf(secret)), 'rate_limited')
    gateway.clock.advance(10 * 60_000)
    expect((await signIn(email, codeOf(secret))).code).toBe(200)
  })

  it('has wrong codes in the audit log: by whom they were aimed at', async () => {
    const { email, secret } = await secured()
    await signIn(email, wrongCode(secret))
    expect(await entriesOf(email, `POST ${PORTAL_API}/session`)).toEqual([
      { kind: 'auth_failure', outcome: 'second_factor_wrong' },
    ])
  })
})

describe('a secret that cannot be opened', () => {
  it('is told with what to do, also where it is that of another, is no guess, and recovery codes go on', async () => {
    const [one, other] = [await secured(), await secured()]
    await gateway.database.query(
      `UPDATE second_factor SET sealed_totp = (SELECT sealed_totp FROM second_factor WHERE account_id = $2)
        WHERE account_id = $1`,
      [one.id, other.id],
    )
    for (let n = 0; n < 12; n++)
      expectRefusal(await signIn(one.email, codeOf(other.secret)), 'second_factor_unreadable')
    expectRefusal(await signIn(one.email, undefined), 'second_factor_needed')
    expect((await signIn(one.email, one.recoveryCodes[0])).code).toBe(200)
  })
})

describe('turning it off', () => {
  it('takes the password and a code', async () => {
    const { page, email, secret } = await secured()
    const end = (password: string, code: string) => page.call('DELETE', 'totp', { password, code })
    expectRefusal(await end('wrong password', codeOf(secret)), 'current_password_wrong')
    expectRefusal(await end(PASSWORD, wrongCode(secret)), 'second_factor_wrong')
    expect(await isOn(page)).toBe(true)
    successOf(await end(PASSWORD, codeOf(secret)), doneSchema)
    expect(await isOn(page)).toBe(false)
    expect((await signIn(email)).code).toBe(200)
    expect(await entriesOf(email, 'DELETE /totp')).toEqual([{ kind: 'change', outcome: 'ok' }])
  })

  it('goes by a recovery code, too', async () => {
    const { page, recoveryCodes } = await secured()
    const body = { password: PASSWORD, code: recoveryCodes[9] }
    successOf(await page.call('DELETE', 'totp', body), doneSchema)
    expect(await isOn(page)).toBe(false)
  })

  it('leaves nothing of it: codes and recovery codes from before are good no more', async () => {
    const { page, email, secret, recoveryCodes } = await secured()
    await page.call('DELETE', 'totp', { password: PASSWORD, code: codeOf(secret) })
    const { secret: fresh } = await start(page)
    expect((await page.call('POST', 'totp/confirm', { code: codeOf(fresh) })).code).toBe(200)
    gateway.clock.advance(STEP_MS)
    for (const code of [codeOf(secret), recoveryCodes[0]])
      expectRefusal(await signIn(email, code), 'second_factor_wrong')
  })

  it('happens once the link of an operator is used, and not with another password of the own', async () => {
    const { page, email, secret } = await secured()
    const change = { current: PASSWORD, password: NEW_PASSWORD }
    expect((await page.call('POST', 'password', change)).code).toBe(200)
    expectRefusal(await signIn(email, undefined, people.browser(), NEW_PASSWORD), 'second_factor_needed')
    const opened = await gateway.admin('POST', '/users/reset', { email })
    const { token } = successOf(opened, userResetSchema)
    expectRefusal(await signIn(email, undefined, people.browser(), NEW_PASSWORD), 'second_factor_needed')
    expect((await signIn(email, codeOf(secret), people.browser(), NEW_PASSWORD)).code).toBe(200)
    const reset = await people.browser().call('POST', 'reset', { token, password: PASSWORD })
    expect(successOf(reset, sessionSchema).user?.totp).toBe(false)
    expect((await signIn(email)).code).toBe(200)
  })

  it('happens with set-up, whose code takes the account over', async () => {
    const SETUP_CODE = 'ABCD-EFGH-JKMN'
    const fresh = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1', SETUP_CODE })
    try {
      const theirs = new People(fresh)
      const { page, email } = await theirs.signedIn()
      const { secret } = await start(page)
      const timestamp = fresh.clock.now()
      const code = TOTP.generate({ secret: Secret.fromBase32(secret), timestamp })
      expect((await page.call('POST', 'totp/confirm', { code })).code).toBe(200)
      const body = { code: SETUP_CODE, email, password: NEW_PASSWORD }
      const answer = await theirs.browser().call('POST', 'set-up', body)
      expect(successOf(answer, sessionSchema).user).toMatchObject({ email, role: 'operator', totp: false })
    } finally {
      await fresh.close()
    }
  })

  it('happens with the removal of the account', async () => {
    const { id, email } = await secured()
    await gateway.admin('DELETE', `/users?email=${encodeURIComponent(email)}`)
    const left = await gateway.database.query('SELECT 1 FROM second_factor WHERE account_id = $1', [id])
    expect(left).toEqual([])
  })
})
