import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  REFUSALS,
  auditPageSchema,
  keyListSchema,
  keyRemovedSchema,
  keyShownSchema,
  keyViewSchema,
} from '@obb/contracts'
import { Accounts, KeyUses } from '@obb/core/accounts'
import { EventStreams } from '../events/event-streams.js'
import { Gateway } from '../testing/gateway.js'
import { People } from '../testing/people.js'
import { expectRefusal, successOf } from '../testing/strict.js'

let gateway: Gateway
let people: People

beforeAll(async () => {
  gateway = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1' })
  people = new People(gateway)
})
afterAll(() => gateway.close())

const account = (key: string) => gateway.call(key, 'GET', '/account')

describe('the keys of who is signed in', () => {
  it('are made, listed, changed, rotated and removed, and each holds from the next request on', async () => {
    const { page, email } = await people.signedIn()
    const body = { name: 'tv', scopes: ['submit'], expiresAt: null }
    const made = successOf(await page.call('POST', 'keys', body), keyShownSchema)
    expectRefusal(await account(made.apiKey), 'key_scope_missing')
    const list = await page.call('GET', 'keys')
    expect(successOf(list, keyListSchema).map(({ name }) => name)).toEqual(['default', 'tv'])
    expect(JSON.stringify(list.body)).not.toContain('obb_')
    const set = await page.call('PATCH', `keys/${made.id}`, { scopes: ['read'] })
    expect(successOf(set, keyViewSchema)).toMatchObject({ name: 'tv', scopes: ['read'] })
    expect((await account(made.apiKey)).code).toBe(200)
    const rotated = successOf(await page.call('POST', `keys/${made.id}/rotate`), keyShownSchema)
    expectRefusal(await account(made.apiKey), 'key_invalid')
    expect((await account(rotated.apiKey)).code).toBe(200)
    successOf(await page.call('DELETE', `keys/${made.id}`), keyRemovedSchema)
    expectRefusal(await account(rotated.apiKey), 'key_invalid')

    const { items } = successOf(await gateway.admin('GET', `/audit?who=${email}`), auditPageSchema)
    expect(items.map(({ action, who, outcome }) => [action, who, outcome])).toEqual(
      ['DELETE /keys/:id', 'POST /keys/:id/rotate', 'PATCH /keys/:id', 'POST /keys'].map((action) => [
        ...[action, email, 'ok'],
      ]),
    )
  })

  it('tell who used them last and what was refused last, by the number and text of the failure', async () => {
    const { page } = await people.signedIn()
    const made = successOf(await page.call('POST', 'keys', { name: 'jd' }), keyShownSchema)
    const seen = async () => {
      await gateway.app.get(KeyUses).write(true)
      return successOf(await page.call('GET', 'keys'), keyListSchema).find(({ id }) => id === made.id)
    }
    expect(await seen()).toMatchObject({ lastUsed: null, lastError: null })
    const unsupported = { url: 'https://nowhere.invalid/x' }
    expectRefusal(await gateway.call(made.apiKey, 'POST', '/unrestrict', unsupported), 'url_unsupported')
    const { status, msg } = REFUSALS.url_unsupported
    const at = new Date(gateway.clock.now()).toISOString()
    expect(await seen()).toMatchObject({ lastUsed: { at }, lastError: { at, status, msg } })
    await page.call('PATCH', `keys/${made.id}`, { scopes: ['submit'] })
    gateway.clock.advance(1)
    expectRefusal(await account(made.apiKey), 'key_scope_missing')
    expect((await seen())?.lastError?.msg).toBe(REFUSALS.key_scope_missing.msg)
    expect(JSON.stringify(await seen())).not.toContain('obb_')
  })

  it('are nobody else’s', async () => {
    const [mine, theirs] = [await people.signedIn(), await people.signedIn()]
    const [key] = successOf(await mine.page.call('GET', 'keys'), keyListSchema)
    for (const [method, path, body] of [
      ['PATCH', `keys/${key?.id}`, { name: 'x' }],
      ['POST', `keys/${key?.id}/rotate`, undefined],
      ['DELETE', `keys/${key?.id}`, undefined],
    ] as const)
      expectRefusal(await theirs.page.call(method, path, body), 'resource_unknown')
    expect((await account(mine.apiKey)).code).toBe(200)
  })

  it('are not for a key to manage, and not for pages of others', async () => {
    const { apiKey, page } = await people.signedIn()
    const stranger = people.browser()
    const shown = { 'x-api-key': apiKey }
    expectRefusal(await stranger.call('GET', 'keys', undefined, shown), 'signed_out')
    expectRefusal(await stranger.call('POST', 'keys', { name: 'x' }, shown), 'signed_out')
    const foreign = { origin: 'https://elsewhere.test' }
    expectRefusal(await page.call('POST', 'keys', { name: 'x' }, foreign), 'origin_foreign')
    expectRefusal(await gateway.call(apiKey, 'POST', '/keys', { name: 'x' }), 'route_unknown')
  })

  it('are not made while the account is expired', async () => {
    const { email, page } = await people.signedIn()
    await gateway.app.get(Accounts).setPlan(email, { expiresAt: new Date(gateway.clock.now()) })
    expectRefusal(await page.call('POST', 'keys', { name: 'x' }), 'account_expired')
    expect((await page.call('GET', 'keys')).code).toBe(200)
  })
})

describe('the stream of events of who is signed in', () => {
  it('ends within seconds when the session does, and that of another session goes on', async () => {
    const { email, page } = await people.signedIn()
    const other = await people.signedIn()
    const open = async ({ cookies, headers }: typeof page) => {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const response = await fetch(`http://127.0.0.1:${gateway.port}/api/portal/v1/events`, {
        headers: { ...headers, cookie },
      })
      expect([response.status, response.headers.get('content-type')]).toEqual([
        ...[200, 'text/event-stream; charset=utf-8'],
      ])
      const reader = response.body!.getReader()
      await reader.read()
      return reader
    }
    const [stream, others] = [await open(page), await open(other.page)]
    await gateway.app.get(Accounts).grant(email, 5)
    expect((await page.call('DELETE', 'session')).code).toBe(200)
    gateway.clock.advance(5_000)
    await gateway.app.get(EventStreams).look()
    let text = ''
    for (let part = await stream.read(); !part.done; part = await stream.read())
      text += Buffer.from(part.value).toString()
    expect(text).not.toContain('trafficLeft":1073741829') // what came later is not told any more
    await gateway.app.get(Accounts).grant(other.email, 5)
    gateway.clock.advance(1_000)
    await gateway.app.get(EventStreams).look()
    expect(Buffer.from((await others.read()).value ?? []).toString()).toContain('event: account')
    await others.cancel()
  })
})
