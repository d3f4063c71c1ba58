import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  ADMIN_API,
  EXTERNAL_API,
  PORTAL_ADMIN_API,
  PORTAL_API,
  linkDetailsSchema,
  linkListSchema,
} from '@obb/contracts'
import { AuthFailures } from '@obb/core/audit'
import { gatewayDocument } from '../docs/gateway-document.js'
import { ADMIN_TOKEN, Gateway } from '../testing/gateway.js'
import { People } from '../testing/people.js'
import { expectRefusal, successOf } from '../testing/strict.js'

let gateway: Gateway
let people: People
beforeAll(async () => {
  gateway = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1' })
  people = new People(gateway)
})
afterAll(() => gateway.close())

/** Every route below a prefix: method and path, with ids of nothing. */
async function routes(prefix: string): Promise<[string, string][]> {
  const { paths } = await gatewayDocument()
  return Object.entries(paths).flatMap(([path, methods]) =>
    path.startsWith(`${prefix}/`) && !path.startsWith(`${EXTERNAL_API}/device/`) // for who has no key yet
      ? Object.keys(methods).map((method): [string, string] => [
          method.toUpperCase(),
          path.slice(prefix.length + 1).replaceAll(/\{\w+\}/g, '0192f3c4-0000-4000-8000-000000000000'),
        ])
      : [],
  )
}

describe('the external API at the portal', () => {
  it('answers as to the key of the account', async () => {
    const { page, apiKey } = await people.signedIn()
    const { url } = await gateway.knownFile(1)
    await gateway.poolAccount()
    await gateway.fetcherAlive()
    const made = await page.call('POST', 'unrestrict', { url })
    expect([made.code, made.body.success]).toEqual([200, true])
    const { linkId } = made.body.data
    expect((await page.call('GET', `link/${linkId}`)).body).toEqual(
      (await gateway.call(apiKey, 'GET', `/link/${linkId}`)).body,
    )
    for (const path of ['account', 'hosts', 'hosts/grouped'])
      expect((await page.call('GET', path)).body).toEqual(
        (await gateway.call(apiKey, 'GET', `/${path}`)).body,
      )
    // People are told by which key, and keys are not.
    const [{ keyId, key, ...listed }] = (await page.call('GET', 'links')).body.data.links
    expect([keyId, key]).toEqual([null, null])
    expect((await gateway.call(apiKey, 'GET', '/links')).body.data.links).toEqual([listed])
    const batch = await page.call('POST', 'unrestrict/batch', { urls: [url] })
    expect(batch.body.data.results[0]).toMatchObject({
      success: true,
      data: { linkId, reusedExisting: true },
    })
  })

  it('has every route, and none for who is not signed in, whatever key is shown', async () => {
    const { apiKey } = await gateway.user()
    const all = await routes(EXTERNAL_API)
    expect(all.length).toBeGreaterThan(10)
    for (const [method, path] of all) {
      for (const headers of [{ authorization: `Bearer ${apiKey}` }, { 'x-api-key': apiKey }]) {
        const answer = await people.browser().call(method, path, method === 'GET' ? undefined : {}, headers)
        expect([method, path, answer.code, answer.body.msg]).toEqual([
          ...[method, path, 401],
          'You are not signed in, or not any more.',
        ])
      }
    }
  })

  it('takes no session under its own prefix', async () => {
    const { page } = await people.signedIn()
    const cookie = `obb=${page.cookies.get('obb')}`
    expectRefusal(await gateway.send('GET', `${EXTERNAL_API}/account`, { cookie }), 'key_invalid')
  })

  it('tells of one link what happened to it and what it cost, beside what the list has', async () => {
    const { page } = await people.signedIn()
    await gateway.fetcherAlive()
    const { url } = await gateway.knownFile(3)
    const { linkId } = (await page.call('POST', 'unrestrict', { url })).body.data
    const at = gateway.clock.now()
    gateway.clock.advance(1_000)
    await page.call('DELETE', `link/${linkId}`)
    const [link] = successOf(await page.call('GET', 'links'), linkListSchema).links
    expect(successOf(await page.call('GET', `links/${linkId}`), linkDetailsSchema)).toEqual({
      link,
      timeline: [
        { at, what: 'submitted' },
        { at: at + 1_000, what: 'cancelled' },
      ],
      gave_way: 0,
      costs: [
        { kind: 'charge', amount: -1_000, at },
        { kind: 'refund', amount: 1_000, at: at + 1_000 },
      ],
    })
    expectRefusal(await page.call('GET', 'links/nothing%20like%20it'), 'link_unknown')
  })

  it('shows nobody the links of another', async () => {
    const [one, other] = [await people.signedIn(), await people.signedIn()]
    const { url } = await gateway.knownFile(2)
    const { linkId } = (await one.page.call('POST', 'unrestrict', { url })).body.data
    expectRefusal(await other.page.call('GET', `link/${linkId}`), 'link_unknown')
    expectRefusal(await other.page.call('GET', `links/${linkId}`), 'link_unknown')
    expectRefusal(await other.page.call('DELETE', `link/${linkId}`), 'link_unknown')
    expect((await other.page.call('GET', 'links')).body.data.links).toEqual([])
  })

  it('tells who is expired so, and goes on telling who is signed in', async () => {
    const { page, id } = await people.signedIn()
    await gateway.database.query(`UPDATE account SET expires_at = '2020-01-01' WHERE id = $1`, [id])
    expectRefusal(await page.call('GET', 'account'), 'account_expired')
    expect((await page.call('GET', 'session')).body.data.user).not.toBeNull()
  })
})

