import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { HostHistory } from '@obb/core/health'
import { StoreHealth } from '@obb/core/store-state'
import { patternContent } from '@obb/host-adapters/testing'
import { TestClock } from '@obb/testing/clock'
import { FetchRig } from './fetch-rig.js'
import type { FetchWorker } from './fetch-worker.js'

const MIB = 1024 * 1024
const content = patternContent(3 * MIB, 5)

describe('a fetch worker', () => {
  let rig: FetchRig
  let worker: FetchWorker

  beforeEach(async () => {
    rig = await FetchRig.start()
    worker = rig.worker()
    await rig.operatorAccount()
  })
  afterEach(async () => {
    jest.restoreAllMocks()
    await worker.stop()
    await rig.close()
  })

  /** Resolves once the host is sending bytes, slowly. */
  async function slowlyBegun(): Promise<void> {
    rig.host.knobs.bytesPerSecond = 64 * 1024
    while (rig.calls('dl') === 0) await new Promise((resolve) => setImmediate(resolve))
  }

  it('fetches the file whose turn it is, and wakes another worker when it begins and when it ends', async () => {
    const [first, second] = [await rig.wanted(content), await rig.wanted(content)]
    const woken = jest.spyOn(rig.parts.queue, 'wake')
    await worker.run()
    expect(await rig.isWhole(first, content)).toBe(true)
    expect((await rig.fileNow(second)).state).toBe('pending')
    expect(woken).toHaveBeenCalledTimes(2)
    await worker.run()
    expect(await rig.isWhole(second, content)).toBe(true)
    expect(woken).toHaveBeenCalledTimes(2) // nothing waits any more
    expect(await rig.leases()).toBe(0)
  })

  it('does nothing while nothing is due', async () => {
    const file = await rig.wanted(content, { nextAttemptAt: new Date(rig.clock.now() + 60_000) })
    await worker.run()
    expect(await rig.fileNow(file)).toMatchObject({ state: 'pending', claim: 0 })
    expect(rig.host.calls).toEqual([])
  })

  it('asks no host while the store takes no files', async () => {
    const file = await rig.wanted(content)
    await new StoreHealth(rig.db.source, rig.clock).recordFailure('full', 'no room')
    await worker.run()
    expect(await rig.fileNow(file)).toMatchObject({ state: 'pending', claim: 0 })
    expect(rig.host.calls).toEqual([])
  })

  it('leaves a file that its host keeps waiting due again, with no attempt used up and its account free', async () => {
    const file = await rig.wanted(content)
    rig.host.knobs.answers = { 'file/download': { status: 503, body: 'maintenance' } }
    await worker.run()
    const { attempts, nextAttemptAt, state, worker: holder } = await rig.fileNow(file)
    expect({ state, attempts, holder }).toEqual({ state: 'pending', attempts: 0, holder: null })
    expect(nextAttemptAt?.getTime()).toBeGreaterThan(rig.clock.now())
    expect(await rig.leases()).toBe(0)
  })

  it('ends a file that its host refuses for good, and the link of everybody who waits', async () => {
    const file = await rig.wanted(content)
    rig.removeAtHost(file)
    for (let attempt = 0; attempt < 2; attempt++) {
      const { nextAttemptAt } = await rig.fileNow(file)
      rig.clock.set(nextAttemptAt?.getTime())
      await worker.run()
    }
    expect(await rig.fileNow(file)).toMatchObject({ state: 'error', refusal: 'file_gone' })
    expect(await rig.db.source.query('SELECT end_reason AS reason FROM link')).toEqual([{ reason: 'failed' }])
  })

  it('counts how fetches of a platform ended, but for what is the fault of a file', async () => {
    const history = new HostHistory(rig.db.source, rig.clock)
    await rig.wanted(content)
    await worker.run()
    const gone = await rig.wanted(content)
    rig.removeAtHost(gone)
    for (let attempt = 0; attempt < 2; attempt++) {
      rig.clock.set((await rig.fileNow(gone)).nextAttemptAt?.getTime())
      await worker.run()
    }
    expect((await rig.fileNow(gone)).refusal).toBe('file_gone')
    const late = await rig.wanted(content, { wantedAt: new Date(rig.clock.now() - 7 * 3_600_000) })
    rig.host.knobs.answers = { 'file/download': { status: 503, body: 'maintenance' } }
    await worker.run()
    expect((await rig.fileNow(late)).state).toBe('error')
    expect(await history.periods('day', 1)).toMatchObject([
      { succeeded: 1, failures: { host_unavailable: 1 }, speed: null },
    ])
  })

  it('stores a file that turns out larger than told for those who may have so much, and ends the others', async () => {
    const file = await rig.wanted(content, { size: 1 })
    const poor = await rig.db.aLink({ file, account: await rig.db.anAccount({ traffic: MIB }) })
    await worker.run()
    expect(await rig.isWhole(file, content)).toBe(true)
    const links = await rig.db.source.query(
      'SELECT id = $1 AS poor, refusal, charged, end_reason AS reason FROM link ORDER BY 1',
      [poor.id],
    )
    expect(links).toEqual([
      { poor: false, refusal: null, charged: 3 * MIB, reason: null },
      { poor: true, refusal: 'traffic_insufficient', charged: 1, reason: 'failed' },
    ])
  })

  it('stores nothing of a file that turns out larger than anybody may have: no byte is asked for', async () => {
    const file = await rig.wanted(content, { size: 1 })
    await rig.db.source.query('UPDATE account SET daily_per_host = 1000')
    await worker.run()
    expect(await rig.fileNow(file)).toMatchObject({ state: 'idle', size: 3 * MIB, objectKey: null })
    expect(await rig.db.source.query('SELECT refusal, end_reason AS reason FROM link')).toEqual([
      { refusal: 'host_usage_exceeded', reason: 'failed' },
    ])
    expect(await rig.db.source.query('SELECT traffic_left AS left FROM account')).toEqual([{ left: 3 * MIB }])
    expect([rig.calls('dl'), await rig.leases()]).toEqual([0, 0])
    expect(await rig.parts.store.listUploads()).toEqual([])
  })

  it('hands over what is under way when it stops: due at once, its parts kept, its account free', async () => {
    const file = await rig.wanted(content)
    const running = worker.run()
    await slowlyBegun()
    await worker.stop()
    await running
    const { attempts, nextAttemptAt, state, uploadId } = await rig.fileNow(file)
    expect({ state, attempts, nextAttemptAt }).toEqual({
      ...{ state: 'pending', attempts: 0, nextAttemptAt: new Date(rig.clock.now()) },
    })
    expect((await rig.parts.store.listUploads()).map((upload) => upload.uploadId)).toEqual([uploadId])
    expect(await rig.leases()).toBe(0)
    await worker.run()
    expect((await rig.fileNow(file)).state).toBe('pending')
  })

  it('lets what is under way end while it stops, if there is time for it', async () => {
    worker = rig.worker(60_000)
    const file = await rig.wanted(content)
    const running = worker.run()
    await slowlyBegun()
    rig.host.knobs.bytesPerSecond = 0
    await worker.stop()
    await running
    expect(await rig.isWhole(file, content)).toBe(true)
  })

  it('touches nothing of a file that another worker has by now, nor its upload', async () => {
    const file = await rig.wanted(content)
    const running = worker.run()
    await slowlyBegun()
    await rig.db.source.query(`UPDATE source_file SET worker = 'other', claim = claim + 1 WHERE id = $1`, [
      file.id,
    ])
    const theirs = await rig.fileNow(file)
    await running
    expect(await rig.fileNow(file)).toEqual(theirs)
    expect(await rig.parts.store.listUploads()).toHaveLength(1)
    expect(await rig.leases()).toBe(0)
  })
})

