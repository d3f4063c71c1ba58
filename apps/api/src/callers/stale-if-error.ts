import { createHash } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { within } from '@obb/core/deadline'
import { LRUCache } from 'lru-cache'
import { isAway } from '../failures/to-refusal.js'

/** Two per account, its key and its use, of about half a kB each: 30 000 accounts in each process of a gateway. */
const MAX_ENTRIES = 60_000
/** After this the answer before is the better one, ms. */
const PATIENCE_MS = 2_000
/** Without one before, clients rather wait than hear of trouble; they give up after 30 s, ms. */
const LIMIT_MS = 20_000
const RETRY_S = 10

/**
 * The last good answers, for calls that must not fail for passing reasons: clients disable a whole account
 * for an hour after one failed account check. Kept under a digest, so no key stays in memory as text.
 */
@Injectable()
export class StaleIfError {
  private readonly answers = new LRUCache<string, NonNullable<unknown>>({ max: MAX_ENTRIES })

  /**
   * The answer of `ask`; if there is none for a passing reason or in time, the one before it, where `mayBeOld`
   * allows that. Raises what `ask` raises, or Refusal `service_unavailable`.
   */
  async get<T>(name: string, ask: () => Promise<T>, mayBeOld = true): Promise<T> {
    const id = createHash('sha256').update(name).digest('base64')
    const hasOld = mayBeOld && this.answers.has(id)
    try {
      return await within(hasOld ? PATIENCE_MS : LIMIT_MS, this.askAndRemember(id, ask), () => late(name))
    } catch (error) {
      if (!hasOld || !isPassingFailure(error)) throw error
      return this.answers.get(id) as T
    }
  }

  /**
   * Also an answer that comes too late for this caller is the last known one for the next. What is undefined is
   * forgotten: a revoked key must not come back.
   */
  private async askAndRemember<T>(id: string, ask: () => Promise<T>): Promise<T> {
    const answer = await ask()
    if (answer === undefined || answer === null) this.answers.delete(id)
    else this.answers.set(id, answer)
    return answer
  }
}

/** Whether there may be an answer the next time. */
export function isPassingFailure(error: unknown): boolean {
  return isAway(error) || (error instanceof Refusal && error.refusal === 'service_unavailable')
}

function late(name: string): Refusal {
  const [what] = name.split(' ', 1)
  return new Refusal('service_unavailable', { retryInSeconds: RETRY_S, internal: `no ${what} in time` })
}
