import { describe, expect, it } from '@jest/globals'
import { type Place, type PlaceOwner, SharedPlaces } from './index.js'

const ACCOUNTS = { reserve: 2, modest: 1 }
const signal = new AbortController().signal

/** Who got a place, in order, and the places. */
function begun(shared: SharedPlaces) {
  const order: string[] = []
  const places = new Map<string, Place<PlaceOwner>>()
  const come = (account: string, name: string, platform?: string): (() => void) =>
    shared.queue({ account, ...(platform === undefined ? {} : { platform }) }, (place) => {
      order.push(name)
      places.set(name, place)
    })
  const go = (name: string): void => places.get(name)?.release()
  return { order, places, come, go }
}

describe('places that are shared', () => {
  it('are given in turns, whoever has the fewest first, however many of one account wait', () => {
    const { order, come, go } = begun(new SharedPlaces({ places: 1, accounts: { reserve: 0, modest: 1 } }))
    for (let n = 1; n <= 5; n++) come('flood', `f${n}`)
    for (let n = 1; n <= 2; n++) come('quiet', `q${n}`)
    for (const name of ['f1', 'q1', 'f2', 'q2', 'f3', 'f4']) go(name)
    expect(order).toEqual(['f1', 'q1', 'f2', 'q2', 'f3', 'f4', 'f5'])
  })

  it('may all be used but for a reserve, which is for who has none: nobody waits for the end of a flood', () => {
    const { order, come, go } = begun(new SharedPlaces({ places: 5, accounts: ACCOUNTS }))
    for (let n = 1; n <= 9; n++) come('flood', `f${n}`)
    expect(order).toEqual(['f1', 'f2', 'f3'])
    come('quiet', 'q1')
    come('other', 'o1')
    come('third', 't1')
    expect(order.slice(3)).toEqual(['q1', 'o1'])
    go('q1')
    expect(order.slice(5)).toEqual(['t1'])
    for (const name of ['o1', 't1', 'f1']) go(name)
    expect(order.slice(6)).toEqual(['f4'])
  })

  it('leave a reserve for other platforms, whoever floods one', () => {
    const platforms = { reserve: 2, modest: 1 }
    const { order, come } = begun(new SharedPlaces({ places: 6, accounts: ACCOUNTS, platforms }))
    for (const account of ['a', 'b', 'c', 'd', 'e']) come(account, account, 'silent')
    expect(order).toEqual(['a', 'b', 'c', 'd'])
    come('a', 'elsewhere', 'other')
    come('quiet', 'quiet', 'other')
    // The account that has one already leaves the last two to those that have none.
    expect(order.slice(4)).toEqual(['quiet'])
  })

  it('keep a turn for what may not enter yet, and give others theirs meanwhile', () => {
    let isShut = true
    const isOpen = (platform: string) => platform !== 'shut' || !isShut
    const { order, come, go } = begun(
      new SharedPlaces({ places: 2, accounts: { reserve: 0, modest: 1 }, isOpen }),
    )
    come('a', 'a1', 'shut')
    come('a', 'a2', 'open')
    expect(order).toEqual(['a2'])
    isShut = false
    go('a2')
    expect(order).toEqual(['a2', 'a1'])
  })

  it('take others along in the order of their turns, who count as running until the place is given back', () => {
    const shared = new SharedPlaces({ places: 1, accounts: { reserve: 0, modest: 1 } })
    const { order, places, come, go } = begun(shared)
    come('a', 'a1', 'X')
    for (const name of ['a2', 'a3', 'a4']) come('a', name, 'X')
    come('b', 'b1', 'Y')
    for (const name of ['c1', 'c2']) come('c', name, 'X')
    const taken = places.get('a1')?.takeAlong(({ platform }) => platform === 'X', 3)
    expect(taken?.map(({ account }) => account)).toEqual(['c', 'a', 'c'])
    expect([shared.waiting, shared.placesOf('X')]).toEqual([3, 1])
    go('a1')
    expect([order, shared.placesOf('X'), shared.placesOf('Y')]).toEqual([['a1', 'b1'], 0, 1])
  })

  it('are left by who gives up waiting, and forget who has nothing there', async () => {
    const shared = new SharedPlaces({ places: 1, accounts: { reserve: 0, modest: 1 } })
    const place = await shared.acquire({ account: 'a' }, signal)
    const end = new AbortController()
    const late = shared.acquire({ account: 'b' }, end.signal)
    end.abort(new Error('too late'))
    await expect(late).rejects.toThrow('too late')
    await expect(shared.acquire({ account: 'b' }, end.signal)).rejects.toThrow('too late')
    const work = shared.with({ account: 'c' }, signal, () => Promise.reject(new Error('failed')))
    place.release()
    place.release()
    await expect(work).rejects.toThrow('failed')
    expect(await shared.with({ account: 'a' }, signal, () => Promise.resolve('done'))).toBe('done')
    expect(shared.waiting).toBe(0)
  })
})
