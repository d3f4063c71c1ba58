import { describe, expect, it } from '@jest/globals'
import { TestClock } from '@obb/testing/clock'
import { type RateKind, RateLimits } from './rate-limits.js'
import { TokenBuckets } from './token-buckets.js'

let clock = new TestClock(0)

const ALONE = { isShared: false, settle: () => Promise.resolve([]) }

const takes = (buckets: TokenBuckets, count: number, name = 'a') =>
  Array.from({ length: count }, () => buckets.take(name).taken).filter(Boolean).length

describe('a token bucket', () => {
  it('lets a burst of all it holds through, then its steady rate', () => {
    clock = new TestClock(0)
    const buckets = new TokenBuckets(clock, 10, 60)
    expect(takes(buckets, 25)).toBe(10)
    clock.advance(3_000)
    expect(takes(buckets, 25)).toBe(3)
    clock.advance(3_600_000)
    expect(takes(buckets, 25)).toBe(10)
  })

  it('says what is left, when it is full and when the next token comes', () => {
    clock = new TestClock(0)
    const buckets = new TokenBuckets(clock, 2, 6)
    expect(buckets.take('a')).toMatchObject({ taken: true, limit: 2, remaining: 1, fullInSeconds: 10 })
    expect(buckets.take('a')).toMatchObject({ taken: true, remaining: 0, fullInSeconds: 20 })
    clock.advance(2_500)
    expect(buckets.take('a')).toMatchObject({ taken: false, nextInSeconds: 8 })
    clock.advance(7_500)
    expect(buckets.take('a').taken).toBe(true)
  })

  it('gives several at once, or none; what is more than half of it for a half, and then it owes', () => {
    clock = new TestClock(0)
    const buckets = new TokenBuckets(clock, 10, 60)
    expect(buckets.take('a', 7)).toMatchObject({ taken: true, remaining: 3 })
    expect(buckets.take('a', 5)).toMatchObject({ taken: false, remaining: 3, nextInSeconds: 2 })
    expect(buckets.take('a', 3)).toMatchObject({ taken: true, remaining: 0 })
    expect(buckets.take('b', 15)).toMatchObject({ taken: true, remaining: 0, fullInSeconds: 15 })
    expect(buckets.take('b').nextInSeconds).toBe(6)
    clock.advance(9_000)
    expect(buckets.take('b', 15)).toMatchObject({ taken: false, nextInSeconds: 1 })
    clock.advance(1_000)
    expect(buckets.take('b', 15).taken).toBe(true)
  })

  it('charges for what is done, and owes no more than it holds', () => {
    clock = new TestClock(0)
    const buckets = new TokenBuckets(clock, 10, 60)
    expect(buckets.charge('a', 4)).toMatchObject({ remaining: 6 })
    expect(buckets.charge('a', 1_000)).toMatchObject({ remaining: 0, fullInSeconds: 20 })
    expect(buckets.take('a')).toMatchObject({ taken: false, nextInSeconds: 11 })
  })

  it('holds each name by itself', () => {
    clock = new TestClock(0)
    const buckets = new TokenBuckets(clock, 1, 1)
    expect([takes(buckets, 5, 'a'), takes(buckets, 5, 'b')]).toEqual([1, 1])
  })

  it('does not lose tokens to a clock that is set back', () => {
    clock = new TestClock(1_000_000)
    const buckets = new TokenBuckets(clock, 5, 60)
    takes(buckets, 2)
    clock.set(0)
    expect(takes(buckets, 9)).toBe(3)
  })

  it('remembers a bounded number of names, the latest', () => {
    clock = new TestClock(0)
    const buckets = new TokenBuckets(clock, 1, 1, { maxBuckets: 2 })
    for (const name of ['a', 'b', 'a', 'c']) buckets.take(name)
    expect(buckets.take('a').taken).toBe(false)
    expect(buckets.take('b').taken).toBe(true)
  })
})

describe('the limits of the gateway', () => {
  /** How many of so many requests are let in. */
  function taken(limits: RateLimits, rate: RateKind, count: number): number {
    const meter = limits.meter(rate, 'x', 'link', () => undefined)
    for (let n = 0; n < count; n++) {
      try {
        meter.take(1)
      } catch (error) {
        expect(error).toMatchObject({ refusal: 'rate_limited' })
        return n
      }
    }
    return count
  }

  it('are 600 requests per minute, 240 that may ask a host, and 1200 polls of one link', () => {
    clock = new TestClock(0)
    const limits = new RateLimits(clock, 600, ALONE)
    expect(taken(limits, 'general', 1000)).toBe(600)
    expect(taken(limits, 'asking', 1000)).toBe(240)
    expect(taken(limits, 'polling', 2000)).toBe(1200)
  })

  it('never hold up a client that polls twice as fast as the shortest advice', () => {
    clock = new TestClock(0)
    const limits = new RateLimits(clock, 6, ALONE)
    for (let poll = 0; poll < 3600; poll++) {
      expect(taken(limits, 'polling', 1)).toBe(1)
      clock.advance(1_000)
    }
  })

  it('are off with 0', () => {
    const limits = new RateLimits(clock, 0, ALONE)
    expect(taken(limits, 'asking', 5000)).toBe(5000)
    for (let failure = 0; failure < 5000; failure++) limits.countWrongKey('::1')
  })

  it('count wrong keys by address', () => {
    clock = new TestClock(0)
    const limits = new RateLimits(clock, 10, ALONE)
    limits.countWrongKey('a')
    limits.countWrongKey('a')
    expect(() => limits.countWrongKey('a')).toThrow(
      expect.objectContaining({ refusal: 'rate_limited', options: { retryInSeconds: 30 } }),
    )
    expect(() => limits.countWrongKey('b')).not.toThrow()
  })
})
