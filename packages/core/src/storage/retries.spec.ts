import { describe, expect, it } from '@jest/globals'
import { StoreError, pauseBefore, retry } from './index.js'

const away = () => new StoreError('UNAVAILABLE', 'S3 UploadPart: 503 SlowDown')

function trying(outcomes: unknown[]) {
  const pauses: number[] = []
  let at = 0
  const rest = (ms: number) => Promise.resolve(pauses.push(ms))
  const work = () => {
    const outcome = outcomes[at++]
    return outcome instanceof Error ? Promise.reject(outcome) : Promise.resolve(outcome)
  }
  return { pauses, work, retries: { tries: 4, firstMs: 100, mostMs: 300, rest }, count: () => at }
}

describe('what the store could not do now', () => {
  it('is done once it can, after pauses that grow up to a most', async () => {
    const { work, retries, pauses } = trying([away(), away(), away(), 'done'])
    expect(await retry(work, retries)).toBe('done')
    expect(pauses.map((ms) => ms > 0)).toEqual([true, true, true])
    for (const [index, most] of [100, 200, 300].entries()) {
      expect(pauses[index]).toBeGreaterThanOrEqual(most / 2)
      expect(pauses[index]).toBeLessThanOrEqual(most)
    }
    expect([2, 3, 4, 9].map((attempt) => pauseBefore(attempt, retries, () => 1))).toEqual([
      100, 200, 300, 300,
    ])
  })

  it('is raised after the last try', async () => {
    const { work, retries, count } = trying(Array.from({ length: 9 }, away))
    await expect(retry(work, retries)).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    expect(count()).toBe(4)
  })

  it.each(['FULL', 'NO_SUCH_UPLOAD'] as const)('is not tried again where it is %s', async (kind) => {
    const { work, retries, count } = trying([new StoreError(kind, 'no'), 'done'])
    await expect(retry(work, retries)).rejects.toMatchObject({ kind })
    expect(count()).toBe(1)
  })

  it('is given up with the signal', async () => {
    const stop = new AbortController()
    const { work, retries } = trying([away(), away(), 'done'])
    const rest = () => Promise.resolve(stop.abort(new Error('stopped')))
    await expect(retry(work, { ...retries, rest, signal: stop.signal })).rejects.toThrow('stopped')
  })
})
