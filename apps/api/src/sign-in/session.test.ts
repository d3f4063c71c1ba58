import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { PORTAL_API, sessionSchema } from '@obb/contracts'
import { AuthFailures } from '@obb/core/audit'
import { Sessions, SignIns } from '@obb/core/sign-in'
import { Gateway } from '../testing/gateway.js'
import { PASSWORD, People } from '../testing/people.js'
import { expectRefusal, successOf } from '../testing/strict.js'
import { Passwords } from './passwords.js'

let gateway: Gateway
let people: People
beforeAll(async () => {
  gateway = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1' })
  people = new People(gateway)
})
afterAll(() => gateway.close())

const HTTPS = {
  'x-forwarded-proto': 'https',
  'x-forwarded-host': 'obb.example',
  origin: 'https://obb.example',
}

describe('signing in', () => {
  it('lets a person in by e-mail, whatever its case, and password, and says who it is', async () => {
    const { email } = await people.person()
    const page = people.browser()
    const out = successOf(await page.call('GET', 'session'), sessionSchema)
    expect(out.user).toBeNull()
    const answer = await page.call('POST', 'session', { email: email.toUpperCase(), password: PASSWORD })
    const { user } = successOf(answer, sessionSchema)
    expect(user).toEqual({ email, role: 'user', language: null, passkeys: 0, totp: false })
    expect(successOf(await page.call('GET', 'session'), sessionSchema).user).toEqual(user)
  })

  it('answers a wrong password, an unknown e-mail and an account without a password alike', async () => {
    const { email } = await people.person()
    const { email: keyOnly } = await gateway.user()
    const bodies = []
    for (const each of [email, keyOnly, 'nobody@example.test']) {
      const answer = await people
        .browser()
        .call('POST', 'session', { email: each, password: 'wrong password' })
      expectRefusal(answer, 'sign_in_failed')
      bodies.push([answer.body, [...answer.headers.keys()].sort()])
    }
    expect(bodies[1]).toEqual(bodies[0])
    expect(bodies[2]).toEqual(bodies[0])
  })

  it('computes the same for an unknown e-mail as for a wrong password', async () => {
    const passwords = gateway.app.get(Passwords)
    const kept = await passwords.hash(PASSWORD)
    const nobodys = (passwords as unknown as { nobodys: string }).nobodys
    const costOf = (hash: string) => hash.split('$').slice(1, 4)
    expect(costOf(nobodys)).toEqual(costOf(kept))
    expect(costOf(kept)).toEqual(['argon2id', 'v=19', 'm=19456,t=2,p=1'])
    expect(await passwords.matches(undefined, PASSWORD)).toBe(false)
    expect(await passwords.matches(kept, PASSWORD)).toBe(true)
  })

  it('gives a cookie that no script reads, for this host alone, and over HTTPS for HTTPS alone', async () => {
    const { email } = await people.person()
    const plain = people.browser()
    await plain.call('POST', 'session', { email, password: PASSWORD })
    expect(plain.setCookies).toEqual([
      expect.stringMatching(/^obb=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=7776000$/),
    ])
    const secure = people.browser(HTTPS)
    await secure.call('POST', 'session', { email, password: PASSWORD })
    expect(secure.setCookies).toEqual([
      expect.stringMatching(
        /^__Host-obb=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=7776000; Secure$/,
      ),
    ])
    expect(successOf(await secure.call('GET', 'session'), sessionSchema).user?.email).toBe(email)
  })

  it('takes over HTTPS no cookie that plain HTTP, or a neighbouring host, could have set', async () => {
    const { page } = await people.signedIn()
    const victim = people.browser(HTTPS)
    victim.cookies.set('obb', page.cookies.get('obb') ?? '')
    expect(successOf(await victim.call('GET', 'session'), sessionSchema).user).toBeNull()
    expectRefusal(await victim.call('GET', 'account'), 'signed_out')
  })

  it('keeps no token: a session is found by a hash', async () => {
    const { page, id } = await people.signedIn()
    const rows = await gateway.database.query<{ row: string }[]>(
      'SELECT s::text AS row FROM session s WHERE account_id = $1',
      [id],
    )
    expect(rows).toHaveLength(1)
    const token = page.cookies.get('obb') ?? ''
    for (const form of [
      token,
      Buffer.from(token).toString('hex'),
      Buffer.from(token, 'base64url').toString('hex'),
    ])
      expect(rows[0]?.row).not.toContain(form)
  })

  it('begins a new session whatever cookie was there, and ends that one', async () => {
    const { email } = await people.person()
    const page = people.browser()
    page.cookies.set('obb', 'chosen-by-somebody-else')
    await page.call('POST', 'session', { email, password: PASSWORD })
    const first = page.cookies.get('obb')
    expect(first).not.toBe('chosen-by-somebody-else')
    await page.call('POST', 'session', { email, password: PASSWORD })
    expect(page.cookies.get('obb')).not.toBe(first)
    const old = people.browser()
    old.cookies.set('obb', first ?? '')
    expectRefusal(await old.call('GET', 'account'), 'signed_out')
  })

  it('ends with signing out', async () => {
    const { page } = await people.signedIn()
    const copy = people.browser()
    copy.cookies.set('obb', page.cookies.get('obb') ?? '')
    expect((await page.call('DELETE', 'session')).body).toEqual({ success: true, data: {} })
    expect(page.cookies.size).toBe(0)
    expectRefusal(await copy.call('GET', 'account'), 'signed_out')
    expect((await page.call('DELETE', 'session')).code).toBe(200)
  })

  it('ends when it was not used for 30 days, and after 90 however much it was', async () => {
    const { page } = await people.signedIn()
    const DAY = 86_400_000
    const began = gateway.clock.now()
    const at = async (day: number) => {
      gateway.clock.advance(began + day * DAY - gateway.clock.now())
      return (await page.call('GET', 'account')).code
    }
    for (const day of [29, 58, 87, 89.9]) expect([day, await at(day)]).toEqual([day, 200])
    expect(await at(90)).toBe(401)
    const { page: idle } = await people.signedIn()
    gateway.clock.advance(30 * DAY)
    expectRefusal(await idle.call('GET', 'account'), 'signed_out')
  })

  it.each(['suspend', 'remove'])('ends for good when the account is taken away: %s', async (how) => {
    const { page, email } = await people.signedIn()
    const gone =
      how === 'suspend'
        ? await gateway.admin('POST', '/users/suspend', { email })
        : await gateway.admin('DELETE', `/users?email=${encodeURIComponent(email)}`)
    expect(gone.code).toBe(200)
    expectRefusal(await page.call('GET', 'account'), 'signed_out')
    const again = await people.browser().call('POST', 'session', { email, password: PASSWORD })
    expectRefusal(again, how === 'suspend' ? 'account_suspended' : 'sign_in_failed')
    if (how === 'suspend') await gateway.admin('POST', '/users/resume', { email })
    expectRefusal(await page.call('GET', 'account'), 'signed_out')
  })

  it('tells who is suspended so only to who knows the password', async () => {
    const { email } = await people.person()
    await gateway.admin('POST', '/users/suspend', { email })
    expectRefusal(
      await people.browser().call('POST', 'session', { email, password: 'wrong password' }),
      'sign_in_failed',
    )
  })

  it('does not go through with a password that was changed meanwhile', async () => {
    const { id, email } = await people.person()
    const signIns = gateway.app.get(SignIns)
    const known = await signIns.credentials(email)
    await signIns.setPassword(id, await gateway.app.get(Passwords).hash('another password'))
    const visitor = { address: '10.0.0.1', client: undefined }
    expect(
      await gateway.app.get(Sessions).begin(id, visitor, { passwordHash: known?.passwordHash ?? '' }),
    ).toBeUndefined()
  })
})

