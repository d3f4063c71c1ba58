import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { setMaxListeners } from 'node:events'
import { LinkConnectionLimit } from './link-connection-limit.js'
import { TIMINGS } from '../ports.js'
import { turns } from '../testing/rig.js'

let linkConnectionLimit: LinkConnectionLimit
let stop: AbortController
beforeEach(() => {
  stop = new AbortController()
  setMaxListeners(0, stop.signal)
  linkConnectionLimit = new LinkConnectionLimit({ ...TIMINGS, place: 60_000 })
})

afterEach(() => stop.abort())

/** Takes all places that a link with `maxChunks` has. */
async function fill(maxChunks: number, link = 'a'): Promise<(() => void)[]> {
  return Promise.all(
    Array.from({ length: maxChunks + 2 }, () => linkConnectionLimit.take(link, maxChunks, stop.signal)),
  )
}

describe('the places of a link', () => {
  it('are maxchunks and two more, for each link', async () => {
    await fill(4)
    await fill(4, 'b')
    let isIn = false
    linkConnectionLimit.take('a', 4, stop.signal).then(
      () => (isIn = true),
      () => undefined,
    )
    await turns(3)
    expect(isIn).toBe(false)
  })

  it('are passed on in the order of asking, each once', async () => {
    const taken = await fill(1)
    const order: number[] = []
    for (const index of [0, 1, 2])
      linkConnectionLimit.take('a', 1, stop.signal).then(
        () => order.push(index),
        () => undefined,
      )
    taken[0]?.()
    taken[0]?.()
    await turns(2)
    expect(order).toEqual([0])
    taken[1]?.()
    taken[2]?.()
    await turns(2)
    expect(order).toEqual([0, 1, 2])
  })

  it('are all free again when everybody left', async () => {
    for (let round = 0; round < 3; round += 1) for (const give of await fill(16)) give()
    await fill(16)
  })

  it('are not held by who went away while waiting', async () => {
    const taken = await fill(1)
    const gone = new AbortController()
    const waiting = linkConnectionLimit.take('a', 1, gone.signal)
    const why = new Error('gone')
    gone.abort(why)
    await expect(waiting).rejects.toBe(why)
    let isIn = false
    linkConnectionLimit.take('a', 1, stop.signal).then(
      () => (isIn = true),
      () => undefined,
    )
    taken[0]?.()
    await turns(2)
    expect(isIn).toBe(true)
    await expect(linkConnectionLimit.take('a', 1, AbortSignal.abort(why))).rejects.toBe(why)
  })

  it('that are not free in time, or wanted by too many, are a refusal for now', async () => {
    linkConnectionLimit = new LinkConnectionLimit({ ...TIMINGS, place: 20 })
    await fill(1)
    const refusal = { refusal: 'service_unavailable', options: { retryInSeconds: 5 } }
    await expect(linkConnectionLimit.take('a', 1, stop.signal)).rejects.toMatchObject(refusal)
    const waiting = Array.from({ length: 64 }, () =>
      linkConnectionLimit.take('a', 1, stop.signal).catch(() => 'refused'),
    )
    await expect(linkConnectionLimit.take('a', 1, stop.signal)).rejects.toMatchObject(refusal)
    expect(new Set(await Promise.all(waiting))).toEqual(new Set(['refused']))
  })
})
