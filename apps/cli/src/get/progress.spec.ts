import { describe, expect, it } from '@jest/globals'
import { TestClock } from '@obb/testing/clock'
import { TextScreen } from '../testing/test-io.js'
import { bar, screenProgress, Speedometer } from './progress.js'

describe('Speedometer', () => {
  it('is the speed of the last five seconds', () => {
    const clock = new TestClock()
    const speed = new Speedometer(clock)
    expect(speed.bytesPerSecond()).toBeUndefined()
    speed.add(0)
    for (let second = 0; second < 10; second++) {
      clock.advance(1000)
      speed.add(2e6)
    }
    expect(speed.bytesPerSecond()).toBe(2e6)
    clock.advance(60_000)
    expect(speed.bytesPerSecond()).toBeUndefined()
  })
})

describe('bar', () => {
  it.each([
    [0, '[>    ]'],
    [0.5, '[==>  ]'],
    [1, '[=====]'],
    [1.5, '[=====]'],
  ])('of %d is %s', (share, text) => {
    expect(bar(share, 5)).toBe(text)
  })
})

describe('screenProgress', () => {
  it('writes a plain line every five seconds where there is no terminal', () => {
    const [clock, screen] = [new TestClock(), new TextScreen()]
    const progress = screenProgress(screen, clock)
    progress.begin(100e6, 0)
    for (let tick = 0; tick < 20; tick++) {
      clock.advance(500)
      progress.countReceived(1e6)
    }
    expect(screen.text.split('\n')).toEqual([
      '0%  0 B of 100.0 MB',
      '10%  10.0 MB of 100.0 MB  2.0 MB/s  45 s left',
      '20%  20.0 MB of 100.0 MB  2.0 MB/s  40 s left',
      '',
    ])
  })

  it('redraws one line on a terminal, no wider than it, and leaves it for notices', () => {
    const [clock, screen] = [new TestClock(), new TextScreen()]
    Object.assign(screen, { isTTY: true, columns: 60 })
    const progress = screenProgress(screen, clock)
    progress.showFetching('na\u001bme', 'pending', 0)
    progress.begin(1000, 0)
    clock.advance(100)
    progress.countReceived(500)
    clock.advance(100)
    progress.countReceived(250)
    progress.notice('the connection failed')
    progress.end()
    const draws = screen.text.split('\r').slice(1)
    expect(draws.slice(0, 2).map((draw) => draw.trimEnd())).toEqual([
      '[>                             ] 0%  waiting for na?me',
      '[>                             ] 0%  0 B of 1.0 kB',
    ])
    expect(draws.every((draw) => (draw.split('\n')[0]?.length ?? 0) <= 59)).toBe(true)
    expect(draws[2]).toMatch(/75% {2}750 B of 1\.0 kB .*\nthe connection failed; trying again\n$/)
  })
})
