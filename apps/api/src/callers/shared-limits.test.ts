import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { SharedBuckets } from '@obb/core/shared-buckets'
import { TestClock } from '@obb/testing/clock'
import { type TestRedis, redisAvailable, startRedis } from '@obb/testing/redis'
import { RateLimits } from './rate-limits.js'

const withRedis = redisAvailable() ? describe : describe.skip

withRedis('rate limits of several processes with one Redis (needs redis-server)', () => {
  /** So few come back that time plays no part. */
  const PER_MINUTE = 2
  const clock = new TestClock(0)
  let redis: TestRedis
  const shared: SharedBuckets[] = []

  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(async () => {
    for (const each of shared) each.onApplicationShutdown()
    await redis.stop()
  })

  async function process(): Promise<RateLimits> {
    const buckets = new SharedBuckets({ REDIS_URL: redis.url })
    shared.push(buckets)
    await buckets.connected
    return new RateLimits(clock, PER_MINUTE, buckets)
  }

  function take(limits: RateLimits, account: string): boolean {
    try {
      limits.meter('general', account, '', () => undefined).take(1)
      return true
    } catch {
      return false
    }
  }

  it('are one limit: what one process let through, another one does not', async () => {
    const [one, two] = [await process(), await process()]
    expect([take(two, 'a'), take(one, 'a')]).toEqual([true, true])
    await one.settle()
    await two.settle()
    expect([take(two, 'a'), take(two, 'b')]).toEqual([false, true])
  })

  it('keep what was taken while they were settled', async () => {
    const [one, two] = [await process(), await process()]
    expect(take(one, 'c')).toBe(true)
    const settled = one.settle()
    expect(take(one, 'c')).toBe(true)
    await settled
    expect(take(one, 'c')).toBe(false)
    await one.settle()
    expect(take(two, 'c')).toBe(true)
    await two.settle()
    expect(take(two, 'c')).toBe(false)
  })

  it('are each process its own while Redis is away', async () => {
    const one = await process()
    await redis.crash()
    expect([take(one, 'd'), take(one, 'd'), take(one, 'd')]).toEqual([true, true, false])
    await expect(one.settle()).rejects.toThrow()
    expect(take(one, 'd')).toBe(false)
    await redis.restart()
    expect(take(one, 'd')).toBe(false)
  })
})