describe('a fetch that crawls', () => {
  const large = patternContent(17 * MIB, 6)
  let rig: FetchRig
  let worker: FetchWorker

  beforeEach(async () => {
    rig = await FetchRig.start(new TestClock(), { speedFloor: 2 ** 30 })
    worker = rig.worker()
    for (let account = 0; account < 2; account++) await rig.operatorAccount()
    await rig.db.source.query('UPDATE host_account SET max_connections = 1') // one part after the other
  })
  afterEach(async () => {
    await worker.stop()
    await rig.close()
  })

  /** crawling resolves once the file has a part in the store and crawls since. */
  async function crawling(file: { id: string }): Promise<void> {
    while ((await rig.storedParts(file)) === 0) await new Promise((resolve) => setImmediate(resolve))
    rig.host.knobs.bytesPerSecond = 64 * 1024
    while (!(await rig.fileNow(file)).crawls) await new Promise((resolve) => setImmediate(resolve))
  }

  it('gives its slot to one that waits, and goes on later from its parts, at no attempt and no cost', async () => {
    await rig.parts.fetchers.beat('one', 1)
    rig.host.knobs.bytesPerSecond = 8 * MIB
    const slow = await rig.wanted(large)
    const running = worker.run()
    await crawling(slow)
    const waits = await rig.wanted(content)
    await running
    const { attempts, nextAttemptAt, state, uploadId, yields } = await rig.fileNow(slow)
    expect({ attempts, state, yields }).toEqual({ attempts: 0, state: 'pending', yields: 1 })
    expect(nextAttemptAt?.getTime()).toBeGreaterThan(rig.clock.now())
    expect((await rig.parts.store.listUploads()).map((upload) => upload.uploadId)).toEqual([uploadId])
    rig.host.knobs.bytesPerSecond = 0
    await worker.run()
    expect(await rig.isWhole(waits, content)).toBe(true)
    rig.clock.advance(10_000)
    const kept = await rig.storedParts(slow)
    expect(kept).toBeGreaterThan(0)
    const asked = rig.calls('dl')
    await worker.run()
    expect(await rig.isWhole(slow, large)).toBe(true)
    expect(rig.calls('dl') - asked).toBe(3 - kept)
    expect(await rig.db.source.query('SELECT DISTINCT kind FROM traffic_entry ORDER BY 1')).toEqual([
      { kind: 'charge' },
      { kind: 'grant' },
    ])
  })

  it('keeps its slot while another one is free, and while nothing waits that could have it', async () => {
    await rig.parts.fetchers.beat('one', 1)
    rig.host.knobs.bytesPerSecond = 8 * MIB
    const slow = await rig.wanted(large)
    const running = worker.run()
    await crawling(slow)
    const { claims } = rig.parts
    expect(await claims.mustGiveWay(slow.id)).toBe(false)
    await rig.parts.fetchers.beat('two', 1)
    const waits = await rig.wanted(content)
    expect(await claims.mustGiveWay(slow.id)).toBe(false)
    expect(await claims.mustGiveWay(waits.id)).toBe(false)
    rig.host.knobs.bytesPerSecond = 0
    await running
    expect(await rig.isWhole(slow, large)).toBe(true)
  })
})
