import { describe, expect, it } from '@jest/globals'
import { Batch } from './batch.js'

/** Answers with the double, when told to. */
function doubling() {
  const trips: { questions: number[]; end: (error?: Error) => void }[] = []
  const batch = new Batch<number, number>(
    (questions) =>
      new Promise((resolve, reject) => {
        const end = (error?: Error) => (error ? reject(error) : resolve(questions.map((each) => each * 2)))
        trips.push({ questions, end })
      }),
  )
  return { batch, trips }
}

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('questions asked at once', () => {
  it('go in one round trip, those asked meanwhile in the next, and each gets its own answer', async () => {
    const { batch, trips } = doubling()
    const first = [1, 2].map((each) => batch.ask(each))
    await turn()
    const second = [3, 1].map((each) => batch.ask(each))
    await turn()
    expect(trips.map(({ questions }) => questions)).toEqual([[1, 2]])
    trips[0]?.end()
    expect(await Promise.all(first)).toEqual([2, 4])
    await turn()
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
      await turn()
      trips.at(-1)?.end()
      expect(await answer).toBe(each * 2)
    }
    expect(trips).toHaveLength(2)
  })

  it('fail with their round trip and no other', async () => {
    const { batch, trips } = doubling()
    const failed = [1, 2].map((each) => batch.ask(each))
    await turn()
    const later = batch.ask(3)
    trips[0]?.end(new Error('away'))
    for (const each of failed) await expect(each).rejects.toThrow('away')
    await turn()
    trips[1]?.end()
    expect(await later).toBe(6)
  })

  it('do not wait for a round trip that hangs', async () => {
    const { batch, trips } = doubling()
    void batch.ask(1)
    await turn()
    const next = batch.ask(2)
    while (trips.length < 2) await turn()
    trips[1]?.end()
    expect(await next).toBe(4)
  })

  it('go in several round trips when there are very many', async () => {
    const { batch, trips } = doubling()
    const answers = Array.from({ length: 250 }, (_, each) => batch.ask(each))
    for (let trip = 0; trip < 3; trip++) {
      await turn()
      trips[trip]?.end()
    }
    expect(await Promise.all(answers)).toEqual(Array.from({ length: 250 }, (_, each) => each * 2))
    expect(trips.map(({ questions }) => questions.length)).toEqual([100, 100, 50])
  })
})
