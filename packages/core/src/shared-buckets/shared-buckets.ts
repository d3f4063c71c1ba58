import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common'
import { Redis } from 'ioredis'
import { CONFIG, type Config } from '../config/index.js'
import { redisOptions } from '../queue/index.js'

/** What a process took from a bucket since it said so last. */
export interface Taking {
  name: string
  tokens: number
  /** Tokens in a full bucket. */
  capacity: number
  /** Tokens that come back per ms. */
  perMs: number
}

/**
 * Buckets as all processes together leave them, by Redis' own clock. They owe no more than they hold, and are forgotten
 * once they are full again.
 */
const SETTLE = `
  local time = redis.call('TIME')
  local now = time[1] * 1000 + math.floor(time[2] / 1000)
  local left = {}
  for i, key in ipairs(KEYS) do
    local taken, capacity, perMs = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
    local bucket = redis.call('HMGET', key, 'tokens', 'at')
    local tokens = capacity
    if bucket[1] then
      tokens = math.min(capacity, tonumber(bucket[1]) + math.max(0, now - tonumber(bucket[2])) * perMs)
    end
    tokens = math.max(tokens - taken, -capacity)
    redis.call('HSET', key, 'tokens', tostring(tokens), 'at', tostring(now))
    redis.call('PEXPIRE', key, math.ceil((capacity - tokens) / perMs) + 1000)
    left[i] = tostring(tokens)
  end
  return left`

/** Token buckets that several processes take from, where there is a Redis. */
@Injectable()
export class SharedBuckets implements OnApplicationShutdown {
  /** The first try to reach Redis is over. */
  readonly connected: Promise<void>
  private readonly redis: Redis | undefined

  constructor(@Inject(CONFIG) { REDIS_URL: redisUrl }: Pick<Config, 'REDIS_URL'>) {
    this.connected = Promise.resolve()
    if (redisUrl === undefined) return
    this.redis = new Redis({
      ...redisOptions(redisUrl, 'producer'),
      ...{ lazyConnect: true, enableOfflineQueue: false, commandTimeout: 1_000 },
    })
    this.redis.on('error', () => undefined) // whoever settles is told
    this.connected = this.redis.connect().catch(() => undefined)
  }

  get isShared(): boolean {
    return this.redis !== undefined
  }

  /** How many tokens are left in each, below 0 where it owes. Raises an Error while Redis is away. */
  async settle(takings: readonly Taking[]): Promise<number[]> {
    if (!this.redis || takings.length === 0) return []
    const left = await this.redis.eval(
      SETTLE,
      takings.length,
      ...takings.map(({ name }) => `obb:bucket:${name}`),
      ...takings.flatMap(({ capacity, perMs, tokens }) => [tokens, capacity, perMs]),
    )
    return (left as string[]).map(Number)
  }

  onApplicationShutdown(): void {
    this.redis?.disconnect()
  }
}
