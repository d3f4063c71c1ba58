import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { UNDO_MS, commitAll, commitOne, hold, latestOpen, letGo, postpone, takeBack } from './postponed.js'

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

  it('is done once, however often somebody looks at it or leaves the page meanwhile', async () => {
    let end = () => {}
    const promise = new Promise<void>((resolve) => (end = resolve))
    let begun = 0
    const id = postpone('slow', ['slow'], () => {
      begun++
      return promise
    })
    await jest.advanceTimersByTimeAsync(UNDO_MS)
    hold(id)
    letGo(id)
    takeBack(id)
    await jest.advanceTimersByTimeAsync(UNDO_MS * 2)
    let isOver = false
    const left = commitAll().then(() => (isOver = true))
    await jest.advanceTimersByTimeAsync(0)
    expect([begun, isOver]).toEqual([1, false]) // whoever signs out waits for it
    end()
    await left
    expect(begun).toBe(1)
  })

  it('is not tried again by itself once it failed', async () => {
    let begun = 0
    const id = postpone('refused', ['refused'], async () => {
      begun++
      throw new Error('no')
    })
    await commitOne(id)
    letGo(id)
    await jest.advanceTimersByTimeAsync(UNDO_MS * 2)
    await commitAll()
    expect(begun).toBe(1)
    takeBack(id)
  })

  it('is taken back the newest first, of what has neither begun nor failed', () => {
    const running = Promise.resolve()
    const all = [
      { id: 1, text: '', keys: new Set<string>() },
      { id: 2, text: '', keys: new Set<string>() },
      { id: 3, text: '', keys: new Set<string>(), running },
      { id: 4, text: '', keys: new Set<string>(), failure: new Error('no') },
    ]
    expect([latestOpen(all)?.id, latestOpen(all.slice(2))?.id]).toEqual([2, undefined])
  })
})
