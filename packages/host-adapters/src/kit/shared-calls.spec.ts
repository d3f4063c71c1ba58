import { describe, expect, it } from '@jest/globals'
import { SharedCalls } from './shared-calls.js'

/** A call that ends when it is told to, or is aborted. */
function pending() {
  let resolve!: (value: string) => void
  let reject!: (reason: unknown) => void
  const outcome = new Promise<string>((...ends) => ([resolve, reject] = ends))
  let calls = 0
  const call = (signal: AbortSignal) => {
    calls++
    signal.addEventListener('abort', () => reject(signal.reason))
    return outcome
  }
  return { call, calls: () => calls, reject, resolve }
}
const forever = new AbortController().signal

describe('shared calls', () => {
  it('are made once for all who want the same meanwhile, and anew for who comes later', async () => {
    const shared = new SharedCalls<string>()
    const first = pending()
    const asked = [1, 2, 3].map(() => shared.ask('a', forever, first.call))
    const other = shared.ask('b', forever, () => Promise.resolve('of b'))
    first.resolve('of a')
    expect([...(await Promise.all(asked)), await other]).toEqual(['of a', 'of a', 'of a', 'of b'])
    expect(first.calls()).toBe(1)
    expect(await shared.ask('a', forever, () => Promise.resolve('later'))).toBe('later')
  })

  it('that fail do so for all who wait, and are not kept', async () => {
    const shared = new SharedCalls<string>()
    const first = pending()
    const asked = [1, 2].map(() => shared.ask('a', forever, first.call))
    first.reject(new Error('refused'))
    expect(await Promise.allSettled(asked)).toMatchObject([
      { reason: { message: 'refused' } },
      { reason: { message: 'refused' } },
    ])
    expect(await shared.ask('a', forever, () => Promise.resolve('later'))).toBe('later')
  })

  it('go on while somebody waits, and are aborted with the last', async () => {
    const shared = new SharedCalls<string>()
    const first = pending()
    const [one, two] = [new AbortController(), new AbortController()]
    const asked = [one, two].map(({ signal }) => shared.ask('a', signal, first.call))
    one.abort(new Error('one leaves'))
    await expect(asked[0]).rejects.toThrow('one leaves')
    const third = shared.ask('a', two.signal, first.call)
    expect(first.calls()).toBe(1)
    two.abort(new Error('two leaves'))
    await expect(asked[1]).rejects.toThrow('two leaves')
    await expect(third).rejects.toThrow('two leaves')
    await expect(first.call(forever)).rejects.toThrow('two leaves')
    expect(await shared.ask('a', forever, () => Promise.resolve('later'))).toBe('later')
    await expect(shared.ask('a', two.signal, first.call)).rejects.toThrow('two leaves')
  })
})
