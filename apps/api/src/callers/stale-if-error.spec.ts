import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Refusal } from '@obb/contracts'
import { StaleIfError } from './stale-if-error.js'

const slow = (ms: number, answer: string) => () =>
  new Promise<string>((resolve) => setTimeout(() => resolve(answer), ms))
const failing = () => Promise.reject(new Refusal('service_unavailable'))

describe('the last known answer', () => {
  let known: StaleIfError
  beforeEach(() => {
    jest.useFakeTimers()
    known = new StaleIfError()
  })
  afterEach(() => {
    jest.useRealTimers()
  })

  /** after gives what comes out once so much time has passed. */
  async function after(ms: number, answer: Promise<string>) {
    const outcome = answer.catch((error: unknown) => (error as Refusal).refusal)
    await jest.advanceTimersByTimeAsync(ms)
    return Promise.race([outcome, Promise.resolve('none yet')])
  }

  it('is taken where a new one takes long or fails for a passing reason', async () => {
    await known.get('x', () => Promise.resolve('old'))
    expect(await after(2_000, known.get('x', slow(19_000, 'new')))).toBe('old')
    expect(await after(0, known.get('x', failing))).toBe('old')
  })

  it('is waited for where there is none before, or where it may not be old', async () => {
    expect(await after(19_000, known.get('x', slow(19_000, 'first')))).toBe('first')
    expect(await after(19_000, known.get('x', slow(19_000, 'second'), false))).toBe('second')
    expect(await after(0, known.get('x', failing, false))).toBe('service_unavailable')
  })

  it('is kept for thirty thousand accounts, the key and the use of each', async () => {
    for (let entry = 0; entry < 60_000; entry++) await known.get(`${entry}`, () => Promise.resolve('old'))
    expect(await known.get('0', failing)).toBe('old')
  })

  it('is not waited for longer than clients wait', async () => {
    expect(await after(20_000, known.get('x', slow(60_000, 'late')))).toBe('service_unavailable')
  })
})
