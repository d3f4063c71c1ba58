import { setMaxListeners } from 'node:events'
import { Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { within } from '@obb/core/deadline'
import { SharedPlaces } from '@obb/core/semaphore'

const RETRY_S = 15
/** Files that this process looks up at once for requests about many: requests for one must not wait behind them. */
const PLACES = 8
/** One account leaves some of them to those that have none. */
const SHARE = { reserve: 2, modest: 1 }

/** A place that work is done in. */
export interface RowPlace {
  /** Gives the place back while others are waited for, and takes another one then. */
  waiting<T>(wait: () => Promise<T>): Promise<T>
  /** How much time is left, ms, at least 1. */
  timeLeft(): number
}

export interface RowWork<Row, Answer> {
  /** The whole takes no longer, ms; what is not answered by then has failed with 105. */
  limitMs: number
  work(row: Row, place: RowPlace): Promise<Answer>
  failed(row: Row, error: unknown): Answer
}

/** Requests about many files, each of which is answered by itself. */
@Injectable()
export class RowPlaces {
  private readonly places = new SharedPlaces({ places: PLACES, accounts: SHARE })

  /** An answer to each row, in their order. */
  async each<Row, Answer>(
    accountId: string,
    rows: readonly Row[],
    { limitMs, work, failed }: RowWork<Row, Answer>,
  ): Promise<Answer[]> {
    const until = performance.now() + limitMs
    const timeLeft = (): number => Math.max(1, until - performance.now())
    const late = new AbortController()
    setMaxListeners(0, late.signal) // one for every row that waits for a place
    const timer = setTimeout(() => late.abort(tooLate()), limitMs)
    const take = () => this.places.acquire({ account: accountId }, late.signal)
    const workInPlace = async (row: Row): Promise<Answer> => {
      let place = await take()
      const waiting = async <T>(wait: () => Promise<T>): Promise<T> => {
        place.release()
        const waited = await wait()
        place = await take()
        return waited
      }
      try {
        return await work(row, { waiting, timeLeft })
      } finally {
        place.release()
      }
    }
    try {
      return await Promise.all(
        rows.map((row) =>
          within(timeLeft(), workInPlace(row), tooLate).catch((error: unknown) => failed(row, error)),
        ),
      )
    } finally {
      clearTimeout(timer)
    }
  }
}

function tooLate(): Refusal {
  return new Refusal('host_unavailable', { retryInSeconds: RETRY_S, internal: 'no answer in time' })
}
