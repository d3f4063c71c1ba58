import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { DeadlineError, within } from './index.js'

describe('a deadline', () => {
  beforeEach(() => void jest.useFakeTimers())
  afterEach(() => void jest.useRealTimers())

  it('gives the outcome of work that ends in time, and leaves no timer', async () => {
    await expect(within(100, Promise.resolve('done'), 'work')).resolves.toBe('done')
    const failure = new Error('failed')
    await expect(within(100, Promise.reject(failure), 'work')).rejects.toBe(failure)
    expect(jest.getTimerCount()).toBe(0)
  })

  it('raises an error that names the work, or the one it is told', async () => {
    const endless = new Promise<never>(() => undefined)
    const named = within(100, endless, 'look-up').catch((error: unknown) => error)
    const own = new Error('own')
    const told = within(100, endless, () => own).catch((error: unknown) => error)
    await jest.advanceTimersByTimeAsync(99)
    expect(jest.getTimerCount()).toBe(2)
    await jest.advanceTimersByTimeAsync(1)
    expect(await named).toEqual(new DeadlineError('look-up took over 100 ms'))
    expect(await told).toBe(own)
  })

  it('lets work that fails later fail unobserved', async () => {
    let fail = (_error: Error): void => undefined
    const work = new Promise<never>((_resolve, reject) => (fail = reject))
    const late = within(100, work, 'work').catch((error: unknown) => error)
    await jest.advanceTimersByTimeAsync(100)
    fail(new Error('nobody hears of it'))
    expect(await late).toBeInstanceOf(DeadlineError)
  })
})
