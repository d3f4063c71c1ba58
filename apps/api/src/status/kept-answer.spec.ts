import { describe, expect, it } from '@jest/globals'
import { TestClock } from '@obb/testing/clock'
import { KeptAnswer } from './kept-answer.js'

const MS = 10_000
const STALE_MS = 60_000

function kept(make: (time: number) => Promise<string>) {
  const clock = new TestClock(0)
  let made = 0
  const logged: unknown[] = []
  const log = { warn: (...line: unknown[]) => void logged.push(line) }
  const terms = { what: 'answer', ms: MS, staleMs: STALE_MS, log }
  const answer = new KeptAnswer(clock, terms, () => make(++made))
  return { answer, clock, made: () => made, logged }
}

describe('an answer that is kept', () => {
  it('is made once for all who ask within its time, also at once', async () => {
    const { answer, clock, made } = kept((time) => Promise.resolve(`answer ${time}`))
    expect(await Promise.all([answer.get(), answer.get()])).toEqual(['answer 1', 'answer 1'])
    clock.advance(MS - 1)
    expect(await answer.get()).toBe('answer 1')
    clock.advance(1)
    expect(await answer.get()).toBe('answer 2')
    answer.forget()
    expect([await answer.get(), made()]).toEqual(['answer 3', 3])
  })

  it('is the last one where none can be made, which is tried and logged once in that time', async () => {
    const { answer, clock, made, logged } = kept((time) =>
      time === 1 ? Promise.resolve('answer') : Promise.reject(new Error('away')),
    )
    await answer.get()
    clock.advance(MS)
    expect(await Promise.all([answer.get(), answer.get(), answer.get()])).toEqual(Array(3).fill('answer'))
    expect(made()).toBe(2)
    const since = '1970-01-01T00:00:00.000Z'
    expect(logged).toEqual([[{ what: 'answer', reason: 'away', since }, 'status: an old answer is told']])
  })

  it('is told no longer where it is too old, and again once there is one', async () => {
    let isAway = false
    const { answer, clock, logged } = kept((time) =>
      isAway ? Promise.reject(new Error('away')) : Promise.resolve(`answer ${time}`),
    )
    await answer.get()
    isAway = true
    clock.advance(STALE_MS)
    expect(await answer.get()).toBe('answer 1')
    clock.advance(MS)
    await expect(answer.get()).rejects.toThrow('away')
    expect(logged).toHaveLength(2)
    isAway = false
    clock.advance(MS)
    expect(await answer.get()).toBe('answer 4')
  })

  it('fails where there never was one, without more work for more who ask', async () => {
    const { answer, made } = kept(() => Promise.reject(new Error('away')))
    for (let time = 0; time < 3; time++) await expect(answer.get()).rejects.toThrow('away')
    expect(made()).toBe(1)
  })

  it('is made anew when the clock was set back', async () => {
    const { answer, clock } = kept((time) => Promise.resolve(`answer ${time}`))
    clock.set(100 * MS)
    await answer.get()
    clock.set(0)
    expect(await answer.get()).toBe('answer 2')
  })
})
