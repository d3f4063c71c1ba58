import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  API_KEY_PATTERN,
  fileRemovedSchema,
  fileViewSchema,
  hostAccountSavedSchema,
  hostAccountSchema,
  hostViewSchema,
  hostWordsSchema,
  keyRotatedSchema,
  ledgerSchema,
  pageSchema,
  removedSchema,
  userCreatedSchema,
  userRemovedSchema,
  userSchema,
} from '@obb/contracts'
import { Accounts } from '@obb/core/accounts'
import { HostBreaker, HostWords } from '@obb/core/health'
import { HostError } from '@obb/host-adapters'
import { z } from 'zod'
import { ADMIN_TOKEN, Gateway } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const NOBODY = '00000000-0000-4000-8000-000000000000'
const SECRET = 'operators-secret-password'

let gateway: Gateway
let users = 0

beforeAll(async () => {
  gateway = await Gateway.start()
})
afterAll(() => gateway.close())

const admin = (method: string, path: string, body?: unknown) => gateway.admin(method, path, body)
async function add(fields: object = {}): Promise<z.infer<typeof userCreatedSchema>> {
  const answer = await admin('POST', '/users', { email: `someone${++users}@example.test`, ...fields })
  return successOf(answer, userCreatedSchema)
}

describe('the admin API', () => {
  const ROUTES: [string, string][] = [
    ['POST', '/users'],
    ['GET', '/users'],
    ['POST', '/users/suspend'],
    ['POST', '/users/resume'],
    ['POST', '/users/grant'],
    ['PATCH', '/users'],
    ['POST', '/users/adjust'],
    ['POST', '/keys/rotate'],
    ['POST', '/keys/set'],
    ['GET', '/ledger?email=a@example.test'],
    ['POST', '/accounts'],
    ['GET', '/accounts'],
    ['PATCH', `/accounts/${NOBODY}`],
    ['DELETE', `/accounts/${NOBODY}`],
    ['DELETE', '/users?email=a@b.test'],
    ['DELETE', `/files/${NOBODY}`],
    ['POST', `/accounts/${NOBODY}/enable`],
    ['POST', `/accounts/${NOBODY}/disable`],
    ['POST', `/accounts/${NOBODY}/check`],
    ['GET', '/hosts'],
    ['GET', '/hosts/RapidGator'],
    ['PATCH', '/hosts/RapidGator'],
    ['GET', '/files'],
    ['PATCH', '/files/00000000-0000-4000-8000-000000000000'],
    ['POST', '/blocks'],
    ['GET', '/blocks'],
    ['DELETE', `/blocks/${NOBODY}`],
    ['POST', '/secrets/reseal'],
    ['POST', '/files/sweeps'],
    ['GET', '/files/sweeps/00000000-0000-4000-8000-000000000000'],
    ['GET', '/store'],
    ['POST', '/store/adopt'],
    ['POST', '/store/test'],
    ['GET', '/set-up'],
    ['PATCH', '/set-up'],
    ['GET', '/audit'],
    ['GET', '/doctor'],
    ['GET', '/queue'],
    ['GET', '/fetchers'],
  ]
  it.each(ROUTES)(
    '401 with 1 for %s %s without the token, with a wrong one, and with a user key',
    async (...route) => {
      const [method, path] = route
      gateway.clock.advance(60_000) // beyond twenty wrong ones a minute
      const { apiKey } = await gateway.user()
      const body = method === 'GET' ? undefined : {}
      for (const token of ['', 'x', `${ADMIN_TOKEN}x`, ADMIN_TOKEN.toUpperCase(), apiKey]) {
        expectRefusal(await gateway.admin(method, path, body, token), 'key_invalid')
      }
      const asKey = await gateway.send(
        method,
        `/api/admin/v1${path}`,
        { 'x-api-key': ADMIN_TOKEN },
        body,
        gateway.adminPort,
      )
      expectRefusal(asKey, 'key_invalid')
    },
  )

  it('lets nobody in where no token is set', async () => {
    const closed = await Gateway.start({ ADMIN_TOKEN: undefined as never })
    for (const token of ['', 'undefined', ADMIN_TOKEN]) {
      expectRefusal(await closed.admin('GET', '/users', undefined, token), 'key_invalid')
    }
    await closed.close()
  })

  it('the token opens nothing of the external API', async () => {
    expectRefusal(await gateway.call(ADMIN_TOKEN, 'GET', '/account'), 'key_invalid')
  })
})