describe('guessing', () => {
  it('is stopped at one account from one network, and a right password costs nothing', async () => {
    const { email } = await people.person()
    const page = people.browser()
    for (let n = 0; n < 15; n++)
      expect((await page.call('POST', 'session', { email, password: PASSWORD })).code).toBe(200)
    for (let n = 0; n < 10; n++)
      expect((await page.call('POST', 'session', { email, password: 'wrong password' })).code).toBe(401)
    const refused = await page.call('POST', 'session', { email, password: PASSWORD })
    expect(expectRefusal(refused, 'rate_limited').retry_in_seconds).toBe(30)
    expect((await people.browser().call('POST', 'session', { email, password: PASSWORD })).code).toBe(200)
    gateway.clock.advance(30_000)
    expect((await page.call('POST', 'session', { email, password: PASSWORD })).code).toBe(200)
  })

  it('is stopped from one network at many accounts, whether they are there or not', async () => {
    const page = people.browser()
    const answers: number[] = []
    for (let n = 0; n < 40; n++) {
      const email = `nobody${n}@example.test`
      answers.push((await page.call('POST', 'session', { email, password: 'wrong password' })).code)
    }
    expect(answers).toEqual([...Array<number>(30).fill(401), ...Array<number>(10).fill(429)])
  })

  it('is stopped at one account from many networks', async () => {
    const answers: number[] = []
    for (let n = 0; n < 70; n++)
      answers.push(
        (await people.browser().call('POST', 'session', { email: 'aim@a.test', password: 'x' })).code,
      )
    expect(answers).toEqual([...Array<number>(60).fill(401), ...Array<number>(10).fill(429)])
  })

  it('at once counts as much as one after the other', async () => {
    const page = people.browser()
    const guess = () => page.call('POST', 'session', { email: 'one@a.test', password: 'wrong password' })
    const codes = (await Promise.all(Array.from({ length: 25 }, guess))).map(({ code }) => code)
    expect(codes.filter((code) => code === 401)).toHaveLength(10)
  })

  it('stands in the audit log: by whom it was aimed at, and from where', async () => {
    const { email } = await people.person()
    const page = people.browser()
    await page.call('POST', 'session', { email, password: 'wrong password' })
    await gateway.app.get(AuthFailures).flush()
    const [row] = await gateway.database.query(
      `SELECT who, outcome, action, address FROM audit_entry WHERE kind = 'auth_failure' AND address = $1`,
      [page.headers['x-forwarded-for']],
    )
    expect(row).toEqual({
      who: email,
      outcome: 'sign_in_failed',
      action: `POST ${PORTAL_API}/session`,
      address: page.headers['x-forwarded-for'],
    })
  })
})
