import { beforeEach, describe, expect, it } from '@jest/globals'
import { BUSIEST } from '@obb/core/streams'
import { TestClock } from '@obb/testing/clock'
import { NOW, linkTo } from '../testing/rig.js'
import { RunningStreams } from './running-streams.js'

let clock: TestClock
let streams: RunningStreams
beforeEach(() => {
  clock = new TestClock(NOW)
  streams = new RunningStreams(clock, 'off')
})

const link = linkTo({ size: 1_000 })
const open = (start = 0, of = link, name = 'JDownloader') =>
  streams.open(of, start, () => ({ name, address: '203.0.113.7' }))
const first = () => streams.look()?.busiest[0]

describe('what a process sends', () => {
  it('is nothing at first, and nothing once nobody asks for five seconds', () => {
    expect(streams.look()).toBeUndefined()
    const sending = open()
    sending.add(0, 100)
    sending.close()
    clock.advance(4_999)
    expect(streams.look()?.streams).toBe(1)
    clock.advance(1)
    expect(streams.look()).toBeUndefined()
  })

  it('is measured from look to look, over all connections of a link', () => {
    const [one, other] = [open(), open(500)]
    one.add(0, 100)
    other.add(500, 800)
    clock.advance(2_000)
    expect(streams.look()).toMatchObject({ streams: 1, connections: 2, bytesPerSecond: 200 })
    expect(first()).toEqual({
      ...{ id: link.linkId, connections: 2, sent: 400, distinct: 400, bytesPerSecond: 200, since: NOW },
      ...{ client: 'JDownloader', address: '203.0.113.7' },
    })
    one.add(0, 100)
    one.close()
    clock.advance(1_000)
    expect(streams.look()).toMatchObject({ connections: 1, bytesPerSecond: 100 })
    expect(first()).toMatchObject({ sent: 500 })
    clock.advance(2_000)
    expect(streams.look()).toMatchObject({ bytesPerSecond: 0, streams: 1 })
  })

  it('goes on after a pause, and begins anew after a long one or where its client does', () => {
    const run = (start: number, end: number) => {
      const sending = open(start)
      sending.add(start, end)
      sending.close()
      return first()
    }
    run(0, 400)
    clock.advance(14 * 60_000)
    expect(run(400, 500)).toMatchObject({ distinct: 500, since: NOW })
    clock.advance(60_000)
    expect(run(0, 100)).toMatchObject({ distinct: 100, since: clock.now() })
    clock.advance(15 * 60_000)
    expect(run(500, 700)).toMatchObject({ distinct: 200, since: clock.now() })
    run(0, 500)
    clock.advance(1_000)
    expect(run(700, 1_000)).toMatchObject({ distinct: 1_000 })
    clock.advance(1_000)
    expect(run(200, 300)).toMatchObject({ distinct: 100, since: clock.now() }) // it had the whole file
  })

  it('begins anew for another size of the file, and where a client that is gone has what is asked for', () => {
    const grown = linkTo({ size: 2_000 })
    const run = (start: number, end: number, of = link) => {
      const sending = open(start, of)
      sending.add(start, end)
      sending.close()
      return first()
    }
    run(0, 1_000)
    expect(run(1_500, 2_100, grown)).toMatchObject({ distinct: 500, sent: 600 })
    clock.advance(6_000)
    expect(run(1_600, 1_700, grown)).toMatchObject({ distinct: 100, since: clock.now() })
    clock.advance(6_000)
    expect(run(100, 200, grown)).toMatchObject({ distinct: 200 })
  })

  it('has no answer that ended without a byte, and nothing for one over and over', () => {
    open().close()
    expect(streams.look()).toBeUndefined()
    streams.record(link, { start: 10, end: 20 }, () => ({ name: undefined, address: '' }))
    expect(first()).toMatchObject({ connections: 0, sent: 10, distinct: 10, client: '' })
  })

  it('is told of the busiest alone, with the number of all, and keeps few that are over', () => {
    const all = Array.from({ length: BUSIEST + 1_100 }, (_, at) =>
      open(0, linkTo({ linkId: `link-${at}`, size: 5_000 })),
    )
    all.forEach(({ add }, at) => add(0, 2 * at + 2))
    clock.advance(2_000)
    const { streams: count, busiest } = streams.look()!
    expect([count, busiest.length, busiest[0]?.id]).toEqual([all.length, BUSIEST, `link-${all.length - 1}`])
    for (const { close } of all) close()
    clock.advance(5_000)
    expect(streams.look()).toBeUndefined()
    expect(streams['byId'].size).toBe(1_000)
    clock.advance(15 * 60_000)
    streams.look()
    expect(streams['byId'].size).toBe(0)
  })

  it('cuts and cleans what clients call themselves', () => {
    open(0, link, `evil\u0000\u001b[2J${'x'.repeat(200)}`).add(0, 1)
    expect(first()?.client).toBe(`evil[2J${'x'.repeat(73)}`)
  })

  it('says for a minute that others send its bytes, of which nothing is known', () => {
    const led = new RunningStreams(clock, 'x-accel')
    led.recordOffloaded()
    const told = {
      offload: 'x-accel',
      offloaded: 1,
      streams: 0,
      connections: 0,
      bytesPerSecond: 0,
      busiest: [],
    }
    expect(led.look()).toMatchObject(told)
    clock.advance(60_000)
    expect(led.look()).toBeUndefined()
  })
})
