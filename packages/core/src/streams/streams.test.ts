import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { TestClock } from '@obb/testing/clock'
import type { DataSource } from 'typeorm'
import { Shares } from '../links/index.js'
import { TestDatabase, ownQueriesOf } from '../testing/index.js'
import { BUSIEST, type ProxyReport, type StreamOfProxy, Streams } from './index.js'

const clock = new TestClock(Date.UTC(2027, 0, 10, 12))
let db: TestDatabase
let ofProxy: DataSource
let proxies: Streams
let gateway: Streams
beforeAll(async () => {
  db = await TestDatabase.open(clock)
  ofProxy = await db.another({}, 'proxy')
  proxies = new Streams(ofProxy, clock)
  gateway = new Streams(await db.another({}, 'api'), clock)
})
afterAll(() => db.close())
beforeEach(async () => {
  await db.source.query('DELETE FROM proxy')
  clock.advance(60_000)
})

const stream = (id: string, more: Partial<StreamOfProxy> = {}): StreamOfProxy => ({
  ...{ id, connections: 1, sent: 50, distinct: 40, bytesPerSecond: 10, since: clock.now() },
  ...{ client: 'JDownloader', address: '203.0.113.7', ...more },
})
const report = (busiest: StreamOfProxy[], more: Partial<ProxyReport> = {}): ProxyReport => ({
  ...{ startedAt: new Date(clock.now()), offload: 'off', offloaded: 0, streams: busiest.length },
  ...{ connections: 1, bytesPerSecond: 10, busiest, ...more },
})
const ids = async () => [...(await gateway.now()).streams.keys()]
const rows = async () =>
  (await db.source.query<{ id: string }[]>('SELECT id FROM proxy ORDER BY id')).map(({ id }) => id)

describe('what proxies send', () => {
  it('is over when its process says so, or has not been seen for ten seconds', async () => {
    await proxies.report('one', report([stream('a')]))
    await proxies.report('two', report([stream('b')]))
    expect(await ids()).toEqual(['a', 'b'])
    clock.advance(6_000)
    await proxies.report('two', report([stream('b')]))
    clock.advance(6_000)
    expect(await ids()).toEqual(['b'])
    await proxies.leave('two')
    clock.advance(1_000)
    expect(await ids()).toEqual([])
  })

  it('is told without a row that is not as it should be', async () => {
    await proxies.report('one', report([stream('a')]))
    await proxies.report('two', report([stream('b')]))
    for (const busiest of ['null', '[null]', '[{"id": "b", "sent": -1}]']) {
      await ofProxy.query(`UPDATE proxy SET busiest = $1 WHERE id = 'two'`, [busiest])
      clock.advance(1_000)
      expect(await ids()).toEqual(['a'])
    }
  })

  it('leaves no row of a process that died, once another one tells something', async () => {
    await proxies.report('dead', report([stream('a')]))
    clock.advance(61_000)
    await proxies.report('one', report([stream('b')]))
    expect(await rows()).toEqual(['one'])
  })

  it('is told once of a link that several processes send, the fastest first', async () => {
    const since = clock.now() - 5_000
    await proxies.report('one', report([stream('slow'), stream('a', { bytesPerSecond: 30, since })]))
    await proxies.report(
      'two',
      report([stream('a', { bytesPerSecond: 20, connections: 2, client: 'aria2' })]),
    )
    const { streams } = await gateway.now()
    expect([...streams.values()]).toEqual([
      stream('a', { connections: 3, sent: 100, distinct: 80, bytesPerSecond: 50, since }),
      stream('slow'),
    ])
  })

  it('is bounded, however much one process sends, and written in one statement', async () => {
    const many = Array.from({ length: BUSIEST + 50 }, (_, at) => stream(`link-${at}`))
    const [only, ...others] = await ownQueriesOf(() => proxies.report('one', report(many)))
    expect([only?.text.includes('INSERT INTO proxy'), others]).toEqual([true, []])
    expect(await ids()).toHaveLength(BUSIEST)
    expect((await gateway.now()).proxies).toMatchObject([{ id: 'one', streams: BUSIEST + 50 }])
  })

  it('is read once a second, however many ask', async () => {
    await proxies.report('one', report([stream('a')]))
    await gateway.now()
    expect(await ownQueriesOf(() => Promise.all([gateway.now(), gateway.now()]))).toEqual([])
    clock.advance(1_000)
    expect(await ownQueriesOf(() => Promise.all([gateway.now(), gateway.now()]))).toHaveLength(1)
  })

  it('has names for operators, by a share those of its link; what has no link any more is left out', async () => {
    const account = await db.anAccount()
    const file = await db.aFile({ state: 'done', size: 1_000 })
    const link = await db.aLink({ account, file, name: 'film.mkv' })
    const share = await new Shares(db.source, clock).add(account.accountId, link.id, {
      ...{ ttl: 3_600_000, maxDownloads: 5 },
    })
    await proxies.report('one', report([stream(link.id), stream(share.id), stream('gone')]))
    const named = { linkId: link.id, platform: 'Sample', name: 'film.mkv', size: 1_000, user: account.email }
    expect(await gateway.named(10)).toEqual([
      { ...stream(link.id), ...named, isShared: false },
      { ...stream(share.id), ...named, isShared: true },
    ])
    expect(await gateway.named(1)).toHaveLength(1)
  })
})
