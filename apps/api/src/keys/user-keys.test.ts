import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  type KeyShown,
  keyListSchema,
  keyRemovedSchema,
  keyShownSchema,
  keyViewSchema,
  linkListSchema,
  linkSchema,
} from '@obb/contracts'
import { KeyUses } from '@obb/core/accounts'
import { Gateway } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const HOUR = 3_600_000

let gateway: Gateway
let email: string
let n = 0

beforeAll(async () => {
  gateway = await Gateway.start()
  await gateway.poolAccount()
})
afterAll(() => gateway.close())
beforeEach(async () => {
  email = (await gateway.user()).email
  await gateway.fetcherAlive()
})

async function add(terms: object = {}): Promise<KeyShown> {
  const body = { email, name: `key ${++n}`, ...terms }
  return successOf(await gateway.admin('POST', '/users/keys', body), keyShownSchema)
}

const set = async ({ id }: { id: string }, change: object) =>
  successOf(await gateway.admin('PATCH', `/users/keys/${id}`, change), keyViewSchema)

async function storedFile(): Promise<string> {
  const { url, file } = await gateway.knownFile(++n)
  await gateway.database.query(`UPDATE source_file SET state = 'done', object_key = 'x' WHERE id = $1`, [
    file.id,
  ])
  return url
}

const ask = async ({ apiKey }: { apiKey: string }) =>
  gateway.call(apiKey, 'POST', '/unrestrict', { url: await storedFile() })
const linksOf = ({ apiKey }: { apiKey: string }) => gateway.call(apiKey, 'GET', '/links')

describe('the keys of a user, as operators see them', () => {
  it('are listed without the keys themselves, which stand in the answer that makes them alone', async () => {
    const made = await add({ scopes: ['read', 'read'], networks: ['192.0.2.7', '2001:db8::/32'] })
    expect(made).toMatchObject({
      scopes: ['read'],
      networks: ['192.0.2.7/32', '2001:db8::/32'],
      lastUsed: null,
    })
    const answer = await gateway.admin('GET', `/users/keys?email=${email}`)
    expect(successOf(answer, keyListSchema).map(({ name }) => name)).toEqual(['default', made.name])
    expect(JSON.stringify(answer.body)).not.toContain('obb_')
  })

  it('are rotated and removed by id, from the very next request on', async () => {
    const made = await add()
    successOf(await ask(made), linkSchema)
    const answer = await gateway.admin('POST', `/users/keys/${made.id}/rotate`)
    const rotated = successOf(answer, keyShownSchema)
    expect(rotated).toMatchObject({ id: made.id, name: made.name })
    expectRefusal(await ask(made), 'key_invalid')
    successOf(await ask(rotated), linkSchema)
    successOf(await gateway.admin('DELETE', `/users/keys/${made.id}`), keyRemovedSchema)
    expectRefusal(await ask(rotated), 'key_invalid')
    expectRefusal(await gateway.admin('DELETE', `/users/keys/${made.id}`), 'resource_unknown')
  })

  it.each([
    ['no name', { name: ' ' }],
    ['no scope', { scopes: [] }],
    ['an unknown scope', { scopes: ['admin'] }],
    ['what is no network', { networks: ['192.0.2.0/33'] }],
    ['a name of a network', { networks: ['localhost'] }],
    ['a time that is none', { expiresAt: 'tomorrow' }],
  ])('are not made with %s', async (_, terms) => {
    const answer = await gateway.admin('POST', '/users/keys', { email, name: 'x', ...terms })
    expectRefusal(answer, 'request_invalid')
  })
})

