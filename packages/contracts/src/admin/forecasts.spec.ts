import { describe, expect, it } from '@jest/globals'
import { storeFilling, trafficDry } from './forecasts.js'

const NOW = Date.parse('2026-05-01T00:00:00Z')
const DAY = 86_400e3
const GB = 1e9

describe('the store', () => {
  const store = { state: 'ok' as const, stored: 100 * GB, quota: null, room: 50 * GB, growth: 10 * GB }

  it('is full when its room is used up at the pace of its growth', () => {
    expect(storeFilling(store, NOW)).toEqual({ limit: 'room', at: NOW + 5 * DAY })
  })

  it('reaches its quota where that comes first, also where it tells no room', () => {
    const filling = { limit: 'quota', at: NOW + 2 * DAY }
    expect(storeFilling({ ...store, quota: 120 * GB }, NOW)).toEqual(filling)
    expect(storeFilling({ ...store, quota: 120 * GB, room: null }, NOW)).toEqual(filling)
    expect(storeFilling({ ...store, quota: 900 * GB }, NOW)?.limit).toBe('room')
  })

  it.each([
    ['too little is known', { growth: null }],
    ['it does not grow', { growth: 0 }],
    ['it shrinks', { growth: -GB }],
    ['nobody knows its room', { room: null }],
    ['it is full already', { room: 0 }],
    ['it is at its quota', { quota: 100 * GB }],
    ['it takes no files', { state: 'away' as const }],
    ['it takes more than a year', { growth: 1 }],
  ])('is foretold nothing where %s', (_, more) => {
    expect(storeFilling({ ...store, ...more }, NOW)).toBeUndefined()
  })
})

describe('traffic at a host', () => {
  const dry = (more: object) =>
    trafficDry({ traffic: { left: 20 * GB, perDay: 10 * GB, renewsAt: null, ...more } }, NOW)
  const at = (days: number) => new Date(NOW + days * DAY).toISOString()

  it('runs dry at the pace of its use, unless new traffic comes by a day later', () => {
    expect(dry({})).toBe(NOW + 2 * DAY)
    expect(dry({ renewsAt: at(4) })).toBe(NOW + 2 * DAY)
    for (const days of [0, 1, 3]) expect(dry({ renewsAt: at(days) })).toBeUndefined()
  })

  it('does not where it is not used, is used up, or is not known', () => {
    for (const more of [{ perDay: 0 }, { perDay: null }, { left: 0 }]) expect(dry(more)).toBeUndefined()
    expect(trafficDry({ traffic: null }, NOW)).toBeUndefined()
  })
})
