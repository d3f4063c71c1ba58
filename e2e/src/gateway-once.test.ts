import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type FakeHost, loadFake, patternContent } from '@obb/host-adapters'
import { Installation } from './installation.js'
import { OtherGateway } from './outage-gateway.js'

const SIZE = 100_000

describe('two gateways on one database', () => {
  let obb: Installation
  let host: FakeHost
  let gateways: OtherGateway[]

  beforeAll(async () => {
    obb = await Installation.start('embedded')
    host = await (await loadFake('RapidGator')).start()
    await obb.startFetcher()
    await obb.admin('PATCH', '/hosts/RapidGator', { origins: host.origins })
    await obb.admin('POST', '/accounts', { platform: 'RapidGator', credentials: host.credentials })
    gateways = [await OtherGateway.of(obb), await OtherGateway.of(obb)]
  })

  afterAll(async () => {
    for (const gateway of gateways) await gateway.close()
    await obb.close()
    await host.close()
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
    const urls = Array.from({ length: 6 }, (_, n) =>
      host.addFile({ name: `b${n}.bin`, content: patternContent(SIZE, n) }),
    )
    const asked = await Promise.all(
      urls.map((url, n) => gateways[n % 2]?.call(apiKey, 'POST', '/unrestrict', { url })),
    )
    expect(asked.map((answer) => answer?.code).sort()).toEqual([200, 402, 402, 402, 402, 402])
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
})

describe('a host that takes half a minute for everything', () => {
  it('never makes a client wait for 30 s: 105, and nothing is charged', async () => {
    const obb = await Installation.start('embedded')
    const host = await (await loadFake('RapidGator')).start()
    await obb.startFetcher()
    await obb.admin('PATCH', '/hosts/RapidGator', { origins: host.origins })
    await obb.admin('POST', '/accounts', { platform: 'RapidGator', credentials: host.credentials })
    const { apiKey } = await obb.admin('POST', '/users', { email: 'd@example.test', traffic: SIZE })
    const url = host.addFile({ name: 'slow.bin', content: patternContent(SIZE, 1) })
    Object.assign(host.knobs, { delayMs: 30_000 })
    const began = performance.now()
    const { code, body } = await obb.call(apiKey, 'POST', '/unrestrict', { url })
    expect([code, body.status, body.retry_in_seconds > 0]).toEqual([503, 105, true])
    expect(performance.now() - began).toBeLessThan(26_000)
    expect((await obb.admin('GET', '/ledger?email=d@example.test')).entries).toHaveLength(1)
    await host.close()
    await obb.close()
  }, 60_000)
})
