import { describe, expect, it } from '@jest/globals'
import { queueConnection, queueTrouble } from './index.js'

const optionsOf = (redisUrl: string, role: 'producer' | 'worker' = 'producer') =>
  queueConnection({ redisUrl, databaseUrl: 'postgres://127.0.0.1/none' }, role) as Record<string, unknown>

describe('the connection to Redis', () => {
  it.each<[string, object]>([
    ['redis://cache', { host: 'cache', port: 6379 }],
    ['redis://127.0.0.1:7000/4', { host: '127.0.0.1', port: 7000, db: 4 }],
    ['redis://[::1]:7000', { host: '::1', port: 7000 }],
    ['redis://:p%40ss%2Fword@cache', { host: 'cache', port: 6379, password: 'p@ss/word' }],
    ['redis://us%3Aer:pass@cache/', { host: 'cache', port: 6379, username: 'us:er', password: 'pass' }],
    ['rediss://cache:6380', { host: 'cache', port: 6380, tls: {} }],
  ])('is read from %s', (url, options) => {
    const retries = { maxRetriesPerRequest: 1, retryStrategy: expect.any(Function) }
    expect(optionsOf(url)).toEqual({ ...options, ...retries })
  })

  it('gives up a command of a producer at once, and none of a worker', () => {
    expect(optionsOf('redis://cache', 'producer').maxRetriesPerRequest).toBe(1)
    expect(optionsOf('redis://cache', 'worker').maxRetriesPerRequest).toBeNull()
  })

  it('is made again for ever, at most every two seconds', () => {
    const retry = optionsOf('redis://cache').retryStrategy as (times: number) => number
    expect([1, 5, 20, 1_000_000].map(retry)).toEqual([100, 500, 2_000, 2_000])
  })
})

describe('an error of the queue in the log', () => {
  const databaseUrl = 'postgres://127.0.0.1/none'
  const coded = (error: Error, code: string) => Object.assign(error, { code })

  it.each<[string, string | undefined, Error, string, RegExp]>([
    [
      ...(['Redis that refuses', 'redis://:secret@cache:7000/2'] as const),
      ...([new Error('connect ECONNREFUSED 10.0.0.1:7000'), 'connect ECONNREFUSED 10.0.0.1:7000'] as const),
      /^REDIS_URL: .* at cache:7000 and takes the password\.$/,
    ],
    [
      ...(['PostgreSQL at several addresses', undefined] as const),
      ...([coded(new AggregateError([]), 'ECONNREFUSED'), 'ECONNREFUSED', /DATABASE_URL/] as const),
    ],
    [
      ...(['Redis that wants a password', 'redis://cache:7000'] as const),
      ...([new Error('NOAUTH HELLO must be called'), 'Redis wants a password', /REDIS_PASSWORD/] as const),
    ],
  ])('says what to check: %s', (_what, redisUrl, error, err, action) => {
    const told = queueTrouble(error, { redisUrl, databaseUrl })
    expect(told).toEqual([{ err, action: expect.stringMatching(action) }, 'the queue cannot be used'])
    expect(JSON.stringify(told)).not.toContain('secret')
  })

  it('sends nobody to the queue for what is of a job', () => {
    const error = new Error('could not renew lock for job 7')
    expect(queueTrouble(error, { databaseUrl })).toEqual([{ err: error.message }, 'a job of the queue'])
  })
})
