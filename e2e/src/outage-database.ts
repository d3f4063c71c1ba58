import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ADMIN_API } from '@obb/contracts'
import { type FakeHost, patternContent } from '@obb/host-adapters/testing'
import { Installation, type Stores } from './installation.js'
import { OtherGateway, until } from './outage-gateway.js'
import { Wire } from './outage-wire.js'

const SIZE = 100_000
const PASSING = [105, 999]
/** A connection may take 10 s, and a look at what was known before 2 s; clients give up after 30 s. */
const ANSWER_LIMIT_MS = 15_000

/** Connections break, or nothing comes through them any more. */
export type Way = 'cut' | 'blackHole'

/** The gateway while its database is away, in the ways in which a database can be away. */
export function describeDatabaseOutage(stores: Stores, ways: readonly Way[]): void {
  describe.each(ways)(`the gateway over the ${stores} stores, its database: %s`, (how) => {
    let obb: Installation
    let host: FakeHost
    let wire: Wire
    let gateway: OtherGateway
    let key: string
    let linkId: string
    let before: unknown[]
    let urls: string[]
    const lost: unknown[] = []
    const onLost = (reason: unknown) => lost.push(reason)

    const reads = () =>
      Promise.all(['/account', '/hosts', '/hosts/grouped'].map((path) => gateway.call(key, 'GET', path)))

    beforeAll(async () => {
      process.on('unhandledRejection', onLost)
      obb = await Installation.start(stores)
      host = await obb.addHost('RapidGator')
      await obb.startFetcher()
      key = (await obb.admin('POST', '/users', { email: 'u@example.test', traffic: 10 * SIZE })).apiKey
      urls = [1, 2].map((n) => host.addFile({ name: `${n}.bin`, content: patternContent(SIZE, n) }))
      wire = await Wire.to(obb.configOf('api').DATABASE_URL)
      gateway = await OtherGateway.of(obb, { DATABASE_URL: wire.url })
      const made = await gateway.call(key, 'POST', '/unrestrict', { url: urls[0] })
      linkId = made.body.data.linkId
      expect((await obb.settled(key, linkId)).body.data.remote_status).toBe('done')
      before = (await reads()).map(({ body }) => body)
      wire[how]()
    })

    afterAll(async () => {
      await gateway.close()
      await wire.close()
      await obb.close()
      process.off('unhandledRejection', onLost)
    })

    it('/account, /hosts and /hosts/grouped answer from the last known state, within seconds', async () => {
      const answers = await reads()
      expect(answers.map(({ code, body }) => [code, body])).toEqual(before.map((body) => [200, body]))
      expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(8_000)
    })

    it('everything else says 105 and when to come again, within seconds', async () => {
      const answers = await Promise.all([
        gateway.call(key, 'GET', `/link/${linkId}`),
        ...urls.map((url) => gateway.call(key, 'POST', '/unrestrict', { url })),
        gateway.call(key, 'GET', '/health/ready'),
        gateway.call(obb.adminToken, 'GET', `${ADMIN_API}/users`),
        gateway.call(obb.adminToken, 'POST', `${ADMIN_API}/users`, { email: 'never@example.test' }),
      ])
      for (const { code, body, headers, ms } of answers) {
        expect([code, body.status, headers.get('retry-after')]).toEqual([
          503,
          105,
          String(body.retry_in_seconds),
        ])
        expect(ms).toBeLessThan(ANSWER_LIMIT_MS)
      }
    })

    it('lets in no key that it did not know', async () => {
      const strangers = [`obb_${'x'.repeat(32)}`, 'obb_short', '']
      const answers = strangers.map((stranger) => gateway.call(stranger, 'GET', '/account'))
      for (const { code, body } of await Promise.all(answers)) {
        expect([401, 503]).toContain(code)
        expect(body).toMatchObject({ success: false, status: code === 401 ? 1 : 105 })
      }
    })

    it('recovers by itself: the links are there, new ones are fetched, each is charged once', async () => {
      wire.restore()
      const same = await until(
        () => gateway.call(key, 'GET', `/link/${linkId}`),
        ({ code }) => code === 200,
      )
      expect(same.body.data).toMatchObject({ linkId, remote_status: 'done' })
      for (const url of urls) {
        const made = await until(
          () => gateway.call(key, 'POST', '/unrestrict', { url }),
          ({ code, body }) => code === 200 || !PASSING.includes(body.status),
        )
        expect([made.code, made.body.status]).toEqual([200, undefined])
        const done = await obb.settled(key, made.body.data.linkId)
        expect(done.body.data).toMatchObject({ remote_status: 'done', filesize: String(SIZE) })
      }
      const { entries, trafficLeft } = await obb.admin('GET', '/ledger?email=u@example.test')
      expect(entries.filter(({ kind }: { kind: string }) => kind !== 'grant')).toHaveLength(urls.length)
      expect(trafficLeft).toBe((10 - urls.length) * SIZE)
      expect((await reads()).map(({ code }) => code)).toEqual([200, 200, 200])
    }, 60_000)

    it('left no promise behind that would have ended the process', () => {
      expect(lost).toEqual([])
    })
  })
}
