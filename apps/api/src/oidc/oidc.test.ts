import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  doneSchema,
  linkedIdentitySchema,
  oidcStartedSchema,
  sessionSchema,
  totpStartedSchema,
  userResetSchema,
  userSchema,
} from '@obb/contracts'
import { AuthFailures } from '@obb/core/audit'
import { Accounts } from '@obb/core/accounts'
import { Invitations, LinkedIdentities, SignIns } from '@obb/core/sign-in'
import { Secret, TOTP } from 'otpauth'
import { Passwords } from '../sign-in/passwords.js'
import type { Browser } from '../testing/browser.js'
import { Gateway } from '../testing/gateway.js'
import { type Claims, OpenIdProvider } from '../testing/openid-provider.js'
import { PASSWORD, People, type Person } from '../testing/people.js'
import { type CeremonyOptions, SoftAuthenticator } from '../testing/soft-authenticator.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const CALLBACK = /^\/api\/portal\/v1\/oidc\/callback/
const HOUR_MS = 3_600_000

let provider: OpenIdProvider
let users = 0
/** Somebody at the provider, who has been there never before. */
const somebody = (more: Partial<Claims> = {}): Claims => {
  const n = ++users
  return { sub: `sub-${n}`, email: `Somebody${n}@example.test`, email_verified: true, ...more }
}
const emailOf = ({ email = '' }: Claims): string => email.toLowerCase()

beforeAll(async () => {
  provider = await OpenIdProvider.start()
})
afterAll(() => provider.close())
beforeEach(() => {
  provider.user = undefined
  provider.instead = undefined
})

/** A gateway whose OIDC settings differ so, and who uses it. */
function gatewayWith(env: Record<string, string> = {}) {
  const at = {} as { gateway: Gateway; people: People }
  beforeAll(async () => {
    at.gateway = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1', ...provider.settings, ...env })
    at.people = new People(at.gateway)
  })
  beforeEach(() => provider.register(`http://127.0.0.1:${at.gateway.port}`))
  afterAll(() => at.gateway.close())
  return at
}

/** Where the provider is asked: what a page is told. */
async function begin(page: Browser, body: object = {}, path = 'oidc'): Promise<string> {
  return successOf(await page.call('POST', path, body), oidcStartedSchema).url
}

/** Where a browser is sent that comes back by `url`. */
async function comeBack(page: Browser, url: string): Promise<string> {
  const { pathname, search } = new URL(url)
  expect(pathname).toMatch(CALLBACK)
  const answer = await page.call('GET', `oidc/callback${search}`)
  expect(answer.code).toBe(303)
  return answer.headers.get('location') ?? ''
}

/** All of it: where the browser is in the end. */
async function signIn(page: Browser, claims: Claims, body: object = {}, path = 'oidc'): Promise<string> {
  provider.user = claims
  return comeBack(page, await provider.visit(await begin(page, body, path)))
}

const whoIs = async (page: Browser) => successOf(await page.call('GET', 'session'), sessionSchema).user

