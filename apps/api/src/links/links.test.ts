import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type LinkAnswer, type LinkListAnswer, linkListSchema, linkSchema } from '@obb/contracts'
import { Gateway, PROXY_URL } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'

describe('GET /links', () => {
  let gateway: Gateway
  let key: string
  let email: string
  let n = 0

  beforeAll(async () => {
    gateway = await Gateway.start()
    await gateway.poolAccount()
    await gateway.fetcherAlive()
    const user = await gateway.user()
    key = user.apiKey
    email = user.email
  })
  afterAll(() => gateway.close())

  const listOf = async (query = '', by = key): Promise<LinkListAnswer> =>
    successOf(await gateway.call(by, 'GET', `/links${query}`), linkListSchema)
  const idsOf = ({ links }: LinkListAnswer) => links.map(({ linkId }) => linkId)

  async function made(by = key): Promise<{ linkId: string; fileId: string }> {
    gateway.clock.advance(1_000)
    await gateway.fetcherAlive()
    const { url, file } = await gateway.knownFile(++n)
    const { linkId } = successOf(await gateway.call(by, 'POST', '/unrestrict', { url }), linkSchema)
    return { linkId, fileId: file.id }
  }

  it('200: each as GET /link tells it, the newest first, in pages, without a link of another account', async () => {
    const [waiting, done, cancelled] = [await made(), await made(), await made()]
    const theirs = await made((await gateway.user()).apiKey)
    await gateway.fetched(done.fileId)
    await gateway.call(key, 'DELETE', `/link/${cancelled.linkId}`)
    const { links, next } = await listOf()
    expect(next).toBeNull()
    const states = links.map(({ linkId, state }) => [linkId, state])
    expect(states).toEqual([
      [cancelled.linkId, 'ended'],
      [done.linkId, 'done'],
      [waiting.linkId, 'pending'],
    ])
    for (const link of links) {
      const told: LinkAnswer = successOf(await gateway.call(key, 'GET', `/link/${link.linkId}`), linkSchema)
      const { state, created_at, ended_at } = link
      const more = { platform: 'RapidGator', package: null, state, created_at, ended_at, stream: null }
      expect(link).toEqual({ ...told, ...more })
      expect(ended_at === null).toBe(state !== 'ended')
    }
    expect(links[1]?.link).toContain(`${PROXY_URL}/download/${done.linkId}/`)
    expect(JSON.stringify(links)).not.toContain(theirs.linkId)
    const first = await listOf('?limit=2')
    expect(idsOf(first)).toEqual([cancelled.linkId, done.linkId])
    const second = await listOf(`?limit=2&after=${first.next}`)
    expect([idsOf(second), second.next]).toEqual([[waiting.linkId], null])

    expect(idsOf(await listOf('?state=ended'))).toEqual([cancelled.linkId])
    for (const platform of ['rapidgator', 'RapidGator', 'RAPIDGATOR.net'])
      expect(idsOf(await listOf(`?platform=${platform}`))).toHaveLength(3)
    expect(idsOf(await listOf('?platform=NitroFlare'))).toEqual([])
    expect(idsOf(await listOf('?search=file+1.BIN'))).toEqual([waiting.linkId])
    const since = new Date(links[1]?.created_at ?? 0).toISOString()
    expect(idsOf(await listOf(`?since=${since}`))).toEqual([cancelled.linkId, done.linkId])
    expect(idsOf(await listOf(`?until=${since}`))).toEqual([waiting.linkId])

    const operators = await gateway.admin('GET', `/users/links?email=${email}&state=done`)
    expect(idsOf(successOf(operators, linkListSchema))).toEqual([done.linkId])
    expect((await gateway.admin('GET', '/users/links?email=nobody@a.test')).code).toBe(404)
  })

  it('200: links that were asked for together, by the name of their package, alone and in a batch', async () => {
    const { apiKey } = await gateway.user()
    await gateway.fetcherAlive()
    const urls = [(await gateway.knownFile(++n)).url, (await gateway.knownFile(++n)).url]
    const body = { url: urls[0], package: ' First season ' }
    const alone = successOf(await gateway.call(apiKey, 'POST', '/unrestrict', body), linkSchema)
    const of = async (name: string) => listOf(`?package=${encodeURIComponent(name)}`, apiKey)
    expect(await of('First season')).toMatchObject({
      links: [{ linkId: alone.linkId, package: 'First season' }],
      next: null,
    })
    // Asked for again under another name, it belongs there.
    const batch = { urls: [...urls, 'https://nowhere.test/x'], package: 'Both' }
    expect((await gateway.call(apiKey, 'POST', '/unrestrict/batch', batch)).code).toBe(200)
    expect((await of('Both')).links).toHaveLength(2)
    expect((await of('First season')).links).toEqual([])
    const bad = { url: urls[0], package: 'a\u0000b' }
    expectRefusal(await gateway.call(apiKey, 'POST', '/unrestrict', bad), 'request_invalid')
  })

  it.each([
    'package=',
    'limit=0',
    'limit=501',
    'state=finished',
    'platform=nowhere.test',
    'search=%00',
    'since=yesterday',
    'after=nothing',
    `after=${Buffer.from('["2026-01-01T00:00:00.000Z","a\u0000"]').toString('base64url')}`,
    'sort=size',
  ])('400: ?%s', async (query) => {
    expectRefusal(await gateway.call(key, 'GET', `/links?${query}`), 'request_invalid')
  })

  it('401 without a key', async () => {
    expectRefusal(await gateway.call('', 'GET', '/links'), 'key_invalid')
  })

  it('takes a token for every hundred links that it may tell', async () => {
    const left = async (query: string) =>
      Number((await gateway.call(key, 'GET', `/links${query}`)).headers.get('ratelimit-remaining'))
    const before = await left('')
    expect([await left(''), await left('?limit=500')]).toEqual([before - 1, before - 6])
  })
})
