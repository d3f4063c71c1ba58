import { describe, expect, it } from '@jest/globals'
import { Walk } from './walk.js'

describe('a walk', () => {
  it('comes to every row once a round, whatever happens to the rows behind it', () => {
    const rows = [1, 2, 3, 4, 5, 6, 7]
    const walk = new Walk(0)
    const page = (limit: number) => rows.filter((row) => row > walk.after).slice(0, limit)
    const rounds = Array.from({ length: 6 }, () => {
      const keys = page(3)
      walk.advance(keys, 3)
      if (keys.includes(2)) rows.splice(0, 3) // those of the first page go
      return [keys, walk.isUnderWay]
    })
    expect(rounds).toEqual([
      [[1, 2, 3], true],
      [[4, 5, 6], true],
      [[7], false],
      [[4, 5, 6], true],
      [[7], false],
      [[4, 5, 6], true],
    ])
  })
})
