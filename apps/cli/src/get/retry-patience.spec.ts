import { describe, expect, it } from '@jest/globals'
import { TestClock } from '@obb/testing/clock'
import { RetryPatience } from './retry-patience.js'

const never = new AbortController().signal

describe('Patience', () => {
  it('doubles its waits up to half a minute and ends with the fault itself', async () => {
    const clock = new TestClock()
    const patience = new RetryPatience(clock, 120_000)
    const fault = new Error('gone')
    const wait = () => patience.wait(fault, never)
    for (let tries = 0; tries < 8; tries++) await wait()
    expect(clock.sleeps).toEqual([1000, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
    await expect(wait().then(wait)).rejects.toBe(fault)
    patience.reset()
    await wait()
    expect(clock.sleeps.at(-1)).toBe(1000)
  })

  it('waits as asked, from one second to one minute', async () => {
    const clock = new TestClock()
    const patience = new RetryPatience(clock, 300_000)
    for (const asked of [0, 17_000, 900_000]) await patience.wait(new Error('busy'), never, asked)
    expect(clock.sleeps).toEqual([1000, 17_000, 60_000])
  })
})