describe('what a key may', () => {
  it('read alone: lists and looks, and makes and ends no link', async () => {
    const key = await add({ scopes: ['read'] })
    const whole = await add()
    const { linkId } = successOf(await ask(whole), linkSchema)
    expectRefusal(await ask(key), 'key_scope_missing')
    expectRefusal(await gateway.call(key.apiKey, 'DELETE', `/link/${linkId}`), 'key_scope_missing')
    const batch = { urls: ['https://rapidgator.net/file/1'] }
    expectRefusal(await gateway.call(key.apiKey, 'POST', '/unrestrict/batch', batch), 'key_scope_missing')
    for (const path of ['/account', '/hosts', '/links', `/link/${linkId}`])
      expect((await gateway.call(key.apiKey, 'GET', path)).code).toBe(200)
    expect((await gateway.call(key.apiKey, 'POST', '/check', batch)).code).toBe(200)
  })

  it('submit alone: makes links, is told no download URL, and does not list', async () => {
    const key = await add({ scopes: ['submit'] })
    for (let time = 0; time < 2; time++)
      expect(successOf(await ask(key), linkSchema)).toMatchObject({ download_ready: true, link: null })
    expectRefusal(await linksOf(key), 'key_scope_missing')
    const reader = await add({ scopes: ['read'] })
    const { links } = successOf(await linksOf(reader), linkListSchema)
    expect(links.map(({ link }) => link)).toEqual([null, null])
    const viewed = await gateway.call(reader.apiKey, 'GET', `/link/${links[0]?.linkId}`)
    expect(successOf(viewed, linkSchema).link).toBeNull()
    const whole = await add({ scopes: ['read', 'download'] })
    expect(successOf(await linksOf(whole), linkListSchema).links[0]?.link).toContain('http')
  })

  it('changes from the very next request on, also where the key is looked at with the file', async () => {
    const key = await add()
    for (let time = 0; time < 2; time++) expect(successOf(await ask(key), linkSchema).link).toContain('http')
    // Another process: this one does not hear of it.
    const change = (terms: string) =>
      gateway.database.query(`UPDATE api_key SET ${terms}, revision = revision + 1 WHERE id = $1`, [key.id])
    await change(`scopes = '{submit}'`)
    expect(successOf(await ask(key), linkSchema).link).toBeNull()
    await change(`scopes = '{read}'`)
    expectRefusal(await ask(key), 'key_scope_missing')
    await change(`scopes = '{submit,download}'`)
    expect(successOf(await ask(key), linkSchema).link).toContain('http')
    await change(`networks = '{192.0.2.0/24}'`)
    expectRefusal(await ask(key), 'key_network_refused')
    await change(`networks = '{127.0.0.0/8}'`)
    successOf(await ask(key), linkSchema)
  })

  it('ends when its time is over, also where it was seen a moment ago', async () => {
    const key = await add({ expiresAt: new Date(gateway.clock.now() + HOUR).toISOString() })
    for (let time = 0; time < 2; time++) successOf(await ask(key), linkSchema)
    gateway.clock.advance(HOUR)
    await gateway.fetcherAlive()
    expectRefusal(await ask(key), 'key_expired')
    expectRefusal(await gateway.call(key.apiKey, 'GET', '/account'), 'key_expired')
    await set(key, { expiresAt: null })
    successOf(await ask(key), linkSchema)
  })

  it('is from its networks alone', async () => {
    const key = await add({ networks: ['192.0.2.0/24', '::1/128'] })
    expectRefusal(await gateway.call(key.apiKey, 'GET', '/account'), 'key_network_refused')
    await set(key, { networks: [] })
    expect((await gateway.call(key.apiKey, 'GET', '/account')).code).toBe(200)
  })

  it('is kept with who used it last', async () => {
    const key = await add()
    await gateway.send('GET', '/api/external/v1/account', {
      'x-api-key': key.apiKey,
      'user-agent': 'aria2/1',
    })
    await gateway.app.get(KeyUses).write(true)
    const keys = successOf(await gateway.admin('GET', `/users/keys?email=${email}`), keyListSchema)
    const at = new Date(gateway.clock.now()).toISOString()
    expect(keys.find(({ id }) => id === key.id)?.lastUsed).toEqual({
      ...{ at, client: 'aria2/1', address: '127.0.0.1' },
    })
  })
})
