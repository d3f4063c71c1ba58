import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import {
  keyUsageSchema,
  ledgerSchema,
  linkDetailsSchema,
  linkListSchema,
  linkSchema,
  ownLedgerSchema,
} from '@obb/contracts'
import { Gateway } from '../testing/gateway.js'
import { People } from '../testing/people.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const SIZE = 400

let gateway: Gateway
let people: People
let n = 0
beforeAll(async () => {
  gateway = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1' })
  people = new People(gateway)
  await gateway.poolAccount()
})
afterAll(() => gateway.close())
beforeEach(() => gateway.fetcherAlive())

/** Somebody with keys for two programs, who asked for two links by one, one by the other, and one in the portal. */
async function somebody() {
  const someone = await people.signedIn()
  const { page } = someone
  const key = async (name: string) => (await page.call('POST', 'keys', { name })).body.data
  const [player, series] = [await key('JDownloader'), await key('Sonarr')]
  const url = async () => (await gateway.knownFile(++n, SIZE)).url
  const by = async (apiKey: string) => {
    gateway.clock.advance(1)
    return successOf(await gateway.call(apiKey, 'POST', '/unrestrict', { url: await url() }), linkSchema)
      .linkId
  }
  const links = {
    first: await by(player.apiKey),
    second: await by(player.apiKey),
    series: await by(series.apiKey),
    own: successOf(await page.call('POST', 'unrestrict', { url: await url() }), linkSchema).linkId,
  }
  const told = async (query = '') => {
    const { keys } = successOf(await page.call('GET', `usage/keys${query}`), keyUsageSchema)
    return keys.map((used) => [used.key, used.bytes, used.links])
  }
  return { ...someone, player, series, links, told }
}

describe('what each key used', () => {
  it('is told to who is signed in and to operators, less what came back, also of keys that were removed', async () => {
    const { page, email, player, series, links, told } = await somebody()
    await page.call('DELETE', `keys/${series.id}`)
    expect((await page.call('DELETE', `link/${links.first}`)).code).toBe(200)
    const used = [
      ['JDownloader', SIZE, 2],
      [null, SIZE, 1],
      ['Sonarr', SIZE, 1],
    ]
    expect(await told('?days=1')).toEqual(expect.arrayContaining(used))
    expect(await told()).toHaveLength(used.length)
    const operators = await gateway.admin('GET', `/users/usage?email=${email}&days=90`)
    const { keys } = successOf(operators, keyUsageSchema)
    expect(keys[0]).toMatchObject({ keyId: player.id, key: 'JDownloader', bytes: SIZE, links: 2 })
    expect(keys.map(({ key, bytes, links: count }) => [key, bytes, count])).toEqual(await told())
    expectRefusal(await gateway.admin('GET', '/users/usage?email=nobody@a.test'), 'resource_unknown')
    expectRefusal(await page.call('GET', 'usage/keys?days=91'), 'request_invalid')
  })

  it('is told of nobody else, and to no key', async () => {
    const { told, player } = await somebody()
    const { page: other } = await people.signedIn()
    expect(successOf(await other.call('GET', 'usage/keys'), keyUsageSchema)).toEqual({ keys: [] })
    expect(await told()).toHaveLength(3)
    expectRefusal(await gateway.call(player.apiKey, 'GET', '/usage/keys'), 'route_unknown')
    for (const list of ['links', 'ledger'])
      expectRefusal(await gateway.call(player.apiKey, 'GET', `/${list}?key=none`), 'request_invalid')
  })
})

describe('by which key a link was asked for', () => {
  it('stands in the list, which is had by key, and in the details, also once the key is removed', async () => {
    const { page, email, player, series, links } = await somebody()
    await page.call('DELETE', `keys/${series.id}`)
    const listed = async (key: string) => {
      const answer = await page.call('GET', `links?key=${key}`)
      return successOf(answer, linkListSchema).links.map((link) => [link.linkId, link.keyId, link.key])
    }
    expect(await listed(player.id)).toEqual([
      [links.second, player.id, 'JDownloader'],
      [links.first, player.id, 'JDownloader'],
    ])
    expect(await listed('none')).toEqual([[links.own, null, null]])
    expect(await listed(randomUUID())).toEqual([])
    expectRefusal(await page.call('GET', 'links?key=Sonarr'), 'request_invalid')
    const details = successOf(await page.call('GET', `links/${links.series}`), linkDetailsSchema)
    expect(details.link).toMatchObject({ keyId: series.id, key: 'Sonarr' })
    const operators = await gateway.admin('GET', `/users/links?email=${email}&key=${series.id}`)
    expect(successOf(operators, linkListSchema).links).toMatchObject([
      { linkId: links.series, keyId: series.id, key: 'Sonarr' },
    ])
  })

  it('stands in the ledger, which is had by key, with what came back', async () => {
    const { page, email, player, links } = await somebody()
    await page.call('DELETE', `link/${links.first}`)
    const entries = async (query: string) => {
      const { items } = successOf(await page.call('GET', `ledger?${query}`), ownLedgerSchema)
      return items.map((entry) => [entry.kind, entry.linkId, entry.keyId, entry.key])
    }
    const of = [player.id, 'JDownloader']
    expect(await entries(`key=${player.id}`)).toEqual([
      ['refund', links.first, ...of],
      ['charge', links.second, ...of],
      ['charge', links.first, ...of],
    ])
    expect(await entries(`key=${player.id}&kind=refund`)).toEqual([['refund', links.first, ...of]])
    expect(await entries('key=none')).toEqual([['charge', links.own, undefined, undefined]])
    expectRefusal(await page.call('GET', 'ledger?key=x'), 'request_invalid')
    const operators = successOf(await gateway.admin('GET', `/ledger?email=${email}`), ledgerSchema)
    expect(operators.entries.map(({ kind, key }) => [kind, key])).toEqual([
      ['grant', null],
      ...[
        ['charge', 'JDownloader'],
        ['charge', 'JDownloader'],
        ['charge', 'Sonarr'],
      ],
      ['charge', null],
      ['refund', 'JDownloader'],
    ])
  })

  it('is told to no key, not even its own', async () => {
    const { player } = await somebody()
    for (const path of ['/links', '/ledger']) {
      const text = JSON.stringify((await gateway.call(player.apiKey, 'GET', path)).body)
      expect(text).toContain('RapidGator')
      for (const told of ['keyId', '"key"', 'Sonarr', 'JDownloader', player.id])
        expect([path, told, text.includes(told)]).toEqual([path, told, false])
    }
  })
})
