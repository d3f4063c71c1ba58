import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  MAX_PASSKEYS,
  PORTAL_API,
  doneSchema,
  passkeyListSchema,
  passkeyViewSchema,
  sessionSchema,
  userResetSchema,
  userSchema,
} from '@obb/contracts'
import { AuthFailures } from '@obb/core/audit'
import { PasskeyChallenges } from '@obb/core/sign-in'
import { Secret, TOTP } from 'otpauth'
import type { Browser } from '../testing/browser.js'
import { type Answer, Gateway } from '../testing/gateway.js'
import { PASSWORD, People, type Person } from '../testing/people.js'
import { type CeremonyOptions, SoftAuthenticator, type Unsound } from '../testing/soft-authenticator.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const HOST = 'portal.example.test'
const ORIGIN = `https://${HOST}`
/** As a reverse proxy tells the address that the browser has come by. */
const BY_NAME = { origin: ORIGIN, 'x-forwarded-host': HOST, 'x-forwarded-proto': 'https' }
const MINUTE_MS = 60_000
const NO_UV = 0x01

let gateway: Gateway
let people: People
beforeAll(async () => {
  gateway = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1' })
  people = new People(gateway)
})
afterAll(() => gateway.close())

const browser = (): Browser => people.browser(BY_NAME)

async function signedIn(): Promise<Person & { page: Browser }> {
  const person = await people.person()
  const page = browser()
  const answer = await page.call('POST', 'session', { email: person.email, password: PASSWORD })
  expect(answer.code).toBe(200)
  return { ...person, page }
}

const optionsOf = (answer: Answer): CeremonyOptions => {
  expect([answer.code, answer.body.msg]).toEqual([200, undefined])
  return answer.body.data as CeremonyOptions
}

const startAdding = async (page: Browser): Promise<CeremonyOptions> =>
  optionsOf(await page.call('POST', 'passkeys/options', { password: PASSWORD }))

async function add(page: Browser, device: SoftAuthenticator, name = 'Laptop') {
  const passkey = device.create(await startAdding(page))
  return successOf(await page.call('POST', 'passkeys', { name, passkey }), passkeyViewSchema)
}

const asked = async (page: Browser): Promise<CeremonyOptions> =>
  optionsOf(await page.call('POST', 'session/passkey/options'))

async function signIn(device: SoftAuthenticator, unsound: Unsound = {}, page = browser()): Promise<Answer> {
  const passkey = device.get(await asked(page), unsound)
  return page.call('POST', 'session/passkey', { passkey })
}

interface Owner extends Person {
  page: Browser
  device: SoftAuthenticator
  id: string
  passkeyId: string
}

/** Somebody with a passkey. */
async function owner(): Promise<Owner> {
  const person = await signedIn()
  const device = new SoftAuthenticator(ORIGIN)
  const { id: passkeyId } = await add(person.page, device)
  return { ...person, device, passkeyId }
}

const list = async (page: Browser) => successOf(await page.call('GET', 'passkeys'), passkeyListSchema)

async function entriesOf(who: string, action: string) {
  await gateway.app.get(AuthFailures).flush()
  return gateway.database.query<{ kind: string; outcome: string; changes: unknown }[]>(
    'SELECT kind, outcome, changes FROM audit_entry WHERE who = $1 AND action = $2 ORDER BY id',
    [who, action],
  )
}

