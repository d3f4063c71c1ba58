import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Fetchers } from '@obb/core/queue'
import { type FakeHost, patternContent } from '@obb/host-adapters/testing'
import { Installation } from './installation.js'
import { OtherGateway, until } from './outage-gateway.js'

const SIZE = 100_000

describe('two gateways on one database', () => {
  let obb: Installation
  let host: FakeHost
  let gateways: OtherGateway[]
  /** A server that takes a request and says nothing; asked for at the start, looked at in the end. */
  const silent = createServer()
  let slow: ReturnType<OtherGateway['call']>

  beforeAll(async () => {
    obb = await Installation.start('embedded')
    host = await obb.addHost('RapidGator')
    await obb.admin('PATCH', '/hosts/Http', { enabled: true })
    await obb.startFetcher()
    const [one, two] = [await OtherGateway.of(obb), await OtherGateway.of(obb)]
    gateways = [one, two]
    const { apiKey } = await obb.admin('POST', '/users', { email: 'slow@example.test', traffic: SIZE })
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}/slow.bin`
    slow = one.call(apiKey, 'POST', '/unrestrict', { url })
  })

  afterAll(async () => {
    for (const gateway of gateways) await gateway.close()
    await obb.close()
    silent.close()
    silent.closeAllConnections()
  })

  it('20 requests at once for one file make one link, one charge and one question to the host', async () => {
    const { apiKey } = await obb.admin('POST', '/users', { email: 'a@example.test', traffic: 20 * SIZE })
    const url = host.addFile({ name: 'once.bin', content: patternContent(SIZE, 1) })
    const questions = () => host.calls.filter((call) => call === 'file/info').length
    const asked = await Promise.all(
      Array.from({ length: 10 }, () =>
        gateways.map((each) => each.call(apiKey, 'POST', '/unrestrict', { url })),
      ).flat(),
    )
    expect(asked.map(({ code }) => code)).toEqual(asked.map(() => 200))
    expect(new Set(asked.map(({ body }) => body.data.linkId)).size).toBe(1)
    expect(asked.filter(({ body }) => body.data.reusedExisting === false)).toHaveLength(1)
    const again = await gateways[1]?.call(apiKey, 'POST', '/unrestrict', { url })
    expect(again?.body.data).toMatchObject({ linkId: asked[0]?.body.data.linkId, reusedExisting: true })
    const { entries, trafficLeft } = await obb.admin('GET', '/ledger?email=a@example.test')
    expect(entries.map(({ kind }: { kind: string }) => kind)).toEqual(['grant', 'charge'])
    expect(trafficLeft).toBe(19 * SIZE)
    await obb.settled(apiKey, again?.body.data.linkId)
    expect(questions()).toBeLessThanOrEqual(2) // the check, and the fetcher's own before it downloads
    expect(host.calls.filter((call) => call === 'file/download')).toHaveLength(1)
  })

  it('traffic for one file is not enough for two, however many are asked for at once', async () => {
    const { apiKey } = await obb.admin('POST', '/users', { email: 'b@example.test', traffic: SIZE })
    const urls = Array.from({ length: 3 }, (_, n) =>
      host.addFile({ name: `b${n}.bin`, content: patternContent(SIZE, n) }),
    )
    const asked = await Promise.all(
      urls.map((url, n) => gateways[n % 2]?.call(apiKey, 'POST', '/unrestrict', { url })),
    )
    expect(asked.map((answer) => answer?.code).sort()).toEqual([200, 402, 402])
    expect((await obb.admin('GET', '/ledger?email=b@example.test')).trafficLeft).toBe(0)
  })

  it('a key that one has rotated is dead at the other with the very next request', async () => {
    const { apiKey } = await obb.admin('POST', '/users', { email: 'c@example.test' })
    const codes = () =>
      Promise.all(gateways.map(async (each) => (await each.call(apiKey, 'GET', '/account')).code))
    expect(await codes()).toEqual([200, 200])
    await obb.admin('POST', '/keys/rotate', { email: 'c@example.test' })
    expect(await codes()).toEqual([401, 401])
  })

  it('a host that never answers makes no client wait for 30 s: 105, and nothing is charged', async () => {
    const { code, body, ms } = await slow
    expect([code, body.status, body.retry_in_seconds > 0]).toEqual([503, 105, true])
    expect(ms).toBeGreaterThan(10_000) // it was asked
    expect(ms).toBeLessThan(26_000)
    expect((await obb.admin('GET', '/ledger?email=slow@example.test')).entries).toHaveLength(1)
  })
})

describe('an answer of a fetcher whose event gets lost in the queue', () => {
  it('is found in the database all the same, within seconds', async () => {
    const obb = await Installation.start('embedded')
    const gateway = await OtherGateway.of(obb)
    await obb.admin('PATCH', '/hosts/Http', { enabled: true })
    const { apiKey } = await obb.admin('POST', '/users', { email: 'e@example.test', traffic: SIZE })
    await new Fetchers(obb.database, obb.clock).beat('a fetcher that cannot speak')
    const asked = gateway.call(apiKey, 'POST', '/unrestrict', { url: 'http://127.0.0.1:1/lost.bin' })
    const facts = `UPDATE source_file SET name = 'lost.bin', size = 5, checked_at = now() RETURNING id`
    await until(
      () => obb.database.query<[unknown[], number]>(facts),
      ([, rows]) => rows === 1,
    )
    const { body, ms } = await asked
    expect(body).toMatchObject({ success: true, data: { remote_status: 'pending', filesize: '5' } })
    expect(ms).toBeLessThan(10_000)
    // Takes the question out of the queue, and then this one.
    await obb.startFetcher()
    await gateway.call(apiKey, 'POST', '/unrestrict', { url: 'http://127.0.0.1:1/next.bin' })
    await gateway.close()
    await obb.close()
  })
})
