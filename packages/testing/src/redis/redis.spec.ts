import { afterEach, describe, expect, it } from '@jest/globals'
import { Redis } from 'ioredis'
import { redisAvailable, startRedis, type TestRedis } from './redis.js'

const withRedis = redisAvailable() ? describe : describe.skip

withRedis('a Redis of a test (needs redis-server)', () => {
  let server: TestRedis | undefined
  let client: Redis | undefined
  afterEach(async () => {
    client?.disconnect()
    await server?.stop()
  })

  it('is set as the queue needs it, and gone when stopped', async () => {
    server = await startRedis()
    client = new Redis(server.url, { lazyConnect: true, retryStrategy: () => null })
    client.on('error', () => undefined)
    await client.connect()
    expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction'])
    expect(await client.config('GET', 'appendonly')).toEqual(['appendonly', 'yes'])
    await server.stop()
    await expect(client.ping()).rejects.toThrow()
  })

  it('has after a restart what it held before', async () => {
    server = await startRedis()
    client = new Redis(server.url)
    client.on('error', () => undefined)
    await client.set('file', 'there')
    await server.restart()
    expect(await client.get('file')).toBe('there')
  })
})
