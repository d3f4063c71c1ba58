import { type ConnectionOptions, createPostgresBackend, setDefaultBackendFactory } from 'bullmq'
import { reasonOf } from '../log/index.js'
import { surviveLostConnections } from '../statements/index.js'
import { redisTrouble } from './redis-trouble.js'
import type { QueueSettings } from './settings.js'

/** Connections of each queue object to PostgreSQL. */
const POSTGRES_POOL = 3

/**
 * Selects BullMQ's backend for this process and returns the `connection` option that goes with it; BullMQ
 * opens and closes the connections. It knows one default backend per process, and so does an OBB process.
 * Call it before any queue or worker is made. `role`: a producer fails at once when Redis is away, a worker
 * keeps trying, until `closed`: BullMQ closes what is there, and a connection to Redis that is just
 * being made again would be made for good.
 */
export function queueConnection(
  settings: QueueSettings,
  role: 'producer' | 'worker',
  closed?: AbortSignal,
): ConnectionOptions {
  if (settings.redisUrl !== undefined) return redisOptions(settings.redisUrl, role, closed)
  surviveLostConnections()
  setDefaultBackendFactory(createPostgresBackend as never)
  // BullMQ types the option for its default backend only.
  return {
    connectionString: settings.databaseUrl,
    max: POSTGRES_POOL,
    connectionTimeoutMillis: 3_000,
    keepAlive: true,
    application_name: 'obb-queue',
  } as unknown as ConnectionOptions
}

/** What to check where the queue cannot be used. */
const queueAction = ({ redisUrl }: QueueSettings): string => {
  if (redisUrl === undefined) return 'Check that PostgreSQL runs and that DATABASE_URL names it.'
  const { hostname, port } = new URL(redisUrl)
  return `REDIS_URL: check that Redis runs at ${hostname}:${port || '6379'} and takes the password.`
}

/** Errors of a job, by which the queue is not seen to be away. */
const OF_A_JOB = /for job /

/** What a line of the log says of an error of a queue, or of a worker of it. */
export function queueTrouble(
  error: Error,
  settings: QueueSettings,
): [fields: { err: string; action?: string }, message: string] {
  const trouble = redisTrouble(error)
  const err = trouble?.detail ?? reasonOf(error)
  if (OF_A_JOB.test(err)) return [{ err }, 'a job of the queue']
  return [{ err, action: trouble?.action ?? queueAction(settings) }, 'the queue cannot be used']
}

/** `redis[s]://[user:password@]host[:port][/db]` */
export function redisOptions(
  text: string,
  role: 'producer' | 'worker',
  closed?: AbortSignal,
): ConnectionOptions {
  const url = new URL(text)
  const db = url.pathname.slice(1)
  return {
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? 6379 : Number(url.port),
    ...(url.username === '' ? {} : { username: decodeURIComponent(url.username) }),
    ...(url.password === '' ? {} : { password: decodeURIComponent(url.password) }),
    ...(db === '' ? {} : { db: Number(db) }),
    ...(url.protocol === 'rediss:' ? { tls: {} } : {}),
    maxRetriesPerRequest: role === 'worker' ? null : 1,
    retryStrategy: (times: number) => (closed?.aborted ? null : Math.min(2_000, 100 * times)),
  }
}
