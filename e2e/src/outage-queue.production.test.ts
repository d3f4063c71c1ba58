import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type FakeHost, patternContent } from '@obb/host-adapters/testing'
import { redisAvailable } from '@obb/testing/redis'
import { Installation } from './installation.js'
import { OtherGateway, until } from './outage-gateway.js'

const SIZE = 100_000

const describeWithRedis = redisAvailable() ? describe : describe.skip

describeWithRedis('the gateway while Redis is down', () => {
  let obb: Installation
  let host: FakeHost
  let gateway: OtherGateway
  let key: string
  let accepted: string
  const lost: unknown[] = []
  const onLost = (reason: unknown) => lost.push(reason)
  const file = (n: number) => host.addFile({ name: `${n}.bin`, content: patternContent(SIZE, n) })

  beforeAll(async () => {
    process.on('unhandledRejection', onLost)
    obb = await Installation.start('production')
    host = await obb.addHost('RapidGator')
    await obb.startFetcher()
    key = (await obb.admin('POST', '/users', { email: 'u@example.test', traffic: 10 * SIZE })).apiKey
    gateway = await OtherGateway.of(obb)
    expect((await gateway.call(key, 'GET', '/account')).code).toBe(200)
  })

  afterAll(async () => {
    await gateway.close()
    await obb.close()
    process.off('unhandledRejection', onLost)
  })

  it('accepts a file that is known, at once or nearly so, and charges it once', async () => {
    const url = file(1)
    // Somebody else without traffic asked for it, so it is known and nobody fetches it.
    const poor = (await obb.admin('POST', '/users', { email: 'poor@example.test' })).apiKey
    expect((await gateway.call(poor, 'POST', '/unrestrict', { url })).body.status).toBe(52)
    await obb.redis?.crash()
    const made = await gateway.call(key, 'POST', '/unrestrict', { url })
    expect(made.body).toMatchObject({ success: true, data: { remote_status: 'pending' } })
    expect(made.ms).toBeLessThan(5_000)
    accepted = made.body.data.linkId
    expect((await gateway.call(key, 'POST', '/unrestrict', { url })).body.data.linkId).toBe(accepted)
  })

  it('says 105 within seconds for a file that a host has to be asked about', async () => {
    const { code, body, ms } = await gateway.call(key, 'POST', '/unrestrict', { url: file(2) })
    expect([code, body.status, body.retry_in_seconds > 0]).toEqual([503, 105, true])
    expect(ms).toBeLessThan(8_000)
  })

  it('answers whatever needs no queue as ever', async () => {
    for (const path of ['/account', '/hosts', '/hosts/grouped', `/link/${accepted}`, '/health']) {
      expect((await gateway.call(key, 'GET', path)).code).toBe(200)
    }
  })

  it('recovers by itself: what was accepted is fetched by the sweep, what was refused can be asked again', async () => {
    await obb.redis?.restart()
    expect((await obb.settled(key, accepted)).body.data.remote_status).toBe('done')
    const made = await until(
      () => gateway.call(key, 'POST', '/unrestrict', { url: file(3) }),
      ({ code }) => code === 200,
    )
    expect((await obb.settled(key, made.body.data.linkId)).body.data.remote_status).toBe('done')
    const { entries } = await obb.admin('GET', '/ledger?email=u@example.test')
    expect(entries.map(({ kind }: { kind: string }) => kind)).toEqual(['grant', 'charge', 'charge'])
  }, 60_000)

  it('left no promise behind that would have ended the process', () => {
    expect(lost).toEqual([])
  })
})
