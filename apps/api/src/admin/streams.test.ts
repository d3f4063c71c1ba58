import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { linkSchema, streamsViewSchema } from '@obb/contracts'
import { Streams } from '@obb/core/streams'
import { Gateway } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'

let gateway: Gateway
beforeAll(async () => {
  gateway = await Gateway.start()
})
afterAll(() => gateway.close())

const streams = async (query = '') =>
  successOf(await gateway.admin('GET', `/streams${query}`), streamsViewSchema)
const NOTHING = { total: 0, connections: 0, bytesPerSecond: 0, proxies: [], streams: [] }

it('tells how much is sent now and by which proxies, and the fastest with whose they are', async () => {
  expect(await streams()).toEqual(NOTHING)
  await gateway.poolAccount()
  await gateway.fetcherAlive()
  const user = await gateway.user()
  const linkIds: string[] = []
  for (const n of [1, 2]) {
    const { url } = await gateway.knownFile(n)
    linkIds.push(
      successOf(await gateway.call(user.apiKey, 'POST', '/unrestrict', { url }), linkSchema).linkId,
    )
  }
  const at = gateway.clock.now()
  const iso = new Date(at).toISOString()
  const told = {
    connections: 4,
    sent: 600,
    distinct: 500,
    since: at,
    client: 'aria2',
    address: '203.0.113.7',
  }
  const proxies = new Streams(gateway.database, gateway.clock)
  const proxy = { startedAt: new Date(at), offload: 'off', offloaded: 0, connections: 8 } as const
  const busiest = linkIds.map((id, n) => ({ id, ...told, bytesPerSecond: 10 + n }))
  await proxies.report('one', { ...proxy, streams: 7, bytesPerSecond: 90, busiest })
  await proxies.report('two', { ...proxy, streams: 1, bytesPerSecond: 10, busiest: busiest.slice(1) })
  gateway.clock.advance(1_000)
  const view = await streams('?limit=1')
  // Five that the first one does not tell of, and two.
  expect(view).toMatchObject({ total: 7, connections: 16, bytesPerSecond: 100 })
  const shown = { startedAt: iso, seenAt: iso, offload: 'off', offloaded: 0, connections: 8 }
  expect(view.proxies).toEqual([
    { id: 'one', ...shown, streams: 7, bytesPerSecond: 90 },
    { id: 'two', ...shown, streams: 1, bytesPerSecond: 10 },
  ])
  expect(view.streams).toEqual([
    {
      ...{
        linkId: linkIds[1],
        isShared: false,
        name: expect.any(String),
        platform: 'RapidGator',
        size: 1_000,
      },
      ...{
        ...told,
        user: user.email,
        connections: 8,
        sent: 1_200,
        distinct: 1_000,
        bytesPerSecond: 22,
        since: iso,
      },
    },
  ])
  expect((await streams()).streams.map(({ linkId }) => linkId)).toEqual(linkIds.toReversed())
  expectRefusal(await gateway.admin('GET', '/streams?limit=201'), 'request_invalid')
  gateway.clock.advance(10_000)
  expect(await streams()).toEqual(NOTHING)
})
