import { databaseTrouble } from '../database/index.js'
import { redisTrouble } from '../queue/index.js'

/** In words, what the queue is up against where they are known: Redis, or the PostgreSQL that it is in. */
export function queueFault(error: unknown): { detail: string; action: string } | undefined {
  const ofRedis = redisTrouble(error)
  if (ofRedis !== undefined) return ofRedis
  const trouble = databaseTrouble(error)
  if (trouble !== undefined) return { ...trouble, detail: `PostgreSQL ${trouble.detail}` }
  return error instanceof Error && error.cause !== undefined ? queueFault(error.cause) : undefined
}
