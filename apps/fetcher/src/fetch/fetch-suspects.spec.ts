import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { SourceFile } from '@obb/core/files'
import { type FakeContent, patternContent } from '@obb/host-adapters/testing'
import { FetchRig } from './fetch-rig.js'
import type { FetchWorker } from './fetch-worker.js'

const MIB = 1024 * 1024
const content = patternContent(3 * MIB, 5)
const MINUTE = 60_000

describe('a file whose worker died', () => {
  let rig: FetchRig
  let worker: FetchWorker

  beforeEach(async () => {
    rig = await FetchRig.start()
    worker = rig.worker()
    await rig.operatorAccount()
  })
  afterEach(async () => {
    await worker.stop()
    await rig.close()
  })

  /** Claims the file whose turn it is and is silent from then on, as a worker is that was killed. */
  async function claimedAndDead(
    does: { livesMs?: number; part?: number; of?: FakeContent; alone?: boolean } = {},
  ): Promise<void> {
    const { alone = false, livesMs = 1_000, part, of = content } = does
    const { claim, upload: place } = rig.begun(await rig.scheduled())
    if (alone) await rig.parts.fetches.isolate(claim)
    if (part !== undefined) {
      const { upload } = (await place.open(of.size, { validator: undefined }))!
      const from = (part - 1) * upload.partSize
      const bytes = of.read(from, Math.min(from + upload.partSize, of.size))
      await rig.parts.store.putPart(upload, part, bytes, new AbortController().signal)
    }
    for (let lived = 0; lived < livesMs; lived += 10_000) {
      rig.clock.advance(10_000)
      await rig.parts.fetches.renew(claim, 15_000, { bytesDone: 0, speed: null })
    }
    rig.clock.advance(31_000)
  }
  const blocks = () => rig.db.source.query('SELECT kind, value, reason FROM block')
  const deathsOf = async (file: SourceFile) => (await rig.fileNow(file)).workerDeaths

  it('once is fetched by the next one', async () => {
    const file = await rig.wanted(content)
    await claimedAndDead()
    await worker.run()
    expect(await rig.isWhole(file, content)).toBe(true)
    expect(await blocks()).toEqual([])
  })

  it('twice, with nothing stored in between, is blocked: not fetched again, refunded, and the operator is told why', async () => {
    const file = await rig.wanted(content)
    await claimedAndDead()
    await claimedAndDead({ alone: true })
    await worker.run()
    expect(rig.calls('dl')).toBe(0)
    expect(await rig.fileNow(file)).toMatchObject({ state: 'error', refusal: 'file_blocked', worker: null })
    expect(await rig.db.source.query('SELECT end_reason AS reason FROM link')).toEqual([
      { reason: 'blocked' },
    ])
    expect(await blocks()).toEqual([
      {
        kind: 'file',
        value: `RapidGator:${file.hostFileId}`,
        reason: 'quarantined: 2 fetchers died while it was fetched',
      },
    ])
    expect(await rig.leases()).toBe(0)
  })

  it('twice, but not while it was tried alone, is fetched: others may have been the reason', async () => {
    const file = await rig.wanted(content)
    await claimedAndDead()
    await claimedAndDead()
    await worker.run()
    expect(await rig.isWhole(file, content)).toBe(true)
    expect(await blocks()).toEqual([])
  })

  it('as often as may be is fetched by the next one, as long as something is stored in between', async () => {
    const large = patternContent(64 * MIB, 5)
    const file = await rig.wanted(large)
    for (let part = 1; part <= 3; part++) await claimedAndDead({ part, of: large })
    await worker.run()
    expect(await rig.isWhole(file, large)).toBe(true)
    expect(await blocks()).toEqual([])
  })

  it('after a long time of work is not suspected', async () => {
    const file = await rig.wanted(content)
    await claimedAndDead()
    await claimedAndDead({ livesMs: 11 * MINUTE })
    expect(await deathsOf(file)).toBe(1)
    await worker.run()
    expect(await rig.isWhole(file, content)).toBe(true)
  })

  it('and that ended in order since, is not suspected any more', async () => {
    const file = await rig.wanted(content)
    await claimedAndDead()
    rig.host.knobs.answers = { 'file/download': { status: 503, body: 'maintenance' } }
    await worker.run()
    expect(await rig.fileNow(file)).toMatchObject({ state: 'pending', workerDeaths: 0 })
  })
})
