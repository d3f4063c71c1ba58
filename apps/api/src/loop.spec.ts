import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Loop } from './loop.js'

const EVERY_MS = 5_000
const SOON_MS = 100

let begun: number
let end: () => void
let loop: Loop

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['performance', 'queueMicrotask', 'nextTick'] })
  begun = 0
  loop = new Loop(() => {
    begun++
    return new Promise((resolve) => (end = resolve))
  }, EVERY_MS)
})
afterEach(async () => {
  end()
  await loop.stop()
  jest.useRealTimers()
})

/** Ends what runs, and lets all that follows from it happen. */
async function finish(): Promise<void> {
  end()
  await jest.advanceTimersByTimeAsync(0)
}

describe('a loop', () => {
  it('begins again so long after the end', async () => {
    loop.start()
    await jest.advanceTimersByTimeAsync(EVERY_MS)
    expect(begun).toBe(1)
    await jest.advanceTimersByTimeAsync(3 * EVERY_MS)
    expect(begun).toBe(1)
    await finish()
    await jest.advanceTimersByTimeAsync(EVERY_MS - 1)
    expect(begun).toBe(1)
    await jest.advanceTimersByTimeAsync(1)
    expect(begun).toBe(2)
  })

  it('that is woken while it waits begins soon', async () => {
    loop.start()
    loop.wake(SOON_MS)
    await jest.advanceTimersByTimeAsync(SOON_MS)
    expect(begun).toBe(1)
  })

  it('that is woken while it runs begins again soon, not a round later', async () => {
    loop.start()
    await jest.advanceTimersByTimeAsync(EVERY_MS)
    loop.wake(SOON_MS)
    await finish()
    await jest.advanceTimersByTimeAsync(SOON_MS)
    expect(begun).toBe(2)
  })

  it('that is woken all the time is not put off by it', async () => {
    loop.start()
    for (let time = 0; time < 4; time++) {
      loop.wake(SOON_MS)
      await jest.advanceTimersByTimeAsync(SOON_MS / 2)
    }
    expect(begun).toBe(1)
  })

  it('that was stopped waits for what runs, and begins no more', async () => {
    loop.start()
    await jest.advanceTimersByTimeAsync(EVERY_MS)
    const stopped = loop.stop()
    loop.wake(SOON_MS)
    await finish()
    await stopped
    await jest.advanceTimersByTimeAsync(3 * EVERY_MS)
    expect(begun).toBe(1)
  })
})
