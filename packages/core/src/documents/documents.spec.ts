import { randomBytes } from 'node:crypto'
import { gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { TestClock } from '@obb/testing/clock'
import { TestDatabase } from '../testing/index.js'
import { Documents } from './index.js'

const DAY = 24 * 3_600_000
const SHARE = 1000

const clock = new TestClock()

let db: TestDatabase
let documents: Documents
let account: string

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  documents = new Documents(db.source, clock, SHARE)
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.set()
  account = (await db.anAccount()).accountId
})

/** Text that gzip does not make smaller by much. */
const text = (bytes = 300) => randomBytes(bytes / 2).toString('hex')
const keep = async (content: string) => (await documents.keep(account, Buffer.from(content))).digest

describe('a document', () => {
  it('is kept once, whoever uploads it, and read as it was', async () => {
    const content = text()
    const uploads = Array.from({ length: 8 }, () => documents.keep(account, Buffer.from(content)))
    expect(new Set((await Promise.all(uploads)).map(({ digest }) => digest)).size).toBe(1)
    const again = await documents.keep(account, Buffer.from(content))
    expect(again.isNew).toBe(false)
    expect(gunzipSync((await documents.read(again.digest)) ?? '').toString()).toBe(content)
    expect(await documents.read('0'.repeat(64))).toBeUndefined()
  })

  it('is forgotten 30 days after its last use', async () => {
    const [used, unused] = [await keep(text()), await keep(text())]
    clock.advance(29 * DAY)
    await documents.read(used)
    clock.advance(DAY)
    await documents.forgetOld()
    expect([await documents.read(used), await documents.read(unused)]).toEqual([
      expect.any(Buffer),
      undefined,
    ])
  })

  it('makes room for later ones of its account beyond its share, the latest stays whatever its size', async () => {
    const kept: string[] = []
    for (let count = 0; count < 5; count++) {
      kept.push(await keep(text(500)))
      clock.advance(1000)
    }
    const there = await Promise.all(kept.map((digest) => documents.read(digest)))
    expect(there.map((each) => each !== undefined)).toEqual([false, false, true, true, true])
    const large = await keep(text(SHARE * 4))
    expect(await documents.read(large)).toBeDefined()
    expect(await documents.read(kept[4] ?? '')).toBeUndefined()
  })
})