describe('adding a passkey', () => {
  it('takes the password, and lists it by name', async () => {
    const { page, email } = await signedIn()
    const device = new SoftAuthenticator(ORIGIN)
    const added = await add(page, device, ' My phone ')
    expect(added).toMatchObject({ name: 'My phone', rpId: HOST, lastUsedAt: null })
    expect(await list(page)).toEqual([added])
    const session = successOf(await page.call('GET', 'session'), sessionSchema)
    expect(session.user?.passkeys).toBe(1)
    expect(session.signInWith).toEqual(['password', 'passkey'])
    expect(await entriesOf(email, 'POST /passkeys')).toEqual([
      { kind: 'change', outcome: 'ok', changes: { passkey: [null, 'My phone'] } },
    ])
    const found = await gateway.admin('GET', `/users?search=${email}`)
    expect(found.body.data.items.map((user: unknown) => userSchema.parse(user).passkeys)).toEqual([1])
  })

  it('is refused with a wrong password, without one, and for who is not signed in', async () => {
    const { page } = await signedIn()
    const wrong = { password: 'wrong password' }
    expectRefusal(await page.call('POST', 'passkeys/options', wrong), 'current_password_wrong')
    expectRefusal(await page.call('POST', 'passkeys/options', {}), 'request_invalid')
    for (const [method, path] of [
      ['GET', 'passkeys'],
      ['POST', 'passkeys/options'],
      ['POST', 'passkeys/confirmation'],
      ['POST', 'passkeys'],
      ['PATCH', 'passkeys/0192f3c4-0000-4000-8000-000000000000'],
      ['DELETE', 'passkeys/0192f3c4-0000-4000-8000-000000000000'],
    ] as const)
      expectRefusal(await browser().call(method, path, method === 'GET' ? undefined : {}), 'signed_out')
  })

  it('asks for a code of the second factor, where there is one', async () => {
    const { page } = await signedIn()
    const { secret } = (await page.call('POST', 'totp', { password: PASSWORD })).body.data as {
      secret: string
    }
    const codeNow = () => TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: gateway.clock.now() })
    expect((await page.call('POST', 'totp/confirm', { code: codeNow() })).code).toBe(200)
    gateway.clock.advance(MINUTE_MS)
    const start = (code?: string) =>
      page.call('POST', 'passkeys/options', { password: PASSWORD, ...(code !== undefined && { code }) })
    expectRefusal(await start(), 'second_factor_needed')
    optionsOf(await start(codeNow()))
  })

  it('goes by a passkey in place of the password, that of the same account', async () => {
    const { page, device } = await owner()
    const other = await owner()
    const confirm = async (by: SoftAuthenticator, where: Browser) => {
      const options = optionsOf(await where.call('POST', 'passkeys/confirmation'))
      return by.get({ ...options, allowCredentials: [] })
    }
    const theirs = await confirm(other.device, page)
    expectRefusal(await page.call('POST', 'passkeys/options', { passkey: theirs }), 'passkey_refused')
    const ofTheirSession = await confirm(device, other.page)
    expectRefusal(await page.call('POST', 'passkeys/options', { passkey: ofTheirSession }), 'passkey_refused')
    const forSignIn = device.get(await asked(page))
    expectRefusal(await page.call('POST', 'passkeys/options', { passkey: forSignIn }), 'passkey_refused')
    optionsOf(await page.call('POST', 'passkeys/options', { passkey: await confirm(device, page) }))
  })

  it.each<[string, Unsound]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['another port', { origin: `${ORIGIN}:8443` }],
    ['plain HTTP', { origin: `http://${HOST}` }],
    ['another server', { rpId: 'evil.example' }],
    ['an answer to another question', { type: 'webauthn.get' }],
    ['a device that has not looked at its owner', { flags: NO_UV }],
    ['a challenge that nobody gave', { challenge: Buffer.alloc(32, 7).toString('base64url') }],
  ])('refuses %s', async (_which, unsound) => {
    const { page } = await signedIn()
    const passkey = new SoftAuthenticator(ORIGIN).create(await startAdding(page), unsound)
    expectRefusal(await page.call('POST', 'passkeys', { name: 'x', passkey }), 'passkey_refused')
    expect(await list(page)).toEqual([])
  })

  it('takes an answer once, in time, and in the session that asked', async () => {
    const [one, other] = [await signedIn(), await signedIn()]
    const device = new SoftAuthenticator(ORIGIN)
    const passkey = device.create(await startAdding(one.page))
    expectRefusal(await other.page.call('POST', 'passkeys', { name: 'x', passkey }), 'passkey_refused')
    const post = () => one.page.call('POST', 'passkeys', { name: 'x', passkey })
    const codes = (await Promise.all([post(), post(), post()])).map(({ code }) => code)
    expect(codes.sort()).toEqual([200, 401, 401])
    expectRefusal(await post(), 'passkey_refused')
    const late = device.create(await startAdding(one.page))
    gateway.clock.advance(5 * MINUTE_MS)
    expectRefusal(await one.page.call('POST', 'passkeys', { name: 'x', passkey: late }), 'passkey_refused')
  })

  it('makes at most so many of an account, however many come at once', async () => {
    const { page, id } = await signedIn()
    const made = await Promise.all(
      [1, 2, 3].map(async () => new SoftAuthenticator(ORIGIN).create(await startAdding(page))),
    )
    await gateway.database.query(
      `INSERT INTO passkey (id, account_id, credential_id, rp_id, public_key, counter, transports, name, created_at)
       SELECT gen_random_uuid(), $1::uuid, decode(md5($1::uuid::text || n), 'hex'), $2, '', 0, '{}', 'old', now()
         FROM generate_series(1, $3::int) n`,
      [id, HOST, MAX_PASSKEYS - 1],
    )
    const codes = await Promise.all(
      made.map(async (passkey) => (await page.call('POST', 'passkeys', { name: 'new', passkey })).code),
    )
    expect(codes.sort()).toEqual([200, 400, 400])
    expect(await list(page)).toHaveLength(MAX_PASSKEYS)
    const full = await page.call('POST', 'passkeys/options', { password: PASSWORD })
    expectRefusal(full, 'request_invalid')
  })

  it('takes its challenge from the many that a network is given', async () => {
    const { page } = await signedIn()
    for (let n = 0; n < 60; n++) await asked(page)
    const start = await page.call('POST', 'passkeys/options', { password: PASSWORD })
    expectRefusal(start, 'rate_limited')
  })

  it('takes a credential once, whoever has it', async () => {
    const { page, device } = await owner()
    const credentialId = device.credentials[0]?.id ?? Buffer.of()
    const { page: theirs } = await signedIn()
    const passkey = new SoftAuthenticator(ORIGIN).create(await startAdding(theirs), { credentialId })
    expectRefusal(await theirs.call('POST', 'passkeys', { name: 'x', passkey }), 'conflict')
    const excluded = (await startAdding(page)).excludeCredentials?.map((each) => each.id)
    expect(excluded).toEqual([credentialId.toString('base64url')])
  })
})

