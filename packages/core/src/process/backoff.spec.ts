import { describe, expect, it } from '@jest/globals'
import { Backoff } from './backoff.js'

describe('Backoff', () => {
  it('doubles from one second to half a minute', () => {
    const backoff = new Backoff()
    expect([1, 2, 3, 4, 5, 6, 7].map(() => backoff.after(10))).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000,
    ])
  })

  it('can begin with no wait at all', () => {
    const backoff = new Backoff(0)
    expect([1, 2, 3].map(() => backoff.after(10))).toEqual([0, 1_000, 2_000])
  })

  it('begins anew after a steady life', () => {
    const backoff = new Backoff()
    backoff.after(0)
    backoff.after(0)
    expect(backoff.after(60_000)).toBe(1_000)
  })
})
