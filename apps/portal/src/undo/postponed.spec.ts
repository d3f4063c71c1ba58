import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { UNDO_MS, commitAll, hold, letGo, postpone, takeBack } from './postponed.js'

describe('what is postponed', () => {
  let done: string[]
  const later = (name: string) => postpone(name, [name], async () => void done.push(name))
  beforeEach(() => {
    jest.useFakeTimers()
    done = []
  })
  afterEach(async () => {
    await commitAll()
    jest.useRealTimers()
  })

  it('is done after five seconds, and not before', async () => {
    later('a')
    await jest.advanceTimersByTimeAsync(UNDO_MS - 1)
    expect(done).toEqual([])
    await jest.advanceTimersByTimeAsync(1)
    expect(done).toEqual(['a'])
  })

  it('is done at once, each once, when the page is left', async () => {
    later('a')
    later('b')
    await commitAll()
    await commitAll()
    await jest.advanceTimersByTimeAsync(UNDO_MS * 2)
    expect(done).toEqual(['a', 'b'])
  })

  it('is never done once it is taken back, nor while somebody holds it', async () => {
    takeBack(later('a'))
    const b = later('b')
    hold(b)
    await jest.advanceTimersByTimeAsync(UNDO_MS * 3)
    expect(done).toEqual([])
    letGo(b)
    await jest.advanceTimersByTimeAsync(UNDO_MS)
    expect(done).toEqual(['b'])
  })
})
