import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import type { LinkView } from '@obb/core/links'
import { aPolicy } from '@obb/core/testing'
import type { QueuePosition } from '@obb/core/scheduling'
import { linkAnswer } from './link-answer.js'

const START = Date.UTC(2026, 10, 23, 12)
const SIZE = 10 ** 12
const policy = aPolicy()

/** A fetch that takes `seconds`, at an even speed unless said otherwise. */
interface Fetch {
  seconds: number
  /** Share that is done, by the share of the time that has passed. */
  progress?: (passed: number) => number
  speedKnown: boolean
}

function viewOf(fetch: Fetch, age: number): LinkView {
  const { seconds, speedKnown, progress = (passed) => passed } = fetch
  const passed = Math.min(1, age / seconds)
  const done = progress(passed)
  return {
    ...{ id: 'l', accountId: 'a', fileId: 'f', platform: 'Sample', hostDomain: 'sample.test' },
    ...{ endedAt: null, refusal: null, retryAt: null, attempts: 0, sha256: null, md5: null, crc32c: null },
    missingBytes: 0,
    package: null,
    keyId: null,
    state: passed < 1 ? 'downloading' : 'done',
    name: 'a',
    size: SIZE,
    isSized: true,
    bytesDone: Math.floor(SIZE * done),
    speed: speedKnown && age > 0 ? Math.round((SIZE * done) / age) : null,
    createdAt: new Date(START),
    wantedAt: new Date(START),
    expiresAt: new Date(START + 10 ** 9),
    endedAt: null,
    endReason: null,
    nextAttemptAt: null,
  }
}

/**
 * The main client: sleeps as told, between 1 and 60 s, at most 60 times, then gives up and asks /unrestrict
 * again after 5, 10, 15 … s, six times. Returns the polls of each round and when it saw the end.
 */
function poll(fetch: Fetch): { rounds: number[]; seenAt: number } {
  const rounds: number[] = []
  let age = 0
  for (let round = 0; round < 7; round++) {
    age += 5 * round
    for (let polls = 1; polls <= 60; polls++) {
      const context = { policy, downloads: 'http://p', reused: false, now: START + age * 1000 }
      const answer = linkAnswer(viewOf(fetch, age), context)
      if (answer.download_ready) return { rounds: [...rounds, polls], seenAt: age }
      age += Math.min(60, Math.max(1, answer.poll_after_seconds))
    }
    rounds.push(60)
  }
  throw new Error(`never saw the end of a fetch of ${fetch.seconds} s`)
}

describe('a client that polls 60 times as told', () => {
  it.each([
    { seconds: 1 },
    { seconds: 5 },
    { seconds: 30 },
    { seconds: 120 },
    { seconds: 900 },
    { seconds: 2700 },
  ])('sees the end of a fetch of $seconds s within one round, and soon', ({ seconds }) => {
    const { rounds, seenAt } = poll({ seconds, speedKnown: true })
    expect(rounds).toHaveLength(1)
    expect(seenAt - seconds).toBeLessThanOrEqual(Math.max(4, seconds / 10))
  })

  it('sees the end of a fetch of three hours with three more requests for the same link', () => {
    const { rounds, seenAt } = poll({ seconds: 3 * 3600, speedKnown: true })
    expect(rounds.length).toBeLessThanOrEqual(4)
    expect(seenAt).toBeLessThanOrEqual(3 * 3600 + 60)
  })

  it.each([10, 60, 600, 2000])('sees the end of a fetch of %i s of which no speed is known', (seconds) => {
    const { rounds, seenAt } = poll({ seconds, speedKnown: false })
    expect(rounds).toHaveLength(1)
    expect(seenAt - seconds).toBeLessThanOrEqual(Math.max(4, seconds / 4))
  })

  it('is not kept waiting by a fetch that began slowly', () => {
    const seconds = 20
    const { seenAt } = poll({ seconds, speedKnown: true, progress: (passed) => passed ** 2 })
    expect(seenAt).toBeLessThanOrEqual(1.5 * seconds)
  })
})

