import { describe, expect, it, jest } from '@jest/globals'
import type { BandwidthShares, BandwidthDemand } from '@obb/core/scheduling'
import { openLog } from '@obb/core/log'
import { BandwidthLimits, LOOK_MS } from './bandwidth-limits.js'

const MB = 1_000_000
const forever = new AbortController().signal

/** Time passes for all who wait; the shares are what a test says they are. */
function limitsOf(rate?: number) {
  let time = 0
  const shares = new Map<string, number>()
  const claims: BandwidthDemand[] = []
  const source = {
    claim: jest.fn(async (_worker: string, asked: ReadonlyMap<string, BandwidthDemand>) => {
      claims.push(...asked.values())
      return new Map(shares)
    }),
  }
  const clock = {
    now: () => time,
    /** wait ends at the waiter's own moment, also for those who wait at once. */
    wait: async (ms: number) => {
      const until = time + ms
      await Promise.resolve()
      time = Math.max(time, until)
    },
  }
  const limits = new BandwidthLimits(
    source as unknown as BandwidthShares,
    'one',
    { FETCHER_BANDWIDTH: rate },
    openLog('fetcher', 'silent'),
    clock,
  )
  /** Seconds that so many megabytes take, one after the other, beyond the tenth that may be saved up. */
  async function seconds(megabytes: number, pay: (bytes: number) => Promise<void>): Promise<number> {
    const begun = time
    for (let count = 0; count < megabytes; count++) await pay(MB)
    return (time - begun) / 1000
  }
  return { limits, shares, source, claims, seconds, now: () => time, pass: (ms: number) => (time += ms) }
}

describe('a fetch under limits', () => {
  it('is as fast as the tightest of its worker, its platform and its account lets it be', async () => {
    const cases = [
      { own: 10, platform: 20, account: 30, expected: 10 },
      { own: 20, platform: 10, account: 30, expected: 10 },
      { own: 30, platform: 20, account: 10, expected: 10 },
      { own: 10, platform: 10, account: 10, expected: 10 },
      { own: 10, platform: undefined, account: undefined, expected: 10 },
    ]
    for (const { own, platform, account, expected } of cases) {
      const { limits, shares, seconds } = limitsOf(own * MB)
      if (platform) shares.set('P', platform * MB)
      if (account) shares.set('a', account * MB)
      const { limiter } = await limits.join(['P', 'a'])
      const taken = await seconds(100, (bytes) => limiter.pay(bytes, forever))
      expect(taken).toBeGreaterThan(100 / expected - 0.11)
      expect(taken).toBeLessThan(100 / expected + 0.01)
    }
  })

  it('waits for nothing where there is no limit', async () => {
    const { limits, now } = limitsOf()
    const { limiter } = await limits.join(['P'])
    await limiter.pay(1000 * MB, forever)
    expect(now()).toBe(0)
  })

  it('shares what its platform may with the others of its worker, and nothing with other platforms', async () => {
    const { limits, shares, seconds } = limitsOf()
    shares.set('P', 10 * MB)
    const [first, second] = [await limits.join(['P']), await limits.join(['P'])]
    const both = await seconds(50, async (bytes) => {
      await first.limiter.pay(bytes, forever)
      await second.limiter.pay(bytes, forever)
    })
    expect(both).toBeCloseTo(10, 1)
    const other = await limits.join(['Q'])
    expect(await seconds(50, (bytes) => other.limiter.pay(bytes, forever))).toBe(0)
  })
})

describe('limits', () => {
  it('that change hold for what runs already; unread ones stay as they are; nobody looks when nothing runs', async () => {
    jest.useFakeTimers()
    const { limits, shares, source, seconds } = limitsOf()
    const { leave, limiter } = await limits.join(['P'])
    const tenMegabytes = () => seconds(10, (bytes) => limiter.pay(bytes, forever))
    expect(await tenMegabytes()).toBe(0)
    shares.set('P', 5 * MB)
    await jest.advanceTimersByTimeAsync(LOOK_MS)
    expect(await tenMegabytes()).toBeCloseTo(2, 1)
    source.claim.mockRejectedValueOnce(new Error('connection terminated'))
    await jest.advanceTimersByTimeAsync(LOOK_MS)
    expect(await tenMegabytes()).toBeCloseTo(2, 1)
    shares.delete('P')
    await jest.advanceTimersByTimeAsync(LOOK_MS)
    expect(await tenMegabytes()).toBe(0)
    leave()
    await jest.advanceTimersByTimeAsync(0)
    expect(source.claim.mock.lastCall?.[1]).toEqual(new Map())
    const looks = source.claim.mock.calls.length
    await jest.advanceTimersByTimeAsync(5 * LOOK_MS)
    expect(source.claim).toHaveBeenCalledTimes(looks)
    jest.useRealTimers()
  })

  it('are claimed one after the other, and one that becomes less holds before the claim is over', async () => {
    const { limits, shares, source, seconds } = limitsOf()
    shares.set('P', 10 * MB)
    const first = await limits.join(['P'])
    let over = (): void => undefined
    source.claim.mockImplementationOnce(async (_worker, _claims, ...[lower]: unknown[]) => {
      ;(lower as (name: string, share: number) => void)('P', 5 * MB)
      await new Promise<void>((resolve) => (over = resolve))
      return new Map([['P', 5 * MB]])
    })
    const second = limits.join(['P'])
    const third = limits.join(['P'])
    await Promise.resolve()
    await Promise.resolve()
    expect(source.claim).toHaveBeenCalledTimes(2)
    expect(await seconds(10, (bytes) => first.limiter.pay(bytes, forever))).toBeCloseTo(2, 1)
    over()
    for (const { leave } of [first, await second, await third]) leave()
  })

  it('are claimed by what is used of them: all there is at first and where that is all, else with some room', async () => {
    jest.useFakeTimers()
    const { limits, shares, claims, pass } = limitsOf()
    shares.set('P', 10 * MB)
    const { leave, limiter } = await limits.join(['P'])
    const look = async (megabytes: number, idleMs = LOOK_MS): Promise<BandwidthDemand | undefined> => {
      pass(idleMs)
      await limiter.pay(megabytes * MB, forever)
      await jest.advanceTimersByTimeAsync(LOOK_MS)
      return claims.at(-1)
    }
    expect(claims.at(-1)).toEqual({ fetches: 1, demand: Infinity })
    expect(await look(0.5)).toEqual({ fetches: 1, demand: 1.25 * 0.5 * MB })
    expect(await look(0)).toEqual({ fetches: 1, demand: 1.25 * 0.5 * MB })
    await look(0)
    expect(await look(0)).toEqual({ fetches: 1, demand: 0 })
    expect(await look(30, 0)).toEqual({ fetches: 1, demand: Infinity })
    const second = await limits.join(['P'])
    expect(claims.at(-1)).toEqual({ fetches: 2, demand: Infinity })
    second.leave()
    leave()
    jest.useRealTimers()
  })

  it('that cannot be read at first hold from the next look on', async () => {
    jest.useFakeTimers()
    const { limits, shares, source, seconds } = limitsOf()
    shares.set('P', 5 * MB)
    source.claim.mockRejectedValueOnce(new Error('connection terminated'))
    const { leave, limiter } = await limits.join(['P'])
    await jest.advanceTimersByTimeAsync(LOOK_MS)
    expect(await seconds(10, (bytes) => limiter.pay(bytes, forever))).toBeCloseTo(2, 1)
    leave()
    jest.useRealTimers()
  })
})