describe('sign-in at an OpenID provider', () => {
  const at = gatewayWith()
  /** An account that nobody has a password of, as operators make them. */
  const invitedByHand = (claims: Claims) =>
    at.gateway.app.get(Accounts).create({ email: emailOf(claims), traffic: 1000 })

  it('is offered by its name', async () => {
    const session = successOf(await at.people.browser().call('GET', 'session'), sessionSchema)
    expect(session).toMatchObject({ signInWith: ['password', 'oidc'], oidcName: 'Example ID' })
  })

  it('signs in to the account of a verified e-mail that nobody can have otherwise, and shows the page wanted', async () => {
    const [claims, page] = [somebody(), at.people.browser()]
    await invitedByHand(claims)
    expect(await signIn(page, claims, { returnTo: '/files?state=done' })).toBe('/files?state=done')
    expect(await whoIs(page)).toMatchObject({ email: emailOf(claims), role: 'user' })
    const names = [...page.cookies.keys()]
    expect(names).toEqual(['obb'])
  })

  it('knows who came before by the provider, whatever has become of the e-mail', async () => {
    const claims = somebody()
    await invitedByHand(claims)
    await signIn(at.people.browser(), claims)
    const page = at.people.browser()
    expect(await signIn(page, { ...claims, email: 'another@example.test', email_verified: false })).toBe('/')
    expect(await whoIs(page)).toMatchObject({ email: emailOf(claims) })
  })

  it('begins a new session, and ends that which the browser had', async () => {
    const { page } = await at.people.signedIn()
    const before = page.cookies.get('obb')
    const claims = somebody()
    await invitedByHand(claims)
    await signIn(page, claims)
    expect(page.cookies.get('obb')).not.toBe(before)
    const old = at.people.browser()
    old.cookies.set('obb', before ?? '')
    expect(await whoIs(old)).toBeNull()
  })

  it('takes no account over that somebody has a password of, verified or not', async () => {
    const person = await at.people.person()
    for (const email_verified of [true, false]) {
      const page = at.people.browser()
      const expected = email_verified ? 'oidc_link_needed' : 'oidc_email_unverified'
      expect(await signIn(page, somebody({ email: person.email, email_verified }))).toBe(
        `/signin?error=${expected}`,
      )
      expect(await whoIs(page)).toBeNull()
    }
    const [row] = await at.gateway.database.query(
      'SELECT count(*)::int AS n FROM linked_identity WHERE account_id = $1',
      [person.id],
    )
    expect(row).toEqual({ n: 0 })
  })

  it('takes no account over that somebody signs in to by a passkey alone', async () => {
    const person = await at.people.person()
    const { database } = at.gateway
    await database.query(
      `INSERT INTO passkey (id, account_id, credential_id, rp_id, public_key, counter, transports, name, created_at)
       VALUES (gen_random_uuid(), $1, 'credential', 'localhost', 'key', 0, '{}', 'mine', now())`,
      [person.id],
    )
    await database.query('UPDATE sign_in SET password_hash = NULL WHERE account_id = $1', [person.id])
    const claims = somebody({ email: person.email })
    expect(await signIn(at.people.browser(), claims)).toBe('/signin?error=oidc_link_needed')
  })

  it('takes no account over by an e-mail that the provider does not vouch for', async () => {
    const claims = somebody({ email_verified: false })
    await invitedByHand(claims)
    const page = at.people.browser()
    expect(await signIn(page, claims)).toBe('/signin?error=oidc_email_unverified')
    expect(await whoIs(page)).toBeNull()
  })

  it('makes no account unless it is told to', async () => {
    expect(await signIn(at.people.browser(), somebody())).toBe('/signin?error=oidc_account_unknown')
  })

  it('does not let in who is suspended, linked before or not', async () => {
    const claims = somebody()
    await invitedByHand(claims)
    const accounts = at.gateway.app.get(Accounts)
    await accounts.setState(emailOf(claims), 'suspended')
    expect(await signIn(at.people.browser(), claims)).toBe('/signin?error=account_suspended')
    await accounts.setState(emailOf(claims), 'active')
    expect(await signIn(at.people.browser(), claims)).toBe('/')
    await accounts.setState(emailOf(claims), 'suspended')
    expect(await signIn(at.people.browser(), claims)).toBe('/signin?error=account_suspended')
  })

  it('forgets the identity of an account that is removed', async () => {
    const claims = somebody()
    await invitedByHand(claims)
    await signIn(at.people.browser(), claims)
    await at.gateway.app.get(Accounts).remove(emailOf(claims))
    expect(await signIn(at.people.browser(), claims)).toBe('/signin?error=oidc_account_unknown')
  })

  describe('the way back', () => {
    /** Somebody who may sign in, and their browser as it comes back. */
    const onTheWay = async () => {
      const [claims, page] = [somebody(), at.people.browser()]
      await invitedByHand(claims)
      provider.user = claims
      return { page, url: await provider.visit(await begin(page)) }
    }

    it('is good once', async () => {
      const { page, url } = await onTheWay()
      const cookies = new Map(page.cookies)
      expect(await comeBack(page, url)).toBe('/')
      await page.call('DELETE', 'session')
      for (const [name, value] of cookies) page.cookies.set(name, value)
      expect(await comeBack(page, url)).toBe('/signin?error=oidc_attempt_unknown')
      expect(await whoIs(page)).toBeNull()
    })

    it('is good in no other browser, and none but it ends it', async () => {
      const { page, url } = await onTheWay()
      const other = at.people.browser()
      expect(await comeBack(other, url)).toBe('/signin?error=oidc_attempt_unknown')
      await begin(other)
      expect(await comeBack(other, url)).toBe('/signin?error=oidc_attempt_unknown')
      expect(await whoIs(other)).toBeNull()
      expect(await comeBack(page, url)).toBe('/')
    })

    it('has the state that it began with, and another one does not end it', async () => {
      const { page, url } = await onTheWay()
      for (const state of ['', 'x'.repeat(43)]) {
        const wrong = new URL(url)
        wrong.searchParams.set('state', state)
        expect(await comeBack(page, wrong.href)).toBe('/signin?error=oidc_attempt_unknown')
      }
      expect(await comeBack(page, url)).toBe('/')
    })

    it('has an ID token with the nonce that it began with', async () => {
      const [claims, page] = [somebody(), at.people.browser()]
      await invitedByHand(claims)
      provider.user = claims
      const url = new URL(await begin(page))
      url.searchParams.set('nonce', 'n'.repeat(43))
      expect(await comeBack(page, await provider.visit(url.href))).toBe('/signin?error=oidc_refused')
      expect(await whoIs(page)).toBeNull()
    })

    it('has a code that nobody else redeems', async () => {
      const [claims, page] = [somebody(), at.people.browser()]
      await invitedByHand(claims)
      provider.user = claims
      const url = new URL(await begin(page))
      expect(url.searchParams.get('code_challenge_method')).toBe('S256')
      url.searchParams.set('code_challenge', 'c'.repeat(43))
      expect(await comeBack(page, await provider.visit(url.href))).toBe('/signin?error=oidc_refused')
    })

    it('is open for ten minutes', async () => {
      const { page, url } = await onTheWay()
      at.gateway.clock.advance(10 * 60_000)
      expect(await comeBack(page, url)).toBe('/signin?error=oidc_attempt_unknown')
    })

    it('tells who said no there so, and has it in the audit log', async () => {
      const page = at.people.browser()
      const url = await provider.visit(await begin(page))
      expect(await comeBack(page, url)).toBe('/signin?error=oidc_refused')
      await at.gateway.app.get(AuthFailures).flush()
      const [row] = await at.gateway.database.query(
        `SELECT who, outcome, action FROM audit_entry WHERE address = $1 AND kind = 'auth_failure'`,
        [page.headers['x-forwarded-for']],
      )
      expect(row).toEqual({
        who: 'OpenID',
        outcome: 'oidc_refused',
        action: 'GET /api/portal/v1/oidc/callback',
      })
    })

    it('leads to pages of this server alone', async () => {
      const page = at.people.browser()
      for (const returnTo of [
        ...['https://evil.example/', '//evil.example', '/\\evil.example', 'evil', '', 'javascript:alert(1)'],
        ...['/\t/evil.example', '/\n/evil.example', ' /', '/a\\b', '/ä'],
      ])
        expectRefusal(await page.call('POST', 'oidc', { returnTo }), 'request_invalid')
    })
  })

  it('is begun by pages of this server alone, and not without end', async () => {
    const page = at.people.browser()
    expectRefusal(await page.call('POST', 'oidc', {}, { origin: 'https://evil.example' }), 'origin_foreign')
    const codes = new Set<number>()
    for (let n = 0; n < 31; n++) codes.add((await page.call('POST', 'oidc', {})).code)
    expect([...codes]).toEqual([200, 429])
  })

  it('keeps no network from signing in by what other pages have its browsers ask for', async () => {
    const { email } = await at.people.person()
    const page = at.people.browser()
    const cross = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' }
    for (let n = 0; n < 31; n++) {
      await page.call('POST', 'oidc', {})
      await page.call('GET', `oidc/callback?state=${n}`, undefined, cross)
    }
    expect((await page.call('POST', 'session', { email, password: PASSWORD })).code).toBe(200)
  })

  it('fills no audit log with those whom it does not let in', async () => {
    const { email } = await at.people.person()
    const changes = () => at.gateway.database.query(`SELECT 1 FROM audit_entry WHERE kind = 'change'`)
    const before = await changes()
    for (let n = 0; n < 3; n++)
      expect(await signIn(at.people.browser(), somebody({ email }))).toBe('/signin?error=oidc_link_needed')
    expect(await changes()).toEqual(before)
  })

  it('writes neither codes nor tokens into the log', async () => {
    const claims = somebody()
    await invitedByHand(claims)
    at.gateway.takeLog()
    const page = at.people.browser()
    provider.user = claims
    const url = new URL(await provider.visit(await begin(page)))
    await comeBack(page, url.href)
    await comeBack(page, url.href)
    const log = at.gateway.takeLog().join('\n')
    const secrets = [provider.clientSecret, url.searchParams.get('code'), url.searchParams.get('state')]
    for (const secret of secrets) expect(log).not.toContain(secret)
  })

  describe('a linked identity', () => {
    const view = async (page: Browser) => successOf(await page.call('GET', 'oidc/link'), linkedIdentitySchema)

    it('is linked by who knows the password, lets in, and is unlinked again', async () => {
      const { page, email } = await at.people.signedIn()
      expect(await view(page)).toEqual({ linked: null, isOnlyWay: false })
      expectRefusal(await page.call('POST', 'oidc/link', {}), 'current_password_wrong')
      const claims = somebody({ email_verified: false })
      const done = await signIn(page, claims, { password: PASSWORD }, 'oidc/link')
      expect(done).toBe('/profile?tab=password')
      expect((await view(page)).linked).toMatchObject({ email: emailOf(claims) })
      expect(await at.gateway.lastChange()).toMatchObject({
        who: email,
        action: 'GET /oidc/callback',
        target: email,
      })
      const other = at.people.browser()
      expect(await signIn(other, claims)).toBe('/')
      expect(await whoIs(other)).toMatchObject({ email })
      expectRefusal(await page.call('DELETE', 'oidc/link', {}), 'current_password_wrong')
      expect((await page.call('DELETE', 'oidc/link', { password: PASSWORD })).code).toBe(200)
      expect(await signIn(at.people.browser(), claims)).toBe('/signin?error=oidc_email_unverified')
    })

    it('is that of one account', async () => {
      const [one, two] = [await at.people.signedIn(), await at.people.signedIn()]
      const claims = somebody()
      await signIn(one.page, claims, { password: PASSWORD }, 'oidc/link')
      expect(await signIn(two.page, claims, { password: PASSWORD }, 'oidc/link')).toBe(
        '/profile?tab=password&error=oidc_linked_elsewhere',
      )
      expect((await view(two.page)).linked).toBeNull()
    })

    it('is linked to nobody but who began it and is signed in still', async () => {
      const { page } = await at.people.signedIn()
      provider.user = somebody()
      const url = await provider.visit(await begin(page, { password: PASSWORD }, 'oidc/link'))
      await page.call('DELETE', 'session')
      expect(await comeBack(page, url)).toBe('/profile?tab=password&error=signed_out')
    })

    it('stays where nothing else lets one sign in', async () => {
      const [claims, page] = [somebody(), at.people.browser()]
      const { id } = await invitedByHand(claims)
      await signIn(page, claims)
      expect(await view(page)).toMatchObject({ linked: { email: emailOf(claims) }, isOnlyWay: true })
      expectRefusal(await page.call('DELETE', 'oidc/link', {}), 'last_sign_in_way')
      const hash = await at.gateway.app.get(Passwords).hash(PASSWORD)
      await at.gateway.app.get(SignIns).setPassword(id, hash)
      expect((await page.call('DELETE', 'oidc/link', { password: PASSWORD })).code).toBe(200)
    })

    it('is linked and unlinked by who shows the second factor too, where there is one', async () => {
      const { page } = await at.people.signedIn()
      const { secret } = successOf(await page.call('POST', 'totp', { password: PASSWORD }), totpStartedSchema)
      const code = () => {
        at.gateway.clock.advance(60_000)
        const timestamp = at.gateway.clock.now()
        return TOTP.generate({ secret: Secret.fromBase32(secret), timestamp })
      }
      expect((await page.call('POST', 'totp/confirm', { code: code() })).code).toBe(200)
      expectRefusal(await page.call('POST', 'oidc/link', { password: PASSWORD }), 'second_factor_needed')
      const shown = { password: PASSWORD, code: code() }
      expect(await signIn(page, somebody(), shown, 'oidc/link')).toBe('/profile?tab=password')
      expectRefusal(await page.call('DELETE', 'oidc/link', { password: PASSWORD }), 'second_factor_needed')
      const wrong = { password: PASSWORD, code: '000000' }
      expectRefusal(await page.call('DELETE', 'oidc/link', wrong), 'second_factor_wrong')
      expect((await view(page)).linked).not.toBeNull()
      successOf(await page.call('DELETE', 'oidc/link', { password: PASSWORD, code: code() }), doneSchema)
    })

    /** Somebody with a passkey, in a browser that has come by a name that passkeys work at. */
    const withPasskey = async (): Promise<
      Person & { page: Browser; device: SoftAuthenticator; id: string }
    > => {
      const host = `localhost:${at.gateway.port}`
      const person = await at.people.person()
      const page = at.people.browser({ origin: `http://${host}`, 'x-forwarded-host': host })
      await page.call('POST', 'session', { email: person.email, password: PASSWORD })
      const device = new SoftAuthenticator(`http://${host}`)
      const options = await page.call('POST', 'passkeys/options', { password: PASSWORD })
      const passkey = device.create(options.body.data as CeremonyOptions)
      expect((await page.call('POST', 'passkeys', { name: 'phone', passkey })).code).toBe(200)
      return { ...person, page, device }
    }
    const signed = async (page: Browser, device: SoftAuthenticator) => {
      const asked = await page.call('POST', 'passkeys/confirmation')
      return { passkey: device.get(asked.body.data as CeremonyOptions) }
    }
    const linkTo = async (accountId: string) => {
      const { email = null, sub: subject } = somebody()
      const identity = { issuer: provider.issuer, subject, email }
      const { gateway } = at
      expect(
        await gateway.app.get(LinkedIdentities).link(accountId, identity, gateway.database.manager),
      ).toBe(true)
    }
    const forgetPassword = (accountId: string) =>
      at.gateway.database.query('UPDATE sign_in SET password_hash = NULL WHERE account_id = $1', [accountId])

    it('is unlinked by a passkey, of who has no password too, and not without', async () => {
      const { page, device, id } = await withPasskey()
      await linkTo(id)
      await forgetPassword(id)
      expect(await view(page)).toMatchObject({ isOnlyWay: false })
      for (const body of [{}, { password: '' }])
        expectRefusal(await page.call('DELETE', 'oidc/link', body), 'current_password_wrong')
      expectRefusal(await page.call('POST', 'oidc/link', {}), 'current_password_wrong')
      successOf(await page.call('DELETE', 'oidc/link', await signed(page, device)), doneSchema)
      expect((await view(page)).linked).toBeNull()
    })

    it('and a passkey do not both go where there is no password, also where both do at once', async () => {
      const { page, device, id } = await withPasskey()
      await linkTo(id)
      await forgetPassword(id)
      const [passkey] = (await page.call('GET', 'passkeys')).body.data as { id: string }[]
      const shown = [await signed(page, device), await signed(page, device)]
      const answers = await Promise.all([
        page.call('DELETE', 'oidc/link', shown[0]),
        page.call('DELETE', `passkeys/${passkey?.id}`, shown[1]),
      ])
      expect(answers.map(({ code }) => code).filter((code) => code === 200)).toHaveLength(1)
      const [left] = await at.gateway.database.query<{ ways: number }[]>(
        `SELECT (SELECT count(*) FROM passkey WHERE account_id = $1)::int
              + (SELECT count(*) FROM linked_identity WHERE account_id = $1)::int AS ways`,
        [id],
      )
      expect(left?.ways).toBe(1)
    })

    it('is told to operators, who end it with all passkeys and sessions, which the audit log tells', async () => {
      const { page, email, id } = await withPasskey()
      await linkTo(id)
      const user = async () => {
        const found = await at.gateway.admin('GET', `/users?search=${email}`)
        return found.body.data.items.map((each: unknown) => userSchema.parse(each))
      }
      expect(await user()).toMatchObject([{ passkeys: 1, identities: 1 }])
      const ended = await at.gateway.admin('POST', '/users/reset', { email, endPasskeys: true })
      successOf(ended, userResetSchema)
      expect(await at.gateway.lastChange()).toMatchObject({
        target: email,
        changes: { passkeys: [1, 0], identities: [1, 0] },
      })
      expect(await user()).toMatchObject([{ passkeys: 0, identities: 0 }])
      expectRefusal(await page.call('GET', 'oidc/link'), 'signed_out')
    })

    it('is nothing to who is not signed in', async () => {
      for (const [method, body] of [
        ['GET', undefined],
        ['POST', {}],
        ['DELETE', {}],
      ] as const)
        expectRefusal(await at.people.browser().call(method, 'oidc/link', body), 'signed_out')
    })
  })

  describe('a provider that is away', () => {
    const at = gatewayWith({ OIDC_SIGN_UP: 'anyone' })
    const doctor = async () => (await at.gateway.admin('GET', '/doctor')).body.data.oidc

    it('is told so, stops nothing else, and is asked again', async () => {
      provider.instead = (_request, response) => void response.destroy()
      const page = at.people.browser()
      expectRefusal(await page.call('POST', 'oidc', {}), 'oidc_unavailable')
      expect(await doctor()).toMatchObject({
        issuer: provider.issuer,
        fault: expect.stringContaining('fetch failed'),
      })
      await at.people.signedIn()
      provider.instead = (_request, response) => void response.writeHead(502).end('<html>')
      expectRefusal(await page.call('POST', 'oidc', {}), 'oidc_unavailable')
      provider.instead = undefined
      expect(await signIn(page, somebody())).toBe('/')
      expect(await doctor()).toEqual({ issuer: provider.issuer, fault: null })
    })

    it('is told so to who comes back, too', async () => {
      const page = at.people.browser()
      provider.user = somebody()
      const url = await provider.visit(await begin(page))
      provider.instead = (_request, response) => void response.writeHead(503).end()
      expect(await comeBack(page, url)).toBe('/signin?error=oidc_unavailable')
    })

    it('does not fill the gateway with what it says', async () => {
      const page = at.people.browser()
      provider.user = somebody()
      const url = await provider.visit(await begin(page))
      provider.instead = (_request, response) => {
        response.writeHead(200, { 'content-type': 'application/json' })
        response.write(`{"x":"${'x'.repeat(2 * 1024 * 1024)}`)
      }
      expect(await comeBack(page, url)).toBe('/signin?error=oidc_unavailable')
    })
  })
})