describe('signing in by a passkey', () => {
  it('needs no e-mail, no password and no code, and makes a session like any other', async () => {
    const { device, email, page: first } = await owner()
    const page = browser()
    const answer = await signIn(device, {}, page)
    expect(successOf(answer, sessionSchema).user).toMatchObject({ email, passkeys: 1 })
    expect(page.setCookies[0]).toMatch(
      /^__Host-obb=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+; Secure$/,
    )
    expect((await page.call('GET', 'account')).code).toBe(200)
    const [used] = await list(page)
    expect(used?.lastUsedAt).toBe(new Date(gateway.clock.now()).toISOString())
    expect((await first.call('GET', 'sessions')).body.data).toHaveLength(2)
  })

  it('is asked for no code where a second factor is on', async () => {
    const { page, device, email } = await owner()
    const { secret } = (await page.call('POST', 'totp', { password: PASSWORD })).body.data as {
      secret: string
    }
    const code = TOTP.generate({ secret: Secret.fromBase32(secret), timestamp: gateway.clock.now() })
    expect((await page.call('POST', 'totp/confirm', { code })).code).toBe(200)
    expectRefusal(
      await browser().call('POST', 'session', { email, password: PASSWORD }),
      'second_factor_needed',
    )
    expect((await signIn(device)).code).toBe(200)
  })

  it.each<[string, Unsound]>([
    ['another origin', { origin: 'https://evil.example' }],
    ['another port', { origin: `${ORIGIN}:8443` }],
    ['plain HTTP', { origin: `http://${HOST}` }],
    ['another server', { rpId: 'evil.example' }],
    ['an answer to another question', { type: 'webauthn.create' }],
    ['a device that has not looked at its owner', { flags: NO_UV }],
    ['a device that does not tell whose it is', { userHandle: undefined }],
    ['a challenge that nobody gave', { challenge: Buffer.alloc(32, 7).toString('base64url') }],
  ])('refuses %s', async (_which, unsound) => {
    const { device } = await owner()
    const page = browser()
    expectRefusal(await signIn(device, unsound, page), 'passkey_refused')
    expect(page.cookies.size).toBe(0)
    expect((await signIn(device)).code).toBe(200)
  })

  it('takes an answer once, also where it comes several times at once', async () => {
    const { device } = await owner()
    const page = browser()
    const passkey = device.get(await asked(page))
    const post = () => browser().call('POST', 'session/passkey', { passkey })
    const codes = (await Promise.all([post(), post(), post()])).map(({ code }) => code)
    expect(codes.sort()).toEqual([200, 401, 401])
    expectRefusal(await post(), 'passkey_refused')
  })

  it('takes no answer again that was refused before', async () => {
    const { device } = await owner()
    const options = await asked(browser())
    const refused = device.get(options, { flags: NO_UV })
    expectRefusal(await browser().call('POST', 'session/passkey', { passkey: refused }), 'passkey_refused')
    const sound = device.get(options)
    expectRefusal(await browser().call('POST', 'session/passkey', { passkey: sound }), 'passkey_refused')
  })

  it('takes no answer after five minutes, nor one to a question of a session', async () => {
    const { device, page } = await owner()
    const passkey = device.get(await asked(page))
    gateway.clock.advance(5 * MINUTE_MS)
    expectRefusal(await browser().call('POST', 'session/passkey', { passkey }), 'passkey_refused')
    const confirmed = device.get(optionsOf(await page.call('POST', 'passkeys/confirmation')))
    expectRefusal(await page.call('POST', 'session/passkey', { passkey: confirmed }), 'passkey_refused')
  })

  it('refuses a counter that went back, or stands still', async () => {
    const { device } = await owner()
    expect((await signIn(device)).code).toBe(200)
    expect((await signIn(device)).code).toBe(200)
    for (const counter of [0, 1]) {
      device.counter = counter
      expectRefusal(await signIn(device), 'passkey_refused')
    }
    expect((await signIn(device)).code).toBe(200)
  })

  it("refuses somebody else's credential under one's own name, and one's own under theirs", async () => {
    const [one, other] = [await owner(), await owner()]
    const theirs = other.device.credentials[0]
    expectRefusal(await signIn(one.device, { userHandle: theirs?.userHandle }), 'passkey_refused')
    const passkey = one.device.get(await asked(browser())) as { id: string; rawId: string }
    const id = theirs?.id.toString('base64url') ?? ''
    const posed = { ...passkey, id, rawId: id }
    expectRefusal(await browser().call('POST', 'session/passkey', { passkey: posed }), 'passkey_refused')
  })

  it('refuses a passkey that was removed, and of accounts that are suspended or removed', async () => {
    const [one, other] = [await owner(), await owner()]
    const { page, passkeyId } = one
    expect((await page.call('DELETE', `passkeys/${passkeyId}`, { password: PASSWORD })).code).toBe(200)
    expectRefusal(await signIn(one.device), 'passkey_refused')
    await gateway.admin('POST', '/users/suspend', { email: other.email })
    expectRefusal(await signIn(other.device), 'account_suspended')
    await gateway.admin('DELETE', `/users?email=${encodeURIComponent(other.email)}`)
    expectRefusal(await signIn(other.device), 'passkey_refused')
    const left = await gateway.database.query('SELECT 1 FROM passkey WHERE account_id = $1', [other.id])
    expect(left).toEqual([])
  })

  it('has refused ones in the audit log, and stops guessing', async () => {
    const { device, email } = await owner()
    const page = browser()
    await signIn(device, { flags: NO_UV }, page)
    expect(await entriesOf(email, `POST ${PORTAL_API}/session/passkey`)).toEqual([
      { kind: 'auth_failure', outcome: 'passkey_refused', changes: null },
    ])
    for (let n = 0; n < 29; n++) await signIn(device, { flags: NO_UV }, page)
    expectRefusal(await signIn(device, {}, page), 'rate_limited')
    expect((await signIn(device)).code).toBe(200)
  })

  it('gives a network so many challenges, and forgets those that nobody answers', async () => {
    const page = browser()
    for (let n = 0; n < 60; n++) await asked(page)
    expectRefusal(await page.call('POST', 'session/passkey/options'), 'rate_limited')
    gateway.clock.advance(5 * MINUTE_MS)
    await gateway.app.get(PasskeyChallenges).forgetOld()
    expect(await gateway.database.query('SELECT 1 FROM passkey_challenge')).toEqual([])
  })
})

