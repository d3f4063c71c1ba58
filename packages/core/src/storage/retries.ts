import { setTimeout as sleep } from 'node:timers/promises'
import { StoreError } from './object-store.js'

/** How something that failed in passing is tried again. */
export interface Retries {
  /** Most tries, the first included. */
  tries: number
  /** Least and most before the second try, ms; it doubles with each further one, up to `mostMs`. */
  firstMs: number
  mostMs: number
  /** Waits; a test's own clock, perhaps. Raises the signal's reason. */
  rest?: (ms: number, signal?: AbortSignal) => Promise<unknown>
}

/** About 10 s in all: an S3 that says "slow down" is asked again; one that is away is told to the caller. */
export const STORE_RETRIES: Retries = { tries: 6, firstMs: 250, mostMs: 4_000 }

/** isPassingStoreError tells whether another try may heal the error: the store could not be used just now. */
export function isPassingStoreError(error: unknown): error is StoreError {
  return error instanceof StoreError && error.kind === 'UNAVAILABLE'
}

/** The pause before try `attempt` (from 2 on), ms: half of it is chance, so that not all come back at once. */
export function pauseBefore(attempt: number, { firstMs, mostMs }: Retries, random = Math.random): number {
  return Math.min(mostMs, firstMs * 2 ** (attempt - 2)) * (0.5 + random() / 2)
}

/** Raises what is not passing, the last failure, or the signal's reason. */
export async function retry<T>(
  work: () => Promise<T>,
  { signal, failures = 0, ...retries }: Retries & { signal?: AbortSignal; failures?: number },
): Promise<T> {
  const rest = retries.rest ?? ((ms: number) => sleep(ms, undefined, signal && { signal }))
  for (let attempt = failures + 1; ; attempt++) {
    try {
      if (attempt > 1) await rest(pauseBefore(attempt, retries), signal)
      return await work()
    } catch (error) {
      signal?.throwIfAborted()
      if (!isPassingStoreError(error) || attempt >= retries.tries) throw error
    }
  }
}
