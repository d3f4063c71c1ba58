import type { Config } from '../config/index.js'

/** QueueSettings tell where the queues live: Redis if it is configured, else the database that is there anyway. */
export interface QueueSettings {
  redisUrl?: string | undefined
  databaseUrl: string
}

/** Token of QueueSettings. */
export const QUEUE_SETTINGS = Symbol('QueueSettings')

export function queueSettings(config: Pick<Config, 'REDIS_URL' | 'DATABASE_URL'>): QueueSettings {
  return { redisUrl: config.REDIS_URL, databaseUrl: config.DATABASE_URL }
}
