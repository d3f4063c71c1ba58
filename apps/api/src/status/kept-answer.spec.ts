import { describe, expect, it } from '@jest/globals'
import { TestClock } from '@obb/testing/clock'
import { KeptAnswer } from './kept-answer.js'

const MS = 10_000

function kept(make: (time: number) => Promise<string>) {
  const clock = new TestClock(0)
  let made = 0
  const answer = new KeptAnswer(clock, MS, () => make(++made))
  return { answer, clock, made: () => made }
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

  it('is the last one where none can be made, which is tried once in that time', async () => {
    const { answer, clock, made } = kept((time) =>
      time === 1 ? Promise.resolve('answer') : Promise.reject(new Error('away')),
    )
    await answer.get()
    clock.advance(MS)
    expect(await Promise.all([answer.get(), answer.get(), answer.get()])).toEqual(Array(3).fill('answer'))
    expect(made()).toBe(2)
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
