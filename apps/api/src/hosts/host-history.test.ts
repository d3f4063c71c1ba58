import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { hostHistorySchema } from '@obb/contracts'
import { HostHistory } from '@obb/core/health'
import { Gateway } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'

let gateway: Gateway
beforeAll(async () => {
  gateway = await Gateway.start()
})
afterAll(() => gateway.close())

describe('GET /hosts/history', () => {
  it('tells how each platform did by hour, and by day of the last ninety', async () => {
    const { apiKey } = await gateway.user()
    const fetcher = new HostHistory(gateway.database, gateway.clock)
    await fetcher.record('RapidGator', 'done')
    await fetcher.record('Katfile', 'upstream_error')
    gateway.clock.advance(3_600_000)
    await fetcher.record('RapidGator', 'done', 2 ** 20)
    const hours = successOf(await gateway.call(apiKey, 'GET', '/hosts/history'), hostHistorySchema)
    expect(hours.hosts.map(({ platform, periods }) => [platform, periods.length])).toEqual([
      ['Katfile', 1],
      ['RapidGator', 2],
    ])
    const days = successOf(await gateway.call(apiKey, 'GET', '/hosts/history?days=90'), hostHistorySchema)
    expect(days.hosts[1]?.periods).toEqual([
      { from: '2026-11-23T00:00:00.000Z', succeeded: 2, failures: {}, speed: 2 ** 20 },
    ])
    expectRefusal(await gateway.call(apiKey, 'GET', '/hosts/history?days=7'), 'request_invalid')
  })
})
