import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { randomUUID } from 'node:crypto'
import type { DataSource } from 'typeorm'
import { START, TestClock } from '@obb/testing/clock'
import { ApiKeys } from '../accounts/index.js'
import type { SourceFile } from '../files/index.js'
import { TestDatabase } from '../testing/index.js'
import { LOOKED_AT, Link, type LinkFilter, type LinkKey, LinkList, linkState } from './index.js'

const HOUR = 3_600_000
const clock = new TestClock()

let db: TestDatabase
let database: DataSource
let list: LinkList
let accountId: string

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
  list = new LinkList(database, clock)
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.set()
  await database.query('TRUNCATE link, source_file CASCADE')
  accountId = (await db.anAccount()).accountId
})

/** A link of the account under test, made that many ms after the start. */
async function made(id: string, at: number, file: Partial<SourceFile> = {}, link: Partial<Link> = {}) {
  const { id: fileId } = await db.aFile({ state: 'done', ...file })
  await database.manager.insert(Link, {
    ...{ id, accountId, fileId, hostDomain: 'sample.test', charged: 0 },
    ...{ createdAt: new Date(START + at), expiresAt: new Date(START + HOUR), ...link },
  })
  return fileId
}

/** All pages of at most `limit`, one after the other. */
async function pages(filter: LinkFilter = {}, limit = 100, account = accountId): Promise<string[][]> {
  const all: string[][] = []
  let next: LinkKey | undefined
  do {
    const page = await list.page(account, filter, limit, next)
    all.push(page.links.map(({ id }) => id))
    next = page.next
  } while (next !== undefined)
  return all
}
const ids = async (filter?: LinkFilter) => (await pages(filter)).flat()

const end = (id: string, endReason: Link['endReason']) =>
  database.manager.update(Link, { id }, { endedAt: new Date(clock.now()), endReason })

/** As many links of done files, one a millisecond, the first at the start. */
async function load(count: number, endReason: Link['endReason'] = null): Promise<void> {
  await database.query(
    `WITH f AS (
       INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, object_key, name, size, created_at, updated_at)
       SELECT md5($3 || n)::uuid, 'Sample', $3 || n, '', 'done', 'k', 'file ' || n, 1, $2, $2
         FROM generate_series(1, $1::int) n)
     INSERT INTO link (id, account_id, file_id, host_domain, charged, created_at, expires_at, ended_at, end_reason)
     SELECT left(md5($3 || n), 24), $3::uuid, md5($3 || n)::uuid, 'a.test', 1,
            $2::timestamptz + (n - 1) * interval '1 ms', $2::timestamptz + interval '1 hour',
            CASE WHEN $4::text IS NOT NULL THEN $2::timestamptz END, $4
       FROM generate_series(1, $1::int) n`,
    [count, new Date(START), accountId, endReason],
  )
}