describe('a passkey that is there', () => {
  it('is renamed and removed by its owner alone, with a fresh confirmation', async () => {
    const [one, other] = [await owner(), await owner()]
    const path = `passkeys/${one.passkeyId}`
    expectRefusal(await other.page.call('PATCH', path, { name: 'mine' }), 'resource_unknown')
    expectRefusal(await other.page.call('DELETE', path, { password: PASSWORD }), 'resource_unknown')
    successOf(await one.page.call('PATCH', path, { name: 'Old phone' }), doneSchema)
    expect((await list(one.page)).map(({ name }) => name)).toEqual(['Old phone'])
    expect(await entriesOf(one.email, 'PATCH /passkeys/:id')).toEqual([
      { kind: 'change', outcome: 'ok', changes: { passkey: ['Laptop', 'Old phone'] } },
    ])
    expect(await entriesOf(other.email, 'PATCH /passkeys/:id')).toEqual([])
    expectRefusal(await one.page.call('DELETE', path, {}), 'request_invalid')
    expectRefusal(
      await one.page.call('DELETE', path, { password: 'wrong password' }),
      'current_password_wrong',
    )
    const passkey = one.device.get(optionsOf(await one.page.call('POST', 'passkeys/confirmation')))
    successOf(await one.page.call('DELETE', path, { passkey }), doneSchema)
    expect(await list(one.page)).toEqual([])
    expect(await entriesOf(one.email, 'DELETE /passkeys/:id')).toEqual([
      { kind: 'change', outcome: 'ok', changes: { passkey: ['Old phone', null] } },
    ])
  })

  it('stays where nothing else lets its owner sign in', async () => {
    const { page, device, id, passkeyId } = await owner()
    const confirmed = async () => ({
      passkey: device.get(optionsOf(await page.call('POST', 'passkeys/confirmation'))),
    })
    await add(page, new SoftAuthenticator(ORIGIN), 'Second')
    await gateway.database.query('UPDATE sign_in SET password_hash = NULL WHERE account_id = $1', [id])
    const second = (await list(page)).find(({ name }) => name === 'Second')
    successOf(await page.call('DELETE', `passkeys/${second?.id}`, await confirmed()), doneSchema)
    expectRefusal(await page.call('DELETE', `passkeys/${passkeyId}`, await confirmed()), 'last_sign_in_way')
    expect(await list(page)).toHaveLength(1)
    expect((await signIn(device)).code).toBe(200)
  })

  it('outlives another password and the link of an operator, unless the operator ends it', async () => {
    const { device, email, page } = await owner()
    const reset = async (more: object) => {
      const answer = await gateway.admin('POST', '/users/reset', { email, ...more })
      return successOf(answer, userResetSchema)
    }
    const { token } = await reset({})
    expect((await browser().call('POST', 'reset', { token, password: PASSWORD })).code).toBe(200)
    expect((await signIn(device)).code).toBe(200)
    await reset({ endPasskeys: true })
    expectRefusal(await signIn(device), 'passkey_refused')
    expectRefusal(await page.call('GET', 'account'), 'signed_out')
  })

  it('ends with set-up, whose code takes the account over', async () => {
    const SETUP_CODE = 'ABCD-EFGH-JKMN'
    const fresh = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1', SETUP_CODE })
    try {
      const theirs = new People(fresh)
      const { email } = await theirs.person()
      const page = theirs.browser(BY_NAME)
      await page.call('POST', 'session', { email, password: PASSWORD })
      await add(page, new SoftAuthenticator(ORIGIN))
      const body = { code: SETUP_CODE, email, password: 'another long password' }
      const answer = await theirs.browser(BY_NAME).call('POST', 'set-up', body)
      expect(successOf(answer, sessionSchema).user).toMatchObject({ email, role: 'operator', passkeys: 0 })
    } finally {
      await fresh.close()
    }
  })
})

