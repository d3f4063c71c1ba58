import { describe, expect, it } from '@jest/globals'
import type { HostHttp } from './host-http.js'
import { Pace, PacePerHostname, pacedHttp } from './pace.js'

function ownClock() {
  const clock = { time: 1000, waits: [] as number[] }
  const wait = (ms: number, signal?: AbortSignal): Promise<void> => {
    signal?.throwIfAborted()
    clock.waits.push(ms)
    return Promise.resolve()
  }
  return { clock, paceClock: { now: () => clock.time, wait } }
}

describe('PacePerHostname', () => {
  it('keeps nobody waiting for another server, and each server to its own pace', async () => {
    const { clock, paceClock } = ownClock()
    const http = { request: () => Promise.resolve() } as unknown as HostHttp
    const paces = new PacePerHostname({ minIntervalMs: 1000, burst: 1 }, paceClock)
    const paced = pacedHttp(http, paces)
    for (let server = 0; server < 3000; server++) await paced.request({ url: `https://s${server}.test/a` })
    expect(clock.waits).toEqual([])
    await paced.request({ url: 'http://s7.test:8080/b' })
    expect(clock.waits).toEqual([1000])
    clock.time += 2000
    for (const url of ['https://new.test/', 'https://s7.test/']) await paced.request({ url })
    expect(clock.waits).toEqual([1000])
  })
})

describe('Pace', () => {
  it('lets a burst through and then one call per interval', async () => {
    const { clock, paceClock } = ownClock()
    const pace = new Pace({ minIntervalMs: 1000, burst: 3 }, paceClock)
    for (let call = 0; call < 5; call++) await pace.turn()
    expect(clock.waits).toEqual([1000, 2000])
  })

  it('regains its burst with time', async () => {
    const { clock, paceClock } = ownClock()
    const pace = new Pace({ minIntervalMs: 1000, burst: 2 }, paceClock)
    for (let call = 0; call < 2; call++) await pace.turn()
    clock.time += 2000
    for (let call = 0; call < 3; call++) await pace.turn()
    expect(clock.waits).toEqual([1000])
  })

  it('tells how many calls would get through at once', async () => {
    const { clock, paceClock } = ownClock()
    const pace = new Pace({ minIntervalMs: 1000, burst: 3 }, paceClock)
    const free = [pace.free]
    for (let call = 0; call < 5; call++) {
      await pace.turn()
      free.push(pace.free)
    }
    clock.time += 3500
    free.push(pace.free)
    expect(free).toEqual([3, 2, 1, 0, 0, 0, 1])
    expect(new Pace({ minIntervalMs: 0, burst: 1 }, paceClock).free).toBe(Infinity)
  })

  it('holds up calls, not downloads, and stops waiting when the call is aborted', async () => {
    const { clock, paceClock } = ownClock()
    const calls: string[] = []
    const http = {
      request: ({ url }: { url: string }) => Promise.resolve(calls.push(url)),
      open: ({ url }: { url: string }) => Promise.resolve(calls.push(url)),
    } as unknown as HostHttp
    const paced = pacedHttp(http, new Pace({ minIntervalMs: 1000, burst: 1 }, paceClock))
    await paced.request({ url: 'a' })
    await paced.open({ url: 'b' })
    expect([calls, clock.waits]).toEqual([['a', 'b'], []])
    const stopped = paced.request({ url: 'c', signal: AbortSignal.abort(new Error('stopped')) })
    await expect(stopped).rejects.toThrow('stopped')
    expect(calls).toEqual(['a', 'b'])
  })
})