describe('the admin API at the portal', () => {
  it('answers operators as to the token, and has their e-mail in the audit log', async () => {
    const { page, email } = await people.signedIn('operator')
    const { email: user } = await gateway.user()
    for (const path of ['users', 'hosts', 'accounts', 'files', 'blocks', 'store', 'audit?limit=1'])
      expect([path, (await page.call('GET', `admin/${path}`)).code]).toEqual([path, 200])
    expect((await page.call('GET', 'admin/users')).body).toEqual((await gateway.admin('GET', '/users')).body)
    expect((await page.call('PATCH', 'admin/users', { email: user, weight: 7 })).code).toBe(200)
    const entry = await gateway.lastChange()
    expect(entry).toMatchObject({
      who: email,
      action: 'PATCH /users',
      target: user,
      changes: { weight: [1, 7] },
    })
  })

  it('refuses users at every route, before anything is looked at, and counts it', async () => {
    const { page, email } = await people.signedIn()
    const all = await routes(ADMIN_API)
    expect(all.length).toBeGreaterThan(30)
    for (const [method, path] of all) {
      const answer = await page.call(method, `admin/${path}`, method === 'GET' ? undefined : { no: 'such' })
      expect([method, path, answer.code]).toEqual([method, path, 403])
      expectRefusal(answer, 'operator_needed')
    }
    await gateway.app.get(AuthFailures).flush()
    const [row] = await gateway.database.query(
      `SELECT DISTINCT who, outcome FROM audit_entry WHERE address = $1 AND kind = 'auth_failure'`,
      [page.headers['x-forwarded-for']],
    )
    expect(row).toEqual({ who: email, outcome: 'operator_needed' })
  })

  it('takes no token, and its own port takes no session', async () => {
    const { page } = await people.signedIn('operator')
    const bearer = { authorization: `Bearer ${ADMIN_TOKEN}` }
    expectRefusal(await people.browser().call('GET', 'admin/users', undefined, bearer), 'signed_out')
    const cookie = `obb=${page.cookies.get('obb')}`
    const own = await gateway.send('GET', `${ADMIN_API}/users`, { cookie }, undefined, gateway.adminPort)
    expectRefusal(own, 'key_invalid')
    for (const path of [`${PORTAL_ADMIN_API}/users`, `${PORTAL_API}/session`, `${PORTAL_API}/account`])
      expectRefusal(
        await gateway.send('GET', path, { cookie }, undefined, gateway.adminPort),
        'route_unknown',
      )
    expectRefusal(await gateway.send('GET', `${ADMIN_API}/users`, bearer), 'route_unknown')
  })

  it('holds from the next request on when a role is taken', async () => {
    const [one, other] = [await people.signedIn('operator'), await people.signedIn('operator')]
    expect((await one.page.call('PATCH', 'admin/users', { email: other.email, role: 'user' })).code).toBe(200)
    expectRefusal(await other.page.call('GET', 'admin/users'), 'operator_needed')
    const entry = await gateway.lastChange()
    expect(entry).toMatchObject({
      who: one.email,
      target: other.email,
      changes: { role: ['operator', 'user'] },
    })
  })

  it('refuses operators who are suspended or expired', async () => {
    const { page, id } = await people.signedIn('operator')
    await gateway.database.query(`UPDATE account SET expires_at = '2020-01-01' WHERE id = $1`, [id])
    expectRefusal(await page.call('GET', 'admin/users'), 'account_expired')
  })
})