describe('the address of the server', () => {
  const LOCAL = (port: number) => ({
    origin: `http://localhost:${port}`,
    'x-forwarded-host': `localhost:${port}`,
  })

  it('is localhost, or a name over HTTPS, and is told where it is neither', async () => {
    const { email } = await people.person()
    for (const [headers, works] of [
      [BY_NAME, true],
      [LOCAL(gateway.port), true],
      [{}, false],
      [{ origin: 'http://nas.test', 'x-forwarded-host': 'nas.test' }, false],
      [{ origin: 'https://192.0.2.1', 'x-forwarded-host': '192.0.2.1', 'x-forwarded-proto': 'https' }, false],
      [
        {
          origin: 'https://[2001:db8::1]',
          'x-forwarded-host': '[2001:db8::1]',
          'x-forwarded-proto': 'https',
        },
        false,
      ],
    ] as const) {
      const page = people.browser(headers)
      const session = successOf(
        await page.call('POST', 'session', { email, password: PASSWORD }),
        sessionSchema,
      )
      expect([headers, session.signInWith.includes('passkey')]).toEqual([headers, works])
      const answer = await page.call('POST', 'session/passkey/options')
      if (works) optionsOf(answer)
      else expectRefusal(answer, 'passkey_unavailable')
    }
  })

  it('is PUBLIC_API_URL where that is set, whatever a request says', async () => {
    const server = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1', PUBLIC_API_URL: ORIGIN })
    try {
      const theirs = new People(server)
      const { email } = await theirs.person()
      const page = theirs.browser({ origin: ORIGIN })
      await page.call('POST', 'session', { email, password: PASSWORD })
      const device = new SoftAuthenticator(ORIGIN)
      await add(page, device)
      const elsewhere = {
        origin: 'https://other.test',
        'x-forwarded-host': 'other.test',
        'x-forwarded-proto': 'https',
      }
      const failure = expectRefusal(
        await theirs.browser(elsewhere).call('POST', 'session/passkey/options'),
        'passkey_unavailable',
      )
      expect(failure.details).toEqual([`Passkeys work at ${ORIGIN}.`])
      const options = await asked(page)
      expect(options.rpId).toBe(HOST)
      const forged = device.get(options, { origin: 'https://other.test' })
      expectRefusal(await page.call('POST', 'session/passkey', { passkey: forged }), 'passkey_refused')
      expect((await signIn(device, {}, theirs.browser({ origin: ORIGIN }))).code).toBe(200)
    } finally {
      await server.close()
    }
  })

  it('keeps passkeys apart: one of another name of this server is not taken', async () => {
    const { device } = await owner()
    const page = people.browser(LOCAL(gateway.port))
    const options = await asked(page)
    expect(options.rpId).toBe('localhost')
    const passkey = device.get(options, { origin: `http://localhost:${gateway.port}` })
    expectRefusal(await page.call('POST', 'session/passkey', { passkey }), 'passkey_refused')
  })
})
