import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { fetcherSchema, platformQueueSchema } from '@obb/contracts'
import { Fetchers } from '@obb/core/queue'
import { Gateway } from '../testing/gateway.js'
import { successOf } from '../testing/strict.js'

let gateway: Gateway
beforeAll(async () => {
  gateway = await Gateway.start()
})
afterAll(() => gateway.close())

const queue = async () => successOf(await gateway.admin('GET', '/queue'), platformQueueSchema.array())
const fetchers = async () => successOf(await gateway.admin('GET', '/fetchers'), fetcherSchema.array())

it('tells what waits, since when, and what is fetched, by platform; and who fetches', async () => {
  expect(await queue()).toEqual([])
  await new Fetchers(gateway.database, gateway.clock).beat('one', 8)
  await gateway.poolAccount()
  const asked = new Date(gateway.clock.now()).toISOString()
  for (const n of [1, 2]) {
    const { apiKey } = await gateway.user()
    const { url } = await gateway.knownFile(n)
    expect((await gateway.call(apiKey, 'POST', '/unrestrict', { url })).code).toBe(200)
    gateway.clock.advance(1_000)
  }
  const waits = { platform: 'RapidGator', waiting: 2, oldestAt: asked, running: 0 }
  expect(await queue()).toEqual([waits])

  await gateway.database.query(
    `UPDATE source_file SET state = 'downloading', worker = 'one', lease_until = now() + interval '1 hour'
      WHERE id = (SELECT file_id FROM waiting_fetch LIMIT 1)`,
  )
  expect(await queue()).toEqual([expect.objectContaining({ waiting: 1, running: 1 })])
  expect(await fetchers()).toContainEqual(
    expect.objectContaining({ id: 'one', slots: 8, running: 1, seenAt: expect.any(String) }),
  )
})