describe('pages of others', () => {
  const OTHERS: [string, Record<string, string>][] = [
    ['another origin', { origin: 'https://evil.example' }],
    ['another port of this host', { origin: 'http://127.0.0.1:1' }],
    ['a sandboxed frame', { origin: 'null' }],
    ['a neighbouring host, as the browser tells', { 'sec-fetch-site': 'same-site' }],
    ['another site, as the browser tells', { 'sec-fetch-site': 'cross-site' }],
    ['an address that was typed, which writes nothing', { 'sec-fetch-site': 'none' }],
  ]

  it.each(OTHERS)('change nothing for who is signed in: %s', async (_which, headers) => {
    const { page } = await people.signedIn('operator')
    for (const [method, path] of [
      ['POST', 'unrestrict'],
      ['POST', 'session'],
      ['DELETE', 'session'],
      ['POST', 'set-up'],
      ['POST', 'admin/users'],
      ['DELETE', 'admin/users?email=a@b.test'],
      ['PATCH', 'admin/users'],
    ] as const)
      expectRefusal(await page.call(method, path, {}, headers), 'origin_foreign')
    expect((await page.call('GET', 'account')).code).toBe(200)
  })

  it('change nothing where the browser says nothing of them', async () => {
    const { page } = await people.signedIn()
    const cookie = `obb=${page.cookies.get('obb')}`
    const answer = await gateway.send('POST', `${PORTAL_API}/unrestrict`, { cookie }, { url: 'x' })
    expectRefusal(answer, 'origin_foreign')
  })

  it('are told apart from our own behind a reverse proxy that is not believed, by the browser', async () => {
    const { page } = await people.signedIn()
    const headers = { origin: 'https://public.example', 'sec-fetch-site': 'same-origin' }
    expectRefusal(await page.call('POST', 'unrestrict', {}, headers), 'request_invalid')
  })

  it('read nothing: no answer has a field for pages of others', async () => {
    const { page } = await people.signedIn('operator')
    const asked = { origin: 'https://evil.example', 'access-control-request-method': 'GET' }
    for (const [method, path] of [
      ['GET', 'session'],
      ['GET', 'account'],
      ['GET', 'admin/users'],
      ['OPTIONS', 'session'],
      ['OPTIONS', 'account'],
      ['GET', 'nothing'],
    ] as const) {
      const { headers } = await page.call(method, path, undefined, asked)
      expect([path, [...headers.keys()].filter((name) => name.startsWith('access-control-'))]).toEqual([
        path,
        [],
      ])
      expect(headers.get('cache-control')).toBe('no-store')
    }
  })
})
