import { type ConnectionOptions, createPostgresBackend, setDefaultBackendFactory } from 'bullmq'
import { Redis } from 'ioredis'

/** Where the queues live: Redis if it is configured, else the database that is there anyway. */
export interface QueueSettings {
  redisUrl?: string | undefined
  databaseUrl: string
}

/** Connections of each queue object to PostgreSQL. */
const POSTGRES_POOL = 3

/**
 * Selects BullMQ's backend for this process and returns the `connection` option that goes with it. BullMQ
 * knows one default backend per process, and so does an OBB process. Call it before any queue or worker is
 * made. `role`: a producer fails at once when Redis is away, a worker keeps trying.
 */
export function queueConnection(settings: QueueSettings, role: 'producer' | 'worker'): ConnectionOptions {
  if (settings.redisUrl !== undefined) {
    const redis = new Redis(settings.redisUrl, {
      maxRetriesPerRequest: role === 'worker' ? null : 1,
      enableReadyCheck: true,
      retryStrategy: (times) => Math.min(2_000, 100 * times),
      lazyConnect: false,
    })
    redis.on('error', () => undefined) // BullMQ listens to it as well and reports
    return redis as unknown as ConnectionOptions
  }
  setDefaultBackendFactory(createPostgresBackend as never)
  return {
    connectionString: settings.databaseUrl,
    max: POSTGRES_POOL,
    connectionTimeoutMillis: 3_000,
    keepAlive: true,
    application_name: 'obb-queue',
  } as unknown as ConnectionOptions
}
