import { describe, expect, it } from '@jest/globals'
import { type Release, SharedAmount } from './index.js'

/** Takes all that `who` can have, one by one. */
function takeAll(shares: SharedAmount, who: string | undefined): Release[] {
  const taken: Release[] = []
  for (let next = shares.take(who); next; next = shares.take(who)) taken.push(next)
  return taken
}

describe('shares', () => {
  it('are at most half for one, and something for whoever comes after any number who took all they could', () => {
    const shares = new SharedAmount(1_000)
    const floods = ['a', 'b', 'c', 'd'].map((who) => takeAll(shares, who).length)
    expect(floods[0]).toBe(500)
    expect(floods).toEqual([...floods].sort((one, other) => other - one))
    expect(shares.free).toBeGreaterThan(0)
    expect(shares.take('quiet')).toBeDefined()
  })

  it('are all of it for who counts for many, and then nothing for anybody', () => {
    const shares = new SharedAmount(10)
    expect(takeAll(shares, undefined)).toHaveLength(10)
    expect(shares.take('a')).toBeUndefined()
  })

  it('are given for the first time as long as there is so much', () => {
    const shares = new SharedAmount(10)
    expect(shares.take('a', 11)).toBeUndefined()
    expect(shares.take('a', 10)).toBeDefined()
    expect(shares.take('b')).toBeUndefined()
  })

  it('come back once each, and count no more then', () => {
    const shares = new SharedAmount(4)
    const [first, second] = takeAll(shares, 'a')
    expect(takeAll(shares, 'b')).toHaveLength(1)
    first?.()
    first?.()
    expect(shares.free).toBe(2)
    second?.()
    expect(takeAll(shares, 'a').length).toBeGreaterThan(0)
  })
})
