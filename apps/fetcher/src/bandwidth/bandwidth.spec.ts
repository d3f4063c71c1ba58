import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { Bandwidth } from './bandwidth.js'

const forever = new AbortController().signal

/** Time passes only by waiting, or where a test says so. */
function bandwidthOf(rate: number) {
  let time = 5_000
  const clock = {
    now: () => time,
    wait: async (ms: number, signal: AbortSignal) => {
      signal.throwIfAborted()
      time += ms
    },
  }
  return { bandwidth: new Bandwidth(rate, clock), now: () => time, pass: (ms: number) => (time += ms) }
}

/** Time passes for all who wait, each until its own moment. */
function sharedTime() {
  let time = 0
  const waiting: { until: number; over: () => void }[] = []
  const clock = {
    now: () => time,
    wait: (ms: number) => new Promise<void>((over) => waiting.push({ until: time + ms, over })),
  }
  /** Until nobody waits, or it is `end`. */
  async function run(end = Infinity): Promise<void> {
    for (;;) {
      await new Promise(setImmediate)
      const next = waiting.sort((a, b) => a.until - b.until)[0]
      if (next === undefined || next.until > end) return
      waiting.shift()
      time = Math.max(time, next.until)
      next.over()
    }
  }
  return { clock, run }
}

describe('a limited bandwidth', () => {
  it('never lets more through than its rate and a tenth of a second, whatever comes when', async () => {
    const chunk = fc.record({
      bytes: fc.integer({ min: 1, max: 300_000 }),
      idleMs: fc.integer({ min: 0, max: 500 }),
    })
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1_000, max: 50_000_000 }), fc.array(chunk), async (rate, chunks) => {
        const { bandwidth, now, pass } = bandwidthOf(rate)
        const begun = now()
        let through = 0
        for (const { bytes, idleMs } of chunks) {
          pass(idleMs)
          await bandwidth.pay(bytes, forever)
          through += bytes
          expect(through).toBeLessThanOrEqual((rate * (now() - begun + 100)) / 1000 + 1)
        }
      }),
    )
  })

  it('lets all of its rate through', async () => {
    const { bandwidth, now } = bandwidthOf(1_000_000)
    const begun = now()
    for (let count = 0; count < 100; count++) await bandwidth.pay(100_000, forever)
    expect(now() - begun).toBeCloseTo(9_900, 3) // the first tenth of a second was saved up
  })

  it('is shared by all who wait at once', async () => {
    const { clock, run } = sharedTime()
    const bandwidth = new Bandwidth(1_000, clock)
    const done = [1, 2, 3].map(() => bandwidth.pay(1_000, forever).then(clock.now))
    await run()
    const expected = [900, 1_900, 2_900].map((ms) => expect.closeTo(ms, 1) as unknown)
    expect(await Promise.all(done)).toEqual(expected)
  })

  it('lets those who wait already go on by another rate, and nobody at rate 0', async () => {
    const { clock, run } = sharedTime()
    const bandwidth = new Bandwidth(0, clock)
    const done = bandwidth.pay(1_000, forever).then(clock.now)
    await run(1_000)
    bandwidth.bytesPerSecond = 500
    await run()
    expect(await done).toBeGreaterThan(2_800)
    expect(await done).toBeLessThan(3_201)
  })

  it('stops waiting when told so', async () => {
    const stop = new AbortController()
    const waiting = new Bandwidth(1).pay(1_000_000, stop.signal)
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })
})
