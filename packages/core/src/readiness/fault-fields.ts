import { databaseTrouble, isDatabaseAway } from '../database/index.js'
import { reasonOf } from '../log/index.js'
import { QueueError } from '../queue/index.js'
import { DATABASE_ACTION, QUEUE_ACTION } from './probes.js'
import { queueFault } from './queue-fault.js'

/** What to do about a failure, for a line of the log; nothing of one that no operator can do anything about. */
export function actionFields(error: unknown): { action?: string } {
  if (error instanceof QueueError && error.kind === 'UNAVAILABLE')
    return { action: queueFault(error)?.action ?? QUEUE_ACTION }
  if (!isDatabaseAway(error)) return {}
  return { action: databaseTrouble(error)?.action ?? DATABASE_ACTION }
}

/** What a line of the log says of a failure: why, and what to do. */
export function faultFields(error: unknown): { err: string; action?: string } {
  return { err: reasonOf(error), ...actionFields(error) }
}