it('nobody is told to wait longer than half of what the link has waited, whatever is believed of the time left', () => {
  const seconds = fc.integer({ min: 0, max: 10 ** 7 })
  const belief = fc.record({
    state: fc.constantFrom('pending' as const, 'downloading' as const),
    speed: fc.option(fc.integer({ min: 0, max: 10 ** 10 })),
    queue: fc.option(
      fc.record({ position: fc.constant(1), bytesAhead: fc.option(seconds), bytesPerSecond: seconds }),
      { nil: undefined },
    ),
    nextAttemptIn: fc.option(seconds),
  })
  const property = fc.property(belief, seconds, seconds, (believed, waited, wantedBefore) => {
    const { queue, nextAttemptIn, ...facts } = believed
    const now = START + waited * 1000
    const times = {
      wantedAt: new Date(START - wantedBefore * 1000),
      nextAttemptAt: nextAttemptIn === null ? null : new Date(now + nextAttemptIn * 1000),
      expiresAt: new Date(now + 10 ** 9),
    }
    const view = { ...viewOf({ seconds: 1e9, speedKnown: false }, 0), ...facts, ...times }
    const context = { policy, downloads: 'http://p', reused: false, now, ...(queue ? { queue } : {}) }
    const { poll_after_seconds: wait } = linkAnswer(view, context)
    expect(wait).toBeGreaterThanOrEqual(2)
    expect(wait).toBeLessThanOrEqual(Math.min(60, Math.max(2, Math.ceil(waited / 2))))
  })
  fc.assert(property, { numRuns: 1_000 })
})

it('a file that is fetched again is waited for from then on, however old its link is', () => {
  const age = 86_400
  const view = { ...viewOf({ seconds: 1e9, speedKnown: false }, 0), speed: 1 }
  const wantedAt = new Date(START + (age - 6) * 1000)
  const context = { policy, downloads: 'http://p', reused: false, now: START + age * 1000 }
  expect(linkAnswer({ ...view, wantedAt }, context).poll_after_seconds).toBe(3)
})

describe('a file that waits for its turn', () => {
  const waiting = (age: number, queue: QueuePosition, more: Partial<LinkView> = {}) => {
    const view = { ...viewOf({ seconds: 1e9, speedKnown: false }, 0), state: 'pending', ...more } as LinkView
    return linkAnswer(view, { policy, downloads: 'http://p', reused: false, queue, now: START + age * 1000 })
  }

  it('has its place, and an estimate where others of the platform show their speed', () => {
    const place = { position: 7, bytesAhead: 900 }
    expect(waiting(0, { ...place, bytesPerSecond: 3 })).toMatchObject({
      remote_status: 'pending',
      queue_position: 7,
      eta_seconds: 300,
      poll_after_seconds: 2,
    })
    expect(waiting(0, { ...place, bytesPerSecond: 0 })).not.toHaveProperty('eta_seconds')
    const unknown = waiting(0, { ...place, bytesAhead: null, bytesPerSecond: 3 })
    expect(unknown).not.toHaveProperty('eta_seconds')
    expect(unknown.queue_position).toBe(7)
  })

  it('cannot be here before its next attempt', () => {
    const queue = { position: 1, bytesAhead: 300, bytesPerSecond: 3 }
    const answer = waiting(90, queue, { nextAttemptAt: new Date(START + 120_000) })
    expect(answer).toMatchObject({ eta_seconds: 130, poll_after_seconds: 45 })
  })

  it('is asked for ever less often, though its estimate stays as it is', () => {
    const queue = { position: 1, bytesAhead: 30, bytesPerSecond: 3 }
    expect([0, 20, 100, 1000].map((age) => waiting(age, queue).poll_after_seconds)).toEqual([2, 5, 20, 60])
  })

  it('has no place any more once it is fetched', () => {
    const queue = { position: 1, bytesAhead: 30, bytesPerSecond: 3 }
    expect(waiting(0, queue, { state: 'downloading' })).not.toHaveProperty('queue_position')
  })
})

describe('a file of unknown size', () => {
  const context = { policy, downloads: 'http://p', reused: false, now: START + 60_000 }
  const view = { ...viewOf({ seconds: 120, speedKnown: true }, 60), isSized: false }

  it('is told with what has come of it, and without a guess at its end', () => {
    const answer = linkAnswer({ ...view, size: 700, bytesDone: 800 }, context)
    expect(answer).toMatchObject({ filesize: '800', bytes_done: 800, progress: 0, poll_after_seconds: 12 })
    expect(answer).not.toHaveProperty('eta_seconds')
  })
})
