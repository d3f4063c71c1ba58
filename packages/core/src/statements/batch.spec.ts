import { afterEach, describe, expect, it, jest } from '@jest/globals'
import { Batch } from './batch.js'

/** Answers with the double, when told to. */
function doubling(gatherMs = 0) {
  const trips: { questions: number[]; end: (error?: Error) => void }[] = []
  const batch = new Batch<number, number>(
    (questions) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) => (error ? reject(error) : resolve(questions.map((each) => each * 2)))
        trips.push({ questions, end })
      }),
    gatherMs,
  )
  return { batch, trips }
}

/** Resolves when so many round trips have begun. */
async function begun(trips: readonly unknown[], count: number): Promise<void> {
  while (trips.length < count) await new Promise(setImmediate)
}

afterEach(() => {
  jest.restoreAllMocks()
})

describe('questions asked at once', () => {
  it('go in one round trip, those asked meanwhile in the next, and each gets its own answer', async () => {
    const { batch, trips } = doubling()
    const first = [1, 2].map((each) => batch.ask(each))
    await begun(trips, 1)
    const second = [3, 1].map((each) => batch.ask(each))
    await new Promise(setImmediate)
    expect(trips.map(({ questions }) => questions)).toEqual([[1, 2]])
    trips[0]?.end()
    expect(await Promise.all(first)).toEqual([2, 4])
    await begun(trips, 2)
    expect(trips.map(({ questions }) => questions)).toEqual([
      [1, 2],
      [3, 1],
    ]) // asked again, not remembered
    trips[1]?.end()
    expect(await Promise.all(second)).toEqual([6, 2])
  })

  it('are alone when nobody else asks', async () => {
    const { batch, trips } = doubling()
    for (const each of [1, 2]) {
      const answer = batch.ask(each)
      await begun(trips, each)
      trips.at(-1)?.end()
      expect(await answer).toBe(each * 2)
    }
    expect(trips).toHaveLength(2)
  })

  it('wait for company where others went a moment ago', async () => {
    jest.spyOn(performance, 'now').mockReturnValue(0)
    const { batch, trips } = doubling(200)
    const first = batch.ask(1)
    await begun(trips, 1)
    trips[0]?.end()
    await first
    const [second] = [batch.ask(2), await new Promise(setImmediate)]
    const third = batch.ask(3)
    await begun(trips, 2)
    expect(trips[1]?.questions).toEqual([2, 3])
    trips[1]?.end()
    expect(await Promise.all([second, third])).toEqual([4, 6])
  })

  it('fail with their round trip and no other', async () => {
    const { batch, trips } = doubling()
    const failed = [1, 2].map((each) => batch.ask(each))
    await begun(trips, 1)
    const later = batch.ask(3)
    trips[0]?.end(new Error('away'))
    for (const each of failed) await expect(each).rejects.toThrow('away')
    await begun(trips, 2)
    trips[1]?.end()
    expect(await later).toBe(6)
  })

  it('do not wait for a round trip that hangs', async () => {
    const { batch, trips } = doubling()
    void batch.ask(1)
    await begun(trips, 1)
    const next = batch.ask(2)
    await begun(trips, 2)
    trips[1]?.end()
    expect(await next).toBe(4)
  })

  it('go in several round trips when there are very many', async () => {
    const { batch, trips } = doubling()
    const answers = Array.from({ length: 250 }, (_, each) => batch.ask(each))
    for (let trip = 0; trip < 3; trip++) {
      await begun(trips, trip + 1)
      trips[trip]?.end()
    }
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 250 }, (_, each) => each * 2))
    expect(trips.map(({ questions }) => questions.length)).toEqual([100, 100, 50])
  })
})
