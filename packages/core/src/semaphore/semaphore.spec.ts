import { describe, expect, it } from '@jest/globals'
import { type Release, Semaphore } from './index.js'

const signal = new AbortController().signal
const turn = () => new Promise((next) => setImmediate(next))

/** Asks for a place; whether it was given. */
function ask(semaphore: Semaphore): { release: Release | undefined } {
  const asked: { release: Release | undefined } = { release: undefined }
  void semaphore.acquire(signal).then((release) => (asked.release = release))
  return asked
}

describe('a semaphore', () => {
  it('has so many places, which pass on in the order of asking', async () => {
    const semaphore = new Semaphore(2)
    const asked = [1, 2, 3, 4].map(() => ask(semaphore))
    const given = () => asked.map(({ release }) => release !== undefined)
    await turn()
    expect([given(), semaphore.waiting]).toEqual([[true, true, false, false], 2])
    expect(semaphore.tryAcquire()).toBeUndefined()
    asked[1]?.release?.()
    await turn()
    expect([given(), semaphore.waiting]).toEqual([[true, true, true, false], 1])
  })

  it('takes a place back once', async () => {
    const semaphore = new Semaphore(1)
    const [first, second, third] = [ask(semaphore), ask(semaphore), ask(semaphore)]
    await turn()
    first.release?.()
    first.release?.()
    await turn()
    expect([second, third].map(({ release }) => release !== undefined)).toEqual([true, false])
    second.release?.()
    await turn()
    third.release?.()
    expect(semaphore.isIdle).toBe(true)
  })

  it('keeps no place for who has given up', async () => {
    const semaphore = new Semaphore(1)
    const release = semaphore.tryAcquire()
    const gone = new AbortController()
    const waiting = semaphore.acquire(gone.signal)
    const next = ask(semaphore)
    gone.abort(new Error('gone'))
    await expect(waiting).rejects.toThrow('gone')
    await expect(semaphore.acquire(gone.signal)).rejects.toThrow('gone')
    release?.()
    await turn()
    expect(next.release).toBeDefined()
  })

  it('gives the place of work back however it ends', async () => {
    const semaphore = new Semaphore(1)
    expect(await semaphore.with(signal, () => Promise.resolve(7))).toBe(7)
    await expect(semaphore.with(signal, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed')
    expect(semaphore.isIdle).toBe(true)
  })
})