describe('users', () => {
  it('are added with a key that works at once, shown this once', async () => {
    const { id, email, apiKey } = await add({ email: 'New.User@Example.test', traffic: 5000 })
    expect(email).toBe('new.user@example.test')
    expect(apiKey).toMatch(API_KEY_PATTERN)
    expect((await gateway.call(apiKey, 'GET', '/account')).code).toBe(200)
    const listed = await admin('GET', '/users?limit=1000')
    expect(successOf(listed, pageSchema(userSchema)).items.find((user) => user.id === id)).toEqual({
      id,
      email,
      state: 'active',
      role: 'user',
      trafficLeft: 5000,
      trafficMax: 5000,
      dailyPerHost: null,
      hostCaps: {},
      weight: 1,
      solo: false,
      expiresAt: null,
      createdAt: new Date(gateway.clock.now()).toISOString(),
      errorsAs200: false,
      passkeys: 0,
      identities: 0,
    })
    expect(JSON.stringify(listed.body)).not.toContain('obb_')
  })

  it('have the limits they are given', async () => {
    const expires = '2027-01-01T00:00:00+01:00'
    const { apiKey } = await add({ traffic: 10, dailyPerHost: 7, expires })
    const { body } = await gateway.call(apiKey, 'GET', '/account')
    expect(body.data).toMatchObject({ trafficmax_daily: 7 })
    expect(body.data.timeleft).toBe((Date.parse(expires) - gateway.clock.now()) / 1000)
  })

  it('409 with 900 for an e-mail that is taken, in any case of its letters, also by two at once', async () => {
    const { email } = await add()
    expectRefusal(await admin('POST', '/users', { email: email.toUpperCase() }), 'conflict')
    const twice = [1, 2].map(() => admin('POST', '/users', { email: 'twin@example.test' }))
    expect((await Promise.all(twice)).map(({ code }) => code).sort()).toEqual([200, 409])
  })

  it.each([
    [{}, 'email'],
    [{ email: 'no address' }, 'email'],
    [{ email: `${'x'.repeat(300)}@example.test` }, 'email'],
    [{ email: 'a@example.test', traffic: -1 }, 'traffic'],
    [{ email: 'a@example.test', traffic: 1.5 }, 'traffic'],
    [{ email: 'a@example.test', traffic: '1TB' }, 'traffic'],
    [{ email: 'a@example.test', traffic: 2 ** 53 }, 'traffic'],
    [{ email: 'a@example.test', dailyPerHost: -1 }, 'dailyPerHost'],
    [{ email: 'a@example.test', expires: 'tomorrow' }, 'expires'],
    [{ email: 'a@example.test', admin: true }, 'admin'],
    [{ email: 'a@example.test', weight: 0 }, 'weight'],
    [{ email: 'a@example.test', weight: 1001 }, 'weight'],
    [{ email: 'a@example.test', solo: 'yes' }, 'solo'],
    [{ email: 'a@example.test', hostCaps: { RapidGator: -1 } }, 'hostCaps'],
    [{ email: 'a@example.test', hostCaps: [7] }, 'hostCaps'],
  ])('400 with 900 for %j, naming %s', async (body, field) => {
    const { details = [] } = expectRefusal(await admin('POST', '/users', body), 'request_invalid')
    expect(details.join('\n')).toContain(field)
  })

  it('have their plan changed; what is left out stays, null takes it away', async () => {
    const expires = '2027-01-01T00:00:00.000Z'
    const { email } = await add({ dailyPerHost: 7, weight: 5, hostCaps: { rapidgator: 9 }, expires })
    const set = async (plan: object) =>
      successOf(await admin('PATCH', '/users', { email, ...plan }), userSchema)
    const plan = { dailyPerHost: 7, weight: 5, solo: false, expiresAt: expires }
    expect(await set({})).toMatchObject({ ...plan, hostCaps: { RapidGator: 9 } })
    expect(await set({ solo: true, hostCaps: { Http: 3 } })).toMatchObject({
      ...plan,
      solo: true,
      hostCaps: { RapidGator: 9, Http: 3 },
    })
    const cleared = { dailyPerHost: null, expires: null, hostCaps: { RAPIDGATOR: null }, weight: 1 }
    expect(await set(cleared)).toMatchObject({
      dailyPerHost: null,
      expiresAt: null,
      weight: 1,
      solo: true,
      hostCaps: { Http: 3 },
    })
    const nowhere = await admin('PATCH', '/users', { email, hostCaps: { Nowhere: 1 } })
    expectRefusal(nowhere, 'resource_unknown')
  })

  it('have their balance corrected, as an entry of its own, but never below 0 or beyond what can be counted', async () => {
    const { email } = await add({ traffic: 100 })
    const adjust = (traffic: unknown, note: unknown = 'a note') =>
      admin('POST', '/users/adjust', { email, traffic, note })
    expect(successOf(await adjust(-30, 'counted twice'), userSchema)).toMatchObject({
      trafficLeft: 70,
      trafficMax: 100,
    })
    expect(successOf(await adjust(5), userSchema).trafficLeft).toBe(75)
    const below = expectRefusal(await adjust(-76), 'request_invalid')
    expect(below.details).toEqual([`traffic: ${email} has only 75 bytes left`])
    expectRefusal(await adjust(Number.MAX_SAFE_INTEGER), 'request_invalid')
    for (const traffic of [0, 0.5, '7', null]) expectRefusal(await adjust(traffic), 'request_invalid')
    for (const note of ['', '   ', 'x'.repeat(201), 7])
      expectRefusal(await adjust(1, note), 'request_invalid')
    const ledger = successOf(await admin('GET', `/ledger?email=${email}`), ledgerSchema)
    expect(ledger.trafficLeft).toBe(75)
    expect(ledger.entries.map(({ kind, bytes, note }) => [kind, bytes, note])).toEqual([
      ['grant', 100, 'first grant'],
      ['adjustment', -30, 'counted twice'],
      ['adjustment', 5, 'a note'],
    ])
    const most = await Promise.all([1, 2, 3].map(() => adjust(-30)))
    expect(most.map(({ code }) => code).sort()).toEqual([200, 200, 400])
  })

  it('are suspended and resumed', async () => {
    const { email, apiKey } = await add()
    expect(successOf(await admin('POST', '/users/suspend', { email }), userSchema).state).toBe('suspended')
    expectRefusal(await gateway.call(apiKey, 'GET', '/account'), 'account_suspended')
    expect(successOf(await admin('POST', '/users/resume', { email }), userSchema).state).toBe('active')
    expect((await gateway.call(apiKey, 'GET', '/account')).code).toBe(200)
  })

  it('are granted traffic, with an entry in the ledger each time, up to what can be counted', async () => {
    const { email } = await add({ traffic: 100 })
    const granted = successOf(await admin('POST', '/users/grant', { email, traffic: 50 }), userSchema)
    expect(granted).toMatchObject({ trafficLeft: 150, trafficMax: 150 })
    const ledger = successOf(await admin('GET', `/ledger?email=${email}`), ledgerSchema)
    expect(ledger.trafficLeft).toBe(150)
    expect(ledger.entries.map(({ kind, bytes, note }) => [kind, bytes, note])).toEqual([
      ['grant', 100, 'first grant'],
      ['grant', 50, null],
    ])
    for (const traffic of [0, -5, 0.5, '7', null]) {
      expectRefusal(await admin('POST', '/users/grant', { email, traffic }), 'request_invalid')
    }
    const tooMuch = await admin('POST', '/users/grant', { email, traffic: Number.MAX_SAFE_INTEGER })
    expect(expectRefusal(tooMuch, 'request_invalid').details).toHaveLength(1)
    expect(successOf(await admin('GET', `/ledger?email=${email}`), ledgerSchema).entries).toHaveLength(2)
  })

  it('begin with errors as 200 where that is asked for, or else as the setting says', async () => {
    const statusFor = async (of: Gateway, apiKey: string): Promise<number> =>
      (await of.call(apiKey, 'POST', '/unrestrict', { url: 'ftp://x' })).code
    const [plain, readable] = [await add(), await add({ errorsAs200: true })]
    expect([plain.errorsAs200, readable.errorsAs200]).toEqual([false, true])
    expect([await statusFor(gateway, plain.apiKey), await statusFor(gateway, readable.apiKey)]).toEqual([
      400, 200,
    ])
    expect((await gateway.app.get(Accounts).user(readable.email)).errorsAs200).toBe(true)

    const other = await Gateway.start({ ERRORS_AS_200: 'on' })
    const codes: [boolean, number][] = []
    for (const fields of [{}, { errorsAs200: false }]) {
      const email = `someone${++users}@example.test`
      const made = successOf(await other.admin('POST', '/users', { email, ...fields }), userCreatedSchema)
      codes.push([made.errorsAs200, await statusFor(other, made.apiKey)])
    }
    await other.close()
    expect(codes).toEqual([
      [true, 200],
      [false, 400],
    ])
  })

  it('get a new key, the old one ends with it; what was set on it stays', async () => {
    const { email, apiKey } = await add()
    expect(
      successOf(await admin('POST', '/keys/set', { email, errorsAs200: true }), userSchema).errorsAs200,
    ).toBe(true)
    const rotated = successOf(await admin('POST', '/keys/rotate', { email }), keyRotatedSchema).apiKey
    expect(rotated).toMatch(API_KEY_PATTERN)
    expectRefusal(await gateway.call(apiKey, 'GET', '/account'), 'key_invalid')
    const refused = await gateway.call(rotated, 'POST', '/unrestrict', { url: 'ftp://x' })
    expectRefusal(refused, 'url_unsupported', 200)
    expectRefusal(await admin('POST', '/keys/set', { email, errorsAs200: 'yes' }), 'request_invalid')
  })

  it.each([
    ['POST', '/users/suspend', {}],
    ['POST', '/users/resume', {}],
    ['POST', '/users/grant', { traffic: 1 }],
    ['POST', '/users/adjust', { traffic: 1, note: 'n' }],
    ['PATCH', '/users', {}],
    ['POST', '/keys/rotate', {}],
    ['POST', '/keys/set', { errorsAs200: true }],
  ])('404 with 900 for %s %s of nobody', async (method, path, body) => {
    const answer = await admin(method, path, { email: 'nobody@example.test', ...body })
    expect(expectRefusal(answer, 'resource_unknown').details).toEqual([
      'There is no user nobody@example.test.',
    ])
  })

  it('are removed: the key ends, links end, the e-mail is free, and the ledger stays under the id', async () => {
    const { id, email, apiKey } = await gateway.user()
    await gateway.poolAccount()
    await gateway.fetcherAlive()
    const [open, stored] = [await gateway.knownFile(9_001), await gateway.knownFile(9_002)]
    for (const { url } of [open, stored]) {
      expect((await gateway.call(apiKey, 'POST', '/unrestrict', { url })).code).toBe(200)
    }
    await gateway.fetched(stored.file.id)
    const remove = async () =>
      successOf(await admin('DELETE', `/users?email=${encodeURIComponent(email)}`), userRemovedSchema)
    expect(await remove()).toEqual({ email, removed: true, id })
    expectRefusal(await gateway.call(apiKey, 'GET', '/account'), 'key_invalid')
    expect(await remove()).toEqual({ email, removed: false, id: null })
    const { items: list } = successOf(await admin('GET', '/users?limit=1000'), pageSchema(userSchema))
    expect(list.some((user) => user.id === id)).toBe(false)
    const links = await gateway.database.query<{ reason: string }[]>(
      'SELECT end_reason AS reason FROM link WHERE account_id = $1',
      [id],
    )
    expect(links).toEqual([{ reason: 'removed' }, { reason: 'removed' }])
    const ledger = successOf(await admin('GET', `/ledger?id=${id}`), ledgerSchema)
    expect(ledger.entries.map(({ kind }) => kind)).toEqual(['grant', 'charge', 'charge', 'refund'])
    expect(ledger.entries.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(ledger.trafficLeft)
    expect(JSON.stringify(ledger)).not.toContain(email)
    const again = await admin('POST', '/users', { email, traffic: 5 })
    expect(successOf(again, userCreatedSchema).id).not.toBe(id)
    gateway.clock.advance(60_000) // the fetcher is gone
  })

  it('the ledger of nobody is 404, that of no e-mail 400', async () => {
    expectRefusal(await admin('GET', '/ledger?email=nobody@example.test'), 'resource_unknown')
    for (const query of [
      '',
      '?email=',
      '?email=x',
      '?email=a@b.test&email=c@d.test',
      '?x=1',
      `?email=a@b.test&id=${NOBODY}`,
    ]) {
      expectRefusal(await admin('GET', `/ledger${query}`), 'request_invalid')
    }
  })
})

describe("the operator's accounts", () => {
  const credentials = { email: 'own@example.test', password: SECRET }

  it('are added and listed; no credential or proxy password ever comes back, nor is it logged', async () => {
    gateway.takeLog()
    const proxy = 'socks5://user:proxy-secret@127.0.0.1:1080'
    const added = await admin('POST', '/accounts', {
      platform: 'rapidgator',
      credentials,
      proxy,
      untested: true,
    })
    const { id } = successOf(added, hostAccountSavedSchema)
    const listed = await admin('GET', '/accounts')
    expect(successOf(listed, pageSchema(hostAccountSchema)).items.find((each) => each.id === id)).toEqual({
      id,
      platform: 'RapidGator',
      label: 'own@example.test',
      enabled: true,
      offReason: null,
      coolUntil: null,
      premium: null,
      validUntil: null,
      trafficLeft: null,
      trafficTotal: null,
      checkedAt: null,
      downloads: 0,
      maxDownloads: null,
      connections: 0,
      maxConnections: null,
      bandwidth: null,
      proxy: 'socks5://127.0.0.1:1080',
    })
    const said = JSON.stringify([added.body, listed.body, gateway.log])
    expect(said).not.toContain(SECRET)
    expect(said).not.toContain('proxy-secret')
  })

  it.each([
    [{ platform: 'RapidGator' }, 'credentials'],
    [{ platform: 'RapidGator', credentials: {} }, 'email'],
    [{ platform: 'RapidGator', credentials: { email: 'x@y.test' } }, 'password'],
    [{ platform: 'RapidGator', credentials: { ...credentials, password: '' } }, 'password'],
    [{ platform: 'RapidGator', credentials: { ...credentials, token: 'x' } }, 'token'],
    [{ platform: 'RapidGator', credentials: { ...credentials, password: 7 } }, 'password'],
    [{ platform: 'RapidGator', credentials, proxy: 'ftp://x' }, 'proxy'],
    [{ platform: 'RapidGator', credentials, proxy: `http://op:${SECRET}@p.test` }, 'the port is missing'],
    [
      { platform: 'RapidGator', credentials, proxy: `socks5://op:${SECRET}@p.test:1080/x` },
      'only host and port',
    ],
    [{ platform: 'RapidGator', credentials, maxDownloads: 0 }, 'maxDownloads'],
    [{ platform: 'RapidGator', credentials, maxConnections: 1.5 }, 'maxConnections'],
    [{ platform: 'RapidGator', credentials: { ...credentials, email: 'x'.repeat(2000) } }, 'email'],
    [{ platform: 'Katfile', credentials: { cookies: `${SECRET} without a name` } }, 'cookies: the text'],
    [{ platform: 'Katfile', credentials: { userAgent: 'x' } }, 'cookies'],
    [{ platform: 'Http', credentials: {} }, 'Http'],
    [{ credentials }, 'platform'],
  ])('400 with 900 for %j, naming %s and no value', async (body, field) => {
    const { details = [] } = expectRefusal(await admin('POST', '/accounts', body), 'request_invalid')
    expect(details.join('\n')).toContain(field)
    expect(details.join('\n')).not.toContain(SECRET)
  })

  it('404 with 900 for a platform that is not there', async () => {
    expectRefusal(await admin('POST', '/accounts', { platform: 'Nowhere', credentials }), 'resource_unknown')
  })

  it('have their limits and their proxy changed; what is left out stays, null takes it away', async () => {
    const id = await gateway.poolAccount()
    const set = (terms: object) => admin('PATCH', `/accounts/${id}`, terms)
    const proxy = `http://op:${SECRET}@p.test:3128`
    const changed = await set({ maxDownloads: 3, maxConnections: 20, bandwidth: 1_000_000, proxy })
    expect(successOf(changed, hostAccountSchema)).toMatchObject({
      maxDownloads: 3,
      maxConnections: 20,
      bandwidth: 1_000_000,
      proxy: 'http://p.test:3128',
    })
    expect(JSON.stringify(changed.body)).not.toContain(SECRET)
    expect(successOf(await set({ maxDownloads: null, proxy: null }), hostAccountSchema)).toMatchObject({
      maxDownloads: null,
      maxConnections: 20,
      bandwidth: 1_000_000,
      proxy: null,
    })
    for (const terms of [
      { proxy: 'http://p.test' },
      { maxDownloads: 0 },
      { bandwidth: 50 },
      { credentials: {} },
    ]) {
      expectRefusal(await set(terms), 'request_invalid')
    }
    expectRefusal(await admin('PATCH', `/accounts/${NOBODY}`, { maxDownloads: 1 }), 'resource_unknown')
    expectRefusal(await admin('PATCH', '/accounts/1', { maxDownloads: 1 }), 'request_invalid')
  })

  it('are switched off and on', async () => {
    const id = await gateway.poolAccount()
    const off = successOf(await admin('POST', `/accounts/${id}/disable`), hostAccountSchema)
    expect([off.enabled, off.offReason]).toEqual([false, 'switched off by an operator'])
    const on = successOf(await admin('POST', `/accounts/${id}/enable`), hostAccountSchema)
    expect([on.enabled, on.offReason]).toEqual([true, null])
  })

  it.each(['enable', 'disable', 'check'])(
    '%s: 404 for an unknown account, 400 for what is no id',
    async (verb) => {
      expectRefusal(await admin('POST', `/accounts/${NOBODY}/${verb}`), 'resource_unknown')
      for (const id of ['1', '%00', `${NOBODY}'`]) {
        expectRefusal(await admin('POST', `/accounts/${id}/${verb}`), 'request_invalid')
      }
    },
  )

  it('are not added while no fetcher can test them, unless untested is asked for, and never twice', async () => {
    const body = { platform: 'RapidGator', credentials: { email: 'twin@example.test', password: SECRET } }
    const refused = expectRefusal(await admin('POST', '/accounts', body), 'no_fetcher')
    expect(refused.details?.join()).toContain('--untested')
    const untested = { ...body, untested: true }
    const { id, tested } = successOf(await admin('POST', '/accounts', untested), hostAccountSavedSchema)
    expect(tested).toBe(false)
    const twice = await admin('POST', '/accounts', untested)
    expect(expectRefusal(twice, 'conflict').details?.join()).toContain(id)
    const set = (credentials: object) =>
      admin('PATCH', `/accounts/${id}`, { credentials, maxDownloads: 2, untested: true })
    expectRefusal(await set({ pin: 'x' }), 'request_invalid')
    expect(successOf(await set({ password: 'new' }), hostAccountSchema)).toMatchObject({
      id,
      maxDownloads: 2,
    })
    expect(JSON.stringify([twice.body, gateway.log])).not.toContain(SECRET)
  })

  it('are removed; a second time nothing is there', async () => {
    const id = await gateway.poolAccount()
    const remove = async () => successOf(await admin('DELETE', `/accounts/${id}`), removedSchema)
    expect(await remove()).toEqual({ id, removed: true })
    expect(await remove()).toEqual({ id, removed: false })
    expectRefusal(await admin('POST', `/accounts/${id}/enable`), 'resource_unknown')
  })

  it('cannot be checked while no fetcher is alive: 503 with 105 at once', async () => {
    const id = await gateway.poolAccount()
    expect(expectRefusal(await admin('POST', `/accounts/${id}/check`), 'no_fetcher').retry_in_seconds).toBe(
      15,
    )
  })
})

describe('hosts', () => {
  it('are all listed, those that are off included, with what an operator needs to know', async () => {
    const hosts = successOf(await admin('GET', '/hosts'), z.array(hostViewSchema))
    expect(hosts.map(({ platform }) => platform)).toEqual(expect.arrayContaining(['Http', 'RapidGator']))
    const shown = successOf(await admin('GET', '/hosts/rapidGATOR'), hostViewSchema)
    expect(hosts).toContainEqual(shown)
    expect(shown).toMatchObject({
      platform: 'RapidGator',
      enabled: true,
      needsAccount: true,
      origins: { api: 'https://rapidgator.net/api/v2' },
      originOverrides: {},
      credentials: [
        { name: 'email', label: 'E-mail', secret: false, required: true },
        { name: 'password', label: 'Password', secret: true, required: true },
        { name: 'totpSecret', secret: true, required: false },
      ],
    })
    const katfile = successOf(await admin('GET', '/hosts/Katfile'), hostViewSchema)
    expect(katfile.credentials[0]).toMatchObject({ name: 'cookies', kind: 'cookies', required: true })
  })

  it('tell what they said that nobody understands, the latest first', async () => {
    const words = new HostWords(gateway.database, gateway.clock)
    const said = (text: string) => new HostError('UNEXPECTED', 'message', { words: text })
    await words.record({ id: 'Katfile' }, said('Phase 3 of the moon'))
    await words.record({ id: 'Katfile' }, said('Phase 4 of the moon'))
    const [first] = successOf(await admin('GET', '/host-words'), z.array(hostWordsSchema))
    expect(first).toMatchObject({
      ...{ platform: 'Katfile', words: 'Phase # of the moon', takenFor: 'UNEXPECTED', count: 2 },
    })
  })

  it('show how they have been doing', async () => {
    const breaker = new HostBreaker(gateway.database, gateway.clock)
    const fresh = successOf(await admin('GET', '/hosts/Http'), hostViewSchema).health
    expect(fresh).toMatchObject({
      working: true,
      openUntil: null,
      successRate: null,
      speed: null,
      lastError: null,
    })
    await breaker.recordFetch('Http', { succeeded: true, bytes: 50_000_000, ms: 10_000 })
    for (let failure = 0; failure < 5; failure++)
      await breaker.recordFailure('Http', new HostError('HOST_DOWN', 'text'))
    const { health } = successOf(await admin('GET', '/hosts/Http'), hostViewSchema)
    expect(health).toMatchObject({ working: false, successRate: 1, speed: 5_000_000, lastError: 'HOST_DOWN' })
    expect(Date.parse(health.openUntil ?? '')).toBeGreaterThan(gateway.clock.now())
    await breaker.recordSuccess('Http')
    expect(successOf(await admin('GET', '/hosts/Http'), hostViewSchema).health.working).toBe(true)
  })

  it.each([
    ['they are enabled', 'PATCH', '', { enabled: true }],
    ['they have other origins', 'PATCH', '', { origins: { api: 'http://127.0.0.1:1' } }],
    ['an operator says so', 'POST', '/try', {}],
  ])('are called again at once when %s, though they failed', async (_when, method, path, body) => {
    const breaker = new HostBreaker(gateway.database, gateway.clock)
    const working = async () =>
      successOf(await admin('GET', '/hosts/RapidGator'), hostViewSchema).health.working
    for (let failure = 0; failure < 9; failure++)
      await breaker.recordFailure('RapidGator', new HostError('HOST_DOWN', 'text'))
    for (let fetch = 0; fetch < 9; fetch++) await breaker.recordFetch('RapidGator', { succeeded: false })
    successOf(await admin('PATCH', '/hosts/RapidGator', { maxQueued: 5 }), hostViewSchema)
    expect([await working(), (await breaker.enter('RapidGator')).pass]).toEqual([false, false])
    const { health } = successOf(await admin(method, `/hosts/rapidgator${path}`, body), hostViewSchema)
    expect(health).toMatchObject({ working: true, openUntil: null, lastError: 'HOST_DOWN' })
    expect([await working(), await breaker.enter('RapidGator')]).toEqual([true, { pass: true }])
    successOf(await admin('PATCH', '/hosts/RapidGator', { origins: { api: null } }), hostViewSchema)
  })

  it('take limits and origins, and go back to the origin of the platform with null', async () => {
    const limits = { maxChunks: 3, maxDownloads: 4, maxQueued: 0, bandwidth: 20_000_000 }
    const update = { ...limits, solo: true, enabled: false }
    expect(successOf(await admin('PATCH', '/hosts/RapidGator', update), hostViewSchema)).toMatchObject(update)
    const origins = { api: 'http://127.0.0.1:1' }
    const moved = successOf(await admin('PATCH', '/hosts/RapidGator', { origins }), hostViewSchema)
    expect(moved).toMatchObject({ ...update, originOverrides: origins })
    const back = await admin('PATCH', '/hosts/RapidGator', {
      origins: { api: null },
      bandwidth: null,
      enabled: true,
      solo: false,
    })
    expect(successOf(back, hostViewSchema)).toMatchObject({
      bandwidth: null,
      originOverrides: {},
      origins: { api: 'https://rapidgator.net/api/v2' },
    })
    expect(successOf(await admin('PATCH', '/hosts/RapidGator', {}), hostViewSchema).maxChunks).toBe(3)
  })

  it('have switches that are off until they are turned on', async () => {
    const [webPages] = successOf(await admin('GET', '/hosts/Http'), hostViewSchema).switches
    expect(webPages).toEqual({ name: 'webPages', label: expect.any(String), on: false })
    const update = { switches: { webPages: true } }
    const turned = successOf(await admin('PATCH', '/hosts/Http', update), hostViewSchema)
    expect(turned.switches).toEqual([{ ...webPages, on: true }])
    expectRefusal(await admin('PATCH', '/hosts/RapidGator', update), 'request_invalid')
  })

  it.each([
    { maxChunks: 0 },
    { maxChunks: 65 },
    { maxChunks: '16' },
    { maxDownloads: 0 },
    { maxQueued: -1 },
    { maxQueued: 1e9 },
    { bandwidth: 65_535 },
    { solo: 'on' },
    { switches: { webPages: 'on' } },
    { enabled: 'yes' },
    { enabled: null },
    { origins: { api: 'file:///etc/passwd' } },
    { origins: { api: 'not a url' } },
    { origins: { other: 'http://127.0.0.1:1' } },
    { domains: ['x.test'] },
    [],
    null,
  ])('400 with 900 and details for %j', async (update) => {
    const refused = expectRefusal(await admin('PATCH', '/hosts/RapidGator', update), 'request_invalid')
    expect(refused.details?.length).toBeGreaterThan(0)
  })

  it('404 with 900 for a platform that is not there', async () => {
    for (const name of ['Nowhere', '__proto__', 'constructor', '%00']) {
      expectRefusal(await admin('GET', `/hosts/${name}`), 'resource_unknown')
      expectRefusal(await admin('PATCH', `/hosts/${name}`, { enabled: true }), 'resource_unknown')
    }
  })
})

describe('files', () => {
  it('are removed with their links, on their way for nothing and stored at their price', async () => {
    const { id, apiKey } = await gateway.user()
    await gateway.fetcherAlive()
    await gateway.poolAccount()
    const unrestrict = async ({ url }: { url: string }) => {
      const answer = await gateway.call(apiKey, 'POST', '/unrestrict', { url })
      expect([answer.code, answer.body.data.reusedExisting]).toEqual([200, false])
      return answer.body.data.linkId as string
    }
    const [open, stored] = [await gateway.knownFile(8_001), await gateway.knownFile(8_002)]
    const links = [await unrestrict(open), await unrestrict(stored)]
    await gateway.fetched(stored.file.id)
    successOf(await admin('PATCH', `/files/${stored.file.id}`, { pinned: true }), fileViewSchema)
    for (const { file } of [open, stored]) {
      const remove = async () => successOf(await admin('DELETE', `/files/${file.id}`), fileRemovedSchema)
      expect(await remove()).toEqual({ id: file.id, removed: true, links: 1 })
      expect(await remove()).toEqual({ id: file.id, removed: false, links: 0 })
    }
    expect(successOf(await admin('DELETE', `/files/${NOBODY}`), fileRemovedSchema).removed).toBe(false)
    for (const link of links) {
      const answer = await gateway.call(apiKey, 'GET', `/link/${link}`)
      expect(answer.body.data).toMatchObject({ remote_status: 'error', error: { status: 104 } })
    }
    const ledger = successOf(await admin('GET', `/ledger?id=${id}`), ledgerSchema)
    expect(ledger.entries.map(({ kind, linkId }) => [kind, linkId])).toEqual([
      ['grant', null],
      ['charge', links[0]],
      ['charge', links[1]],
      ['refund', links[0]],
    ])
    const due = await gateway.database.query('SELECT object_key AS key FROM discarded_object')
    expect(due).toContainEqual({ key: `${stored.file.id}/1` })
    await gateway.database.query('UPDATE source_file SET checked_at = $2 WHERE id = $1', [
      stored.file.id,
      new Date(gateway.clock.now()),
    ])
    await unrestrict(stored)
  })

  it('are listed with their state, how many links they have, and no password', async () => {
    const { apiKey } = await gateway.user()
    await gateway.fetcherAlive()
    await gateway.poolAccount()
    const { url, file } = await gateway.knownFile(1, 4096, 'sesame-open')
    await gateway.call(apiKey, 'POST', '/unrestrict', { url, password: 'sesame-open' })
    const answer = await admin('GET', '/files')
    expect(successOf(answer, pageSchema(fileViewSchema)).items.find(({ id }) => id === file.id)).toEqual({
      id: file.id,
      platform: 'RapidGator',
      fileId: '1'.padStart(32, '0'),
      name: 'file 1.bin',
      size: 4096,
      state: 'pending',
      bytesDone: 0,
      attempts: 0,
      refusal: null,
      sha256: null,
      worker: null,
      links: 1,
      pinned: false,
      updatedAt: new Date(gateway.clock.now()).toISOString(),
    })
    expect(JSON.stringify(answer.body)).not.toContain('sesame')
  })

  it('are pinned and unpinned, again and again; 404 with 900 for one that is not there', async () => {
    const { file } = await gateway.knownFile(2, 4096)
    for (const pinned of [true, true, false, false]) {
      const answer = await admin('PATCH', `/files/${file.id}`, { pinned })
      expect(successOf(answer, fileViewSchema)).toMatchObject({ id: file.id, pinned })
      const { items: listed } = successOf(await admin('GET', '/files'), pageSchema(fileViewSchema))
      expect(listed.find(({ id }) => id === file.id)?.pinned).toBe(pinned)
    }
    const unknown = '00000000-0000-4000-8000-000000000000'
    expectRefusal(await admin('PATCH', `/files/${unknown}`, { pinned: true }), 'resource_unknown')
  })
})
