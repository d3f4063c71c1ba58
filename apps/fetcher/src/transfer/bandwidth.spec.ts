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
    const waits: number[] = []
    const clock = { now: () => 0, wait: async (ms: number) => void waits.push(ms) }
    const bandwidth = new Bandwidth(1_000, clock)
    await Promise.all([1, 2, 3].map(() => bandwidth.pay(1_000, forever)))
    expect(waits).toEqual([900, 1_900, 2_900])
  })

  it('stops waiting when told so', async () => {
    const stop = new AbortController()
    const waiting = new Bandwidth(1).pay(1_000_000, stop.signal)
    stop.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
  })
})