describe('the list of links', () => {
  it('has those of the account alone, the newest first, with those that have ended', async () => {
    await made('b', 1)
    await made('a', 1)
    await made('c', 0)
    await end('c', 'cancelled')
    const other = await db.anAccount()
    await made('d', 2, {}, { accountId: other.accountId })
    expect(await pages()).toEqual([['b', 'a', 'c']])
    expect(await pages({}, 2)).toEqual([['b', 'a'], ['c']])
    expect(await pages({}, 3)).toEqual([['b', 'a', 'c']])
    expect(await pages({}, 100, other.accountId)).toEqual([['d']])
    expect(await pages({ search: 'a' }, 100, (await db.anAccount()).accountId)).toEqual([[]])
  })

  it('tells of each state those that are in it, and of every link the state by which it is found', async () => {
    const expected = {
      pending: ['evicted', 'idle', 'pending'],
      downloading: ['running'],
      done: ['done'],
      error: ['blocked', 'failed', 'refused'],
      ended: ['cancelled', 'expired', 'over', 'removed'],
    } as const
    await made('idle', 0, { state: 'idle' })
    await made('pending', 0, { state: 'pending' })
    await made('evicted', 0, { objectKey: null })
    await made('running', 0, { state: 'downloading' })
    await made('done', 0)
    await made('refused', 0, { state: 'error' })
    await made('over', 0, {}, { expiresAt: new Date(START) })
    for (const reason of ['failed', 'blocked', 'expired', 'cancelled', 'removed'] as const) {
      await made(reason, 0)
      await end(reason, reason)
    }
    for (const [state, which] of Object.entries(expected)) {
      expect((await ids({ state: state as keyof typeof expected })).sort()).toEqual(which)
    }
    const { links } = await list.page(accountId, {}, 100)
    const told = links.map((link) => [link.id, linkState(link, clock.now())])
    const all = Object.entries(expected).flatMap(([state, which]) => which.map((id) => [id, state]))
    expect(told.sort()).toEqual(all.sort())
  })

  it('tells an evicted file as its link does when it is asked for, and does not have it fetched', async () => {
    const fileId = await made('a', 0, { objectKey: null, attempts: 3 })
    const { links } = await list.page(accountId, {}, 1)
    expect(links).toMatchObject([{ id: 'a', state: 'pending', bytesDone: 0, attempts: 0 }])
    expect(await database.query('SELECT state FROM source_file WHERE id = $1', [fileId])).toEqual([
      { state: 'done' },
    ])
  })

  it('finds by the key that they were asked for with, or by none, and names it', async () => {
    const { key } = await new ApiKeys(database, clock).add(accountId, { name: 'Sonarr' })
    await made('a', 0, {}, { keyId: key.id })
    await made('b', 1)
    expect(await ids({ key: key.id })).toEqual(['a'])
    expect(await ids({ key: 'none' })).toEqual(['b'])
    expect(await ids({ key: randomUUID() })).toEqual([])
    await new ApiKeys(database, clock).remove({ id: key.id })
    const { links } = await list.page(accountId, {}, 10)
    expect(links.map(({ keyId, keyName }) => [keyId, keyName])).toEqual([
      [null, null],
      [key.id, 'Sonarr'],
    ])
  })

  it('finds by platform, by words of the name and by time, all at once', async () => {
    await made('a', 0, { name: 'Ubuntu 24.04 Desktop.iso', platform: 'One' })
    await made('b', HOUR, { name: 'ubuntu 26.04 server.ISO', platform: 'Two' })
    await made('c', 2 * HOUR, { name: 'x' }, { name: 'ÜBER ubuntu%_\\.pdf' })
    const at = (ms: number) => new Date(START + ms)
    expect(await ids({ platform: 'One' })).toEqual(['a'])
    expect(await ids({ search: 'ISO  ubuntu' })).toEqual(['b', 'a'])
    expect(await ids({ search: 'ubuntu 26 iso' })).toEqual(['b'])
    expect(await ids({ search: '%_\\' })).toEqual(['c'])
    expect(await ids({ search: 'über' })).toEqual(['c'])
    expect(await ids({ search: 'x' })).toEqual([])
    expect(await ids({ search: "'; DROP TABLE link; --" })).toEqual([])
    expect(await ids({ search: '  ' })).toEqual(['c', 'b', 'a'])
    expect(await ids({ since: at(HOUR) })).toEqual(['c', 'b'])
    expect(await ids({ until: at(HOUR) })).toEqual(['a'])
    const all: LinkFilter = { since: at(1), until: at(2 * HOUR), platform: 'Two', search: '26' }
    expect(await ids({ ...all, state: 'done' })).toEqual(['b'])
    expect(await ids({ ...all, state: 'ended' })).toEqual([])
  })

  it('finds what is rare in pages that may be empty', async () => {
    await load(2 * LOOKED_AT + 10, 'expired')
    const rare = async (filter: LinkFilter) => {
      const found = await pages(filter)
      return { pages: found.length, found: found.flat().length }
    }
    expect(await rare({ search: 'file 1005' })).toEqual({ pages: 3, found: 1 })
    expect(await rare({ search: 'nothing' })).toEqual({ pages: 3, found: 0 })
    expect(await rare({ state: 'done' })).toEqual({ pages: 1, found: 0 })
  })
})

/** What may happen to an account's links between two pages; `which` picks one of those that are there. */
const event = fc.record({
  kind: fc.constantFrom('make', 'end', 'forget', 'fetch', 'nothing'),
  which: fc.nat(99),
})

describe('a walk through the pages', () => {
  it('shows each link once that is there all the time, and none twice, whatever is made, ends or is forgotten', async () => {
    let runs = 0
    const walk = async (count: number, limit: number, events: { kind: string; which: number }[]) => {
      const run = `r${++runs}x`
      accountId = (await db.anAccount()).accountId
      const links: string[] = []
      let numbers = 0
      const make = async (at: number) => {
        const id = `${run}${String(numbers++).padStart(3, '0')}`
        await made(id, at, { state: numbers % 3 === 0 ? 'pending' : 'done' })
        links.push(id)
      }
      // Two and two are made at once: their ids tell them apart.
      for (let each = 0; each < count; each++) await make(Math.floor(each / 2))
      const there = new Set(links)
      const shown: string[] = []
      let next: LinkKey | undefined
      for (let page = 0; page === 0 || next !== undefined; page++) {
        const read = await list.page(accountId, {}, limit, next)
        expect(read.links.length).toBeLessThanOrEqual(limit)
        shown.push(...read.links.map(({ id }) => id))
        next = read.next
        const { kind = 'nothing', which = 0 } = events[page] ?? {}
        const id = links[which % Math.max(1, links.length)]
        if (kind === 'make') await make(1_000 + page)
        if (id === undefined) continue
        if (kind === 'end') await end(id, 'cancelled')
        if (kind === 'fetch') {
          await database.query(
            `UPDATE source_file SET state = 'done', object_key = 'k' WHERE id = (SELECT file_id FROM link WHERE id = $1)`,
            [id],
          )
        }
        if (kind === 'forget') {
          await database.query('DELETE FROM link WHERE id = $1', [id])
          links.splice(links.indexOf(id), 1)
          there.delete(id)
        }
      }
      expect(new Set(shown).size).toBe(shown.length)
      expect(shown.filter((id) => there.has(id)).sort()).toEqual([...there].sort())
    }
    await fc.assert(
      fc.asyncProperty(fc.nat(12), fc.integer({ min: 1, max: 4 }), fc.array(event, { maxLength: 12 }), walk),
      { numRuns: 40, seed: 16 },
    )
  }, 120_000)
})
