import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { START, TestClock } from '@obb/testing/clock'
import { Fetches } from '../fetches/index.js'
import type { SourceFile } from '../files/index.js'
import { type TestAccount, TestDatabase } from '../testing/index.js'
import { type Link, LinkTimeline } from './index.js'

const MINUTE = 60_000
const LEASE = 60 * MINUTE
const clock = new TestClock()

let db: TestDatabase
let timeline: LinkTimeline
let fetches: Fetches
let account: TestAccount

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  timeline = new LinkTimeline(db.source, clock)
  fetches = new Fetches(db.source, clock)
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.set()
  account = await db.anAccount({ traffic: 10_000 })
})

/** What happened, in minutes since START. */
async function told({ id }: Pick<Link, 'id'>): Promise<[string, number][]> {
  const known = await timeline.of(account.accountId, id)
  return (known?.events ?? []).map(({ at, what }) => [what, (at.getTime() - START) / MINUTE])
}

const expiry = { expiresAt: new Date(START + 99 * MINUTE) }

async function claimed(file: SourceFile) {
  const job = { fileId: file.id, generation: file.generation }
  const row = await fetches.claim(job, 'w', clock.now() + LEASE)
  return { fileId: file.id, claim: row?.claim ?? 0, worker: 'w' }
}

describe('the timeline of a link', () => {
  it('follows its fetch: attempts, a pause until then, a host that is away, and the file stored', async () => {
    const file = await db.aFile({ state: 'pending' })
    const link = await db.aLink({ account, file, ...expiry })
    clock.advance(MINUTE)
    const first = await claimed(file)
    clock.advance(MINUTE)
    const how = { failedAttempt: true, restart: false, gaveWay: true }
    await fetches.wait(first, clock.now() + 5 * MINUTE, how)
    const [begun, expires] = [
      ['attempt_began', 1],
      ['expires', 99],
    ]
    expect(await told(link)).toEqual([['submitted', 0], begun, ['next_attempt', 7], expires])
    expect(await timeline.of(account.accountId, link.id)).toMatchObject({
      ...{ gaveWay: 1, link: { id: link.id, attempts: 1 } },
    })
    await db.source.query(`INSERT INTO host_health (platform, open_until) VALUES ('Sample', $1)`, [
      new Date(START + 9 * MINUTE),
    ])
    expect(await told(link)).toEqual([['submitted', 0], begun, ['host_away', 9], expires])
    clock.advance(10 * MINUTE)
    const second = await claimed(file)
    clock.advance(MINUTE)
    await fetches.finish(second, { size: 100, sha256: 'ab'.repeat(32) })
    expect(await told(link)).toEqual([['submitted', 0], ['attempt_began', 12], ['stored', 13], expires])
  })

  it('tells nothing of what was before the link, or after it: that is of others', async () => {
    const file = await db.aFile({ state: 'done', claimedAt: new Date(START) })
    clock.advance(MINUTE)
    const link = await db.aLink({ account, file, ...expiry })
    const begin: [string, number][] = [
      ['submitted', 1],
      ['was_stored', 1],
    ]
    expect(await told(link)).toEqual([...begin, ['expires', 99]])
    clock.advance(MINUTE)
    await fetches.cancel(account.accountId, link.id)
    await db.source.query(
      `UPDATE source_file SET claimed_at = $2, done_at = $2, last_access_at = $2 WHERE id = $1`,
      [file.id, new Date(START + 3 * MINUTE)],
    )
    clock.advance(9 * MINUTE)
    expect(await told(link)).toEqual([
      ['submitted', 1],
      ['cancelled', 2],
    ])
  })

  it('ends when the time of the link is over, also before that is noted', async () => {
    const link = await db.aLink({ account, ...expiry })
    clock.set(START + 100 * MINUTE)
    expect(await told(link)).toEqual([
      ['submitted', 0],
      ['was_stored', 0],
      ['expired', 99],
    ])
  })

  it('is of no link of somebody else', async () => {
    const { id } = await db.aLink()
    expect(await timeline.of(account.accountId, id)).toBeUndefined()
  })
})
