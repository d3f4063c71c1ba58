import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { HostError } from '@obb/host-adapters'
import { START, TestClock } from '@obb/testing/clock'
import { TestDatabase } from '../testing/index.js'
import { HostWords } from './index.js'

const clock = new TestClock()
let db: TestDatabase
let words: HostWords

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  words = new HostWords(db.source, clock)
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.set()
  await db.source.query('DELETE FROM host_words')
})

const SAMPLE = { id: 'Sample' }
const OTHER = { id: 'Other' }
const said = (text: string) => new HostError('UNEXPECTED', 'message', { words: text })

describe('words of a host that nobody understands', () => {
  it('are counted, with when they were heard first and last, whatever figures are in them', async () => {
    await words.record(SAMPLE, said('Moon phase 12 is wrong, wait 5  minutes'))
    clock.advance(60_000)
    await words.record(SAMPLE, said('Moon phase 3 is wrong, wait 10 minutes'))
    await words.record(OTHER, said('Moon phase 3 is wrong, wait 10 minutes'))
    const rows = await words.latest(10)
    expect(rows.map(({ count, platform }) => [platform, count])).toEqual([
      ['Other', 1],
      ['Sample', 2],
    ])
    expect(rows[1]).toMatchObject({
      words: 'Moon phase # is wrong, wait # minutes',
      takenFor: 'UNEXPECTED',
      firstAt: new Date(START),
      lastAt: new Date(START + 60_000),
    })
  })

  it('are none where the words were understood, there were none, or no platform said them', async () => {
    await words.record(SAMPLE, new HostError('FILE_GONE', 'message'))
    await words.record(SAMPLE, said('  '))
    await words.record({ id: 'Http', catchAll: true }, said('any website'))
    expect(await words.latest(10)).toEqual([])
  })

  it('are kept without what the operator entered, however the host came by it', async () => {
    await words.record(SAMPLE, said('Odd day for hunter-zwo, isnt it'), ['hunter-zwo', 'joe'])
    expect((await words.latest(1))[0]?.words).toBe('Odd day for …, isnt it')
  })

  it('are of bounded length and number', async () => {
    const letters = (at: number) => String.fromCharCode(97 + Math.floor(at / 26), 97 + (at % 26))
    for (let at = 0; at < 105; at++) {
      clock.advance(1)
      await words.record(SAMPLE, said(`${letters(at)} ${'long '.repeat(100)}`))
    }
    await words.record(OTHER, said('one'))
    const rows = await words.latest(1000)
    const ofSample = rows.filter(({ platform }) => platform === 'Sample')
    expect(ofSample).toHaveLength(100)
    expect(Math.max(...ofSample.map((row) => row.words.length))).toBeLessThanOrEqual(160)
    expect(ofSample.some((row) => row.words.startsWith(letters(0)))).toBe(false)
    expect(await words.latest(3)).toHaveLength(3)
  })
})
