import { describe, expect, it } from '@jest/globals'
import { Progress } from './progress.js'

/** A fetch of which `bytes` come in each second, for which its host is waited for `waitedMs`. */
function fetchOf(floor = { least: 1_000, windowMs: 30_000 }) {
  let now = 0
  const progress = new Progress(floor, () => now)
  return (seconds: number, bytes: number, waitedMs = 1_000) => {
    let last = progress.sample()
    for (let second = 0; second < seconds; second++) {
      now += 1_000
      progress.add(bytes)
      progress.waitedForHost(waitedMs)
      last = progress.sample()
    }
    return last
  }
}

describe('a fetch crawls', () => {
  it('once its host has brought less than the floor over the whole time, not sooner', () => {
    const go = fetchOf()
    expect(go(29, 999).crawls).toBe(false)
    expect(go(1, 999).crawls).toBe(true)
  })

  it('no more once it was fast enough over such a time', () => {
    const go = fetchOf()
    expect(go(30, 1).crawls).toBe(true)
    expect(go(30, 1_000)).toMatchObject({ crawls: false, bytesDone: 30_030 })
  })

  it('not for a moment in which nothing comes, nor while it is not the host that is waited for', () => {
    const go = fetchOf()
    go(15, 2_000)
    expect(go(15, 0).crawls).toBe(false)
    expect(go(30, 1, 400).crawls).toBe(false)
  })

  it('never without a floor', () => {
    expect(fetchOf({ least: 0, windowMs: 1_000 })(100, 0).crawls).toBe(false)
  })
})
