import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { StoreHealth } from '@obb/core/store-state'
import { patternContent } from '@obb/host-adapters/testing'
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

  const job = ({ id, generation }: { id: string; generation: number }) => ({ fileId: id, generation })
  /** Resolves once the host is sending bytes, slowly. */
  async function slowlyBegun(): Promise<void> {
    rig.host.knobs.bytesPerSecond = 64 * 1024
    while (rig.calls('dl') === 0) await new Promise((resolve) => setImmediate(resolve))
  }

  it('fetches the file whose turn it is, whichever it was woken for, and wakes for the next', async () => {
    const [first, second] = [await rig.wanted(content), await rig.wanted(content)]
    const woken = jest.spyOn(rig.parts.queue, 'addFetch')
    await worker.run(job(second))
    expect(await rig.isWhole(first, content)).toBe(true)
    expect((await rig.fileNow(second)).state).toBe('pending')
    expect(woken.mock.calls.map(([{ fileId }]) => fileId)).toEqual([second.id])
    await worker.run(job(first))
    expect(await rig.isWhole(second, content)).toBe(true)
    expect(woken).toHaveBeenCalledTimes(1)
    expect(await rig.leases()).toBe(0)
  })

  it('does nothing for a file that nobody knows, or that is not due', async () => {
    const file = await rig.wanted(content, { nextAttemptAt: new Date(rig.clock.now() + 60_000) })
    await worker.run({ fileId: '00000000-0000-4000-8000-000000000000', generation: 1 })
    await worker.run(job(file))
    expect(await rig.fileNow(file)).toMatchObject({ state: 'pending', claim: 0 })
    expect(rig.host.calls).toEqual([])
  })

  it('asks no host while the store takes no files', async () => {
    const file = await rig.wanted(content)
    await new StoreHealth(rig.db.source, rig.clock).recordFailure('full', 'no room')
    await worker.run(job(file))
    expect(await rig.fileNow(file)).toMatchObject({ state: 'pending', claim: 0 })
    expect(rig.host.calls).toEqual([])
  })

  it('leaves a file that its host keeps waiting due again, with no attempt used up and its account free', async () => {
    const file = await rig.wanted(content)
    rig.host.knobs.answers = { 'file/download': { status: 503, body: 'maintenance' } }
    await worker.run(job(file))
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
      await worker.run(job(file))
    }
    expect(await rig.fileNow(file)).toMatchObject({ state: 'error', refusal: 'file_gone' })
    expect(await rig.db.source.query('SELECT end_reason AS reason FROM link')).toEqual([{ reason: 'failed' }])
  })

  it('hands over what is under way when it stops: due at once, its parts kept, its account free', async () => {
    const file = await rig.wanted(content)
    const running = worker.run(job(file))
    await slowlyBegun()
    await worker.stop()
    await running
    const { attempts, nextAttemptAt, state, uploadId } = await rig.fileNow(file)
    expect({ state, attempts, nextAttemptAt }).toEqual({
      ...{ state: 'pending', attempts: 0, nextAttemptAt: new Date(rig.clock.now()) },
    })
    expect((await rig.parts.store.listUploads()).map((upload) => upload.uploadId)).toEqual([uploadId])
    expect(await rig.leases()).toBe(0)
    await worker.run(job(file))
    expect((await rig.fileNow(file)).state).toBe('pending')
  })

  it('lets what is under way end while it stops, if there is time for it', async () => {
    worker = rig.worker(60_000)
    const file = await rig.wanted(content)
    const running = worker.run(job(file))
    await slowlyBegun()
    rig.host.knobs.bytesPerSecond = 0
    await worker.stop()
    await running
    expect(await rig.isWhole(file, content)).toBe(true)
  })

  it('touches nothing of a file that another worker has by now, nor its upload', async () => {
    const file = await rig.wanted(content)
    const running = worker.run(job(file))
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
