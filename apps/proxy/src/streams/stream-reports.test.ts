import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { once } from 'node:events'
import { openDatabase } from '@obb/core/database'
import { Streams } from '@obb/core/streams'
import { TestDatabase, ownQueriesOf, urlOf } from '@obb/core/testing'
import { TestClock } from '@obb/testing/clock'
import { LINK, NOW, Rig, drain, linkTo, pattern } from '../testing/rig.js'
import { RunningStreams } from './running-streams.js'
import { StreamReports } from './stream-reports.js'

/** More than the socket buffers of both sides hold. */
const FILE = pattern(32 * 1024 * 1024)
const clock = new TestClock(NOW)
let db: TestDatabase
let gateway: Streams
let ofProxy: Awaited<ReturnType<typeof openDatabase>>
let rig: Rig
let reports: StreamReports

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  gateway = new Streams(db.source, clock)
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.advance(60_000)
  ofProxy = await openDatabase(urlOf('proxy', db.url), { pool: 1 })
  rig = await Rig.start({}, { streams: new Streams(ofProxy, clock), clock })
  reports = rig.app.get(StreamReports)
  await rig.put(FILE)
})
afterEach(async () => {
  await rig.stop()
  if (ofProxy.isInitialized) await ofProxy.destroy()
})

/** A download whose client has read the head, and then nothing. */
async function aDownload() {
  const client = await rig.dial()
  client.write(
    `GET /download/${LINK}/name HTTP/1.1\r\nHost: x\r\nUser-Agent: slow\r\nConnection: close\r\n\r\n`,
  )
  await once(client, 'readable')
  return client
}
const streams = async () => {
  clock.advance(1_000)
  return [...(await gateway.now()).streams.values()]
}

describe('a proxy tells the database', () => {
  it('what it sends, who takes it, and when it is over; nothing before and after', async () => {
    expect(await ownQueriesOf(() => reports.tell())).toEqual([])
    const client = await aDownload()
    await reports.tell()
    const [stream, ...others] = await streams()
    expect(others).toEqual([])
    expect(stream).toMatchObject({ id: LINK, connections: 1, client: 'slow', address: '127.0.0.1' })
    expect(stream?.sent).toBeGreaterThan(0)
    expect(stream?.sent).toBeLessThan(FILE.length)

    expect((await drain(client)).subarray(-FILE.length).equals(FILE)).toBe(true)
    await reports.tell()
    expect(await streams()).toMatchObject([{ connections: 0, sent: FILE.length, distinct: FILE.length }])
    clock.advance(5_000)
    await reports.tell()
    expect(await streams()).toEqual([])
    expect(await ownQueriesOf(() => reports.tell())).toEqual([])
  })

  it('again what did not change, so that a client that pauses is not taken for gone', async () => {
    const sending = rig.app.get(RunningStreams).open(linkTo(), 0, () => ({ name: '', address: '' }))
    const written = async () => (await ownQueriesOf(() => reports.tell())).length
    sending.add(0, 10)
    expect(await written()).toBe(1)
    clock.advance(2_000)
    expect(await written()).toBe(1) // of which the rate is known now
    clock.advance(2_000)
    expect(await written()).toBe(1) // and is 0
    clock.advance(2_000)
    expect(await written()).toBe(0)
    clock.advance(3_000)
    expect(await written()).toBe(1)
    sending.close()
  })

  it('nothing while that is away: downloads go on, and it is told once that it is', async () => {
    const client = await aDownload()
    await ofProxy.destroy()
    for (let times = 0; times < 3; times++) await reports.tell()
    expect(rig.log.filter(({ message }) => message === 'what is streamed is not told')).toHaveLength(1)
    expect((await drain(client)).subarray(-FILE.length).equals(FILE)).toBe(true)
  })

  it('that it leaves, when it stops amid a download', async () => {
    await aDownload()
    await reports.tell()
    expect(await streams()).toHaveLength(1)
    await rig.app.close()
    expect(await streams()).toEqual([])
  })

  it('of small ranges too, which no connection lasts for', async () => {
    await rig.get({ range: 'bytes=100-199', 'user-agent': 'player' })
    await reports.tell()
    expect(await streams()).toMatchObject([{ connections: 0, sent: 100, distinct: 100, client: 'player' }])
  })
})
