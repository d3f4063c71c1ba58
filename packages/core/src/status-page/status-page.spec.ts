import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { TestClock } from '@obb/testing/clock'
import { TestDatabase } from '../testing/index.js'
import { StatusPage } from './index.js'

const NOON = Date.UTC(2027, 0, 10, 12)
const clock = new TestClock(NOON)

let db: TestDatabase
let page: StatusPage

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  page = new StatusPage(db.source, clock)
})
afterAll(() => db.close())

describe('what operators let everybody know', () => {
  it('is nothing at first', async () => {
    expect(await page.read()).toEqual({
      ...{ published: false, announcement: null, announcedAt: null, maintenance: null },
    })
  })

  it('is changed part by part, and an announcement tells since when', async () => {
    const texts = { en: 'Maintenance at 20:00', 'zh-TW': '20:00 維護' }
    const announced = {
      ...{ published: false, announcement: texts, announcedAt: new Date(NOON), maintenance: null },
    }
    expect(await page.change({ announcement: texts })).toEqual(announced)
    clock.advance(60_000)
    expect(await page.change({ published: true })).toEqual({ ...announced, published: true })
    expect(await page.change({})).toEqual({ ...announced, published: true })
    const over = { published: true, announcement: null, announcedAt: null, maintenance: null }
    expect(await page.change({ announcement: null })).toEqual(over)
    expect(await page.read()).toEqual(over)
  })
})