describe('sign-up at an OpenID provider', () => {
  describe('for anyone', () => {
    const at = gatewayWith({ OIDC_SIGN_UP: 'anyone', OIDC_OPERATOR_CLAIM: 'groups=obb-operators' })

    it('makes an account without traffic for a verified e-mail, and has it in the audit log', async () => {
      const [claims, page] = [somebody(), at.people.browser()]
      expect(await signIn(page, claims)).toBe('/')
      expect(await whoIs(page)).toMatchObject({ email: emailOf(claims), role: 'user' })
      expect((await page.call('GET', 'account')).body.data.trafficleft).toBe(0)
      expect(await at.gateway.lastChange()).toMatchObject({
        who: `OpenID ${emailOf(claims)}`,
        target: emailOf(claims),
      })
    })

    it('makes none for another e-mail', async () => {
      for (const claims of [somebody({ email_verified: false }), { sub: 'no-mail' }])
        expect(await signIn(at.people.browser(), claims)).toBe('/signin?error=oidc_email_unverified')
    })

    it('makes those operators whose claim says so, those of before too', async () => {
      const [claims, page] = [somebody({ groups: ['family'] }), at.people.browser()]
      await signIn(page, claims)
      expect((await whoIs(page))?.role).toBe('user')
      await signIn(page, { ...claims, groups: ['family', 'obb-operators'] })
      expect((await whoIs(page))?.role).toBe('operator')
      expect((await page.call('GET', 'admin/users')).code).toBe(200)
      await signIn(page, { ...claims, groups: ['obb-operators-not'] })
      expect((await whoIs(page))?.role).toBe('operator')
    })
  })

  describe('by invitation', () => {
    const at = gatewayWith({ OIDC_SIGN_UP: 'invitation' })
    const invite = async (email: string | null = null) => {
      const invited = { email, role: 'user', traffic: 4711, dailyPerHost: null } as const
      return (await at.gateway.app.get(Invitations).add(invited, HOUR_MS)).token
    }

    it('makes the account of the invitation, which is used up', async () => {
      const [token, claims, page] = [await invite(), somebody(), at.people.browser()]
      expect(await signIn(page, claims, { invitation: token })).toBe('/')
      expect((await page.call('GET', 'account')).body.data.trafficleft).toBe(4711)
      expectRefusal(
        await at.people.browser().call('POST', 'oidc', { invitation: token }),
        'link_token_invalid',
      )
    })

    it('makes none without, for another e-mail, or by one that was used meanwhile', async () => {
      expect(await signIn(at.people.browser(), somebody())).toBe('/signin?error=oidc_account_unknown')
      const token = await invite('for@example.test')
      expect(await signIn(at.people.browser(), somebody(), { invitation: token })).toBe(
        '/signin?error=oidc_account_unknown',
      )
      const page = at.people.browser()
      provider.user = somebody()
      const url = await provider.visit(await begin(page, { invitation: token }))
      await at.gateway.database.query('DELETE FROM invitation')
      expect(await comeBack(page, url)).toBe('/signin?error=oidc_attempt_unknown')
    })
  })
})

describe('without an OpenID provider', () => {
  it('there is no such sign-in', async () => {
    const gateway = await Gateway.start()
    try {
      const page = new People(gateway).browser()
      const session = successOf(await page.call('GET', 'session'), sessionSchema)
      expect(session).toMatchObject({ signInWith: ['password'], oidcName: null })
      expectRefusal(await page.call('POST', 'oidc', {}), 'resource_unknown')
    } finally {
      await gateway.close()
    }
  })
})
