import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type FakeHost, patternContent } from '@obb/host-adapters/testing'
import { Installation } from './installation.js'
import { OtherGateway, until } from './outage-gateway.js'

const SIZE = 100_000

describe("the gateway while the connections of PostgreSQL's queue are ended, again and again", () => {
  let obb: Installation
  let host: FakeHost
  let gateway: OtherGateway
  let key: string
  const lost: unknown[] = []
  const onLost = (reason: unknown) => lost.push(reason)

  beforeAll(async () => {
    process.on('unhandledRejection', onLost)
    obb = await Installation.start('embedded')
    host = await obb.addHost('RapidGator')
    await obb.startFetcher()
    key = (await obb.admin('POST', '/users', { email: 'u@example.test', traffic: 100 * SIZE })).apiKey
    gateway = await OtherGateway.of(obb)
  })

  afterAll(async () => {
    await gateway.close()
    await obb.close()
    process.off('unhandledRejection', onLost)
  })

  /**
   * Ends settled connections, those that LISTEN included; how many. BullMQ 6.7 has moments in which nobody
   * listens for the errors of a connection that it holds. A process of ours survives that, a test does not.
   */
  async function endConnections(of: 'queue' | 'tables', settledMs: number): Promise<number> {
    const ended = await obb.database.query<unknown[]>(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND (application_name = 'obb') = $1 AND pid <> pg_backend_pid()
          AND query <> '' AND ($2 = 0 OR state = 'idle' AND state_change < now() - $2 * interval '1 ms')`,
      [of === 'tables', settledMs],
    )
    return ended.length
  }

  it('every request is answered with a link or with 105, and every link is fetched and charged once', async () => {
    const urls = Array.from({ length: 3 }, (_, n) =>
      host.addFile({ name: `${n}.bin`, content: patternContent(SIZE, n) }),
    )
    for (const url of urls) {
      await until(
        () => endConnections('queue', 300),
        (ended) => ended > 0,
      )
      const asked = gateway.call(key, 'POST', '/unrestrict', { url })
      await endConnections('tables', 0)
      const { code, body, ms } = await asked
      expect([200, 503]).toContain(code)
      if (code === 503) expect(body).toMatchObject({ status: 105, retry_in_seconds: expect.any(Number) })
      expect(ms).toBeLessThan(30_000)
    }
    const links = new Set<string>()
    for (const url of urls) {
      const made = await until(
        () => gateway.call(key, 'POST', '/unrestrict', { url }),
        ({ code }) => code === 200,
      )
      expect(made.code).toBe(200)
      links.add(made.body.data.linkId)
    }
    for (const linkId of links) {
      expect((await obb.settled(key, linkId)).body.data.remote_status).toBe('done')
    }
    const { entries } = await obb.admin('GET', '/ledger?email=u@example.test')
    expect(entries.filter(({ kind }: { kind: string }) => kind === 'charge')).toHaveLength(urls.length)
    expect(links.size).toBe(urls.length)
  }, 120_000)

  it('left no promise behind that would have ended the process', () => {
    expect(lost).toEqual([])
  })
})
