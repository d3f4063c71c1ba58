import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { START, TestClock } from '@obb/testing/clock'
import type { DataSource } from 'typeorm'
import { DiscardedObject } from '../discards/index.js'
import { SourceFile } from '../files/index.js'
import { type ListedObject, LocalStore } from '../storage/index.js'
import { TestDatabase } from '../testing/index.js'
import { Installation, StoreHealth, type StoreSweep, StoreSweeps, stateWord } from './index.js'

const HOUR = 3_600_000
const clock = new TestClock()

let db: TestDatabase
let database: DataSource

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  database = db.source
})
afterAll(() => db.close())
beforeEach(async () => {
  clock.set()
  await database.query('TRUNCATE link, source_file, installation, store_sweep, discarded_object CASCADE')
  await database.query('DELETE FROM store_health')
  await database.query('INSERT INTO store_health DEFAULT VALUES')
})

const newFile = async (more: Partial<SourceFile> = {}): Promise<string> =>
  (await db.aFile({ lastAccessAt: new Date(START), ...more })).id

describe('the health of the store', () => {
  const health = () => new StoreHealth(database, clock, () => 1)

  it('is told once when it gets worse and once when it is over', async () => {
    const both = [health(), health()]
    expect(stateWord(await both[0]!.state())).toBe('ok')
    const told = await Promise.all(
      both.map((each) => each.recordFailure('full', 'S3 UploadPart: 507 StorageFull')),
    )
    expect(told.sort()).toEqual([false, true])
    expect(await both[1]!.state()).toMatchObject({
      ...{ trouble: 'full', reason: 'S3 UploadPart: 507 StorageFull', since: new Date(START) },
      retryAt: new Date(START + 10_000),
    })
    expect(await both[0]!.recordRecovery()).toBe(true)
    expect(await both[1]!.recordRecovery()).toBe(false)
    expect(stateWord(await both[0]!.state())).toBe('ok')
  })

  it('is tried by one at a time, at intervals that double up to five minutes', async () => {
    await health().recordFailure('away', 'S3 HeadBucket: ECONNREFUSED')
    const waits: number[] = []
    for (let round = 0; round < 8; round++) {
      const { retryAt } = await health().state()
      waits.push((retryAt?.getTime() ?? 0) - clock.now())
      clock.set((retryAt?.getTime() ?? 0) - 1)
      expect(await health().enterProbe()).toBeUndefined()
      clock.advance(1)
      const entered = await Promise.all(Array.from({ length: 5 }, () => health().enterProbe()))
      expect(entered.filter((trouble) => trouble === 'away')).toHaveLength(1)
      await health().recordFailure('away', 'S3 HeadBucket: ECONNREFUSED')
    }
    expect(waits).toEqual([10_000, 20_000, 40_000, 80_000, 160_000, 300_000, 300_000, 300_000])
  })

  it('is tried for all who ask at once by one probe, whose end they see', async () => {
    const [gateway, fetcher] = [health(), health()]
    let probes = 0
    const probe = async () => {
      probes++
      expect(await gateway.isTested()).toBe(false)
    }
    await fetcher.runTest(probe)
    expect([probes, await gateway.isTested(), (await gateway.place()).testedAt]).toEqual([0, true, null])
    await Promise.all([gateway.requestTest(), gateway.requestTest()])
    await expect(fetcher.runTest(() => Promise.reject(new Error('killed')))).rejects.toThrow('killed')
    expect(await gateway.isTested()).toBe(false)
    await fetcher.runTest(probe)
    await fetcher.runTest(probe)
    expect([probes, await gateway.isTested()]).toEqual([1, true])
    expect((await gateway.place()).testedAt).toEqual(new Date(START))
  })

  it('is told where it is, and how much of it may be used', async () => {
    await health().recordPlace({ place: '/srv/files', quota: 8e11 })
    expect(await health().place()).toEqual({ place: '/srv/files', quota: 8e11, testedAt: null })
    await health().recordPlace({ place: 'files at https://s3.example.org', quota: null })
    expect(await health().place()).toMatchObject({ place: 'files at https://s3.example.org', quota: null })
  })

  it('does not count what was under way when it got worse', async () => {
    for (let fetch = 0; fetch < 8; fetch++) await health().recordFailure('full', 'no')
    expect((await health().state()).retryAt).toEqual(new Date(START + 10_000))
  })

  it('goes on with longer pauses until a file is stored', async () => {
    const waits: number[] = []
    for (let round = 0; round < 3; round++) {
      await health().recordFailure('full', 'no')
      waits.push(((await health().state()).retryAt?.getTime() ?? 0) - clock.now())
      await health().recordRecovery()
      if (round === 1) await health().recordStored()
    }
    expect(waits).toEqual([10_000, 20_000, 10_000])
  })

  it('that a small probe found well may still be full', async () => {
    await health().recordFailure('full', 'no')
    expect(await health().recordRecovery('full')).toBe(false)
    await health().recordRecovery()
    await health().recordFailure('away', 'no')
    expect(await health().recordRecovery('full')).toBe(true)
  })

  it('is tried by another one when whoever tried it is not heard of any more', async () => {
    await health().recordFailure('away', 'no')
    clock.advance(10_000)
    expect(await health().enterProbe()).toBe('away')
    clock.advance(59_999)
    expect(await health().enterProbe()).toBeUndefined()
    clock.advance(1)
    expect(await health().enterProbe()).toBe('away')
  })

  it('knows of files that wait and find no room, and of room that was made', async () => {
    const file = await db.aFile({ state: 'pending', size: 1_000, bytesDone: 100 })
    expect(await health().recordRoom(500)).toEqual({ lacking: null, changed: false }) // nobody wants it
    await db.aLink({ file })
    expect(await health().recordRoom(500)).toEqual({ lacking: 900, changed: true })
    expect(await health().recordRoom(400)).toEqual({ lacking: 900, changed: false })
    expect(stateWord(await health().state())).toBe('full')
    expect(await health().recordRoom(900)).toEqual({ lacking: null, changed: true })
    expect(await health().state()).toMatchObject({ room: 900, lacking: null })

    await health().recordFailure('full', 'no')
    await health().recordRoom(901)
    expect(await health().enterProbe()).toBeUndefined()
    await health().recordRoom(901 + 8 * 1024 * 1024)
    expect(await health().enterProbe()).toBe('full')
  })
})

describe('an installation', () => {
  let directory: string
  let store: LocalStore
  const installation = (prefix = '') => new Installation(database, clock, prefix)
  const stored = async (root: string): Promise<string> => {
    const id = randomUUID()
    const objectKey = `${root}${id}/1`
    await newFile({ id, state: 'done', objectKey })
    return objectKey
  }

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'obb-installation-'))
    store = new LocalStore(directory)
    await store.prepare()
  })
  afterEach(() => rm(directory, { recursive: true }))

  it('has one id for good, whoever is first, and its objects lie below it', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => installation().establish()))
    expect(new Set(made.map(({ holdings }) => holdings.id)).size).toBe(1)
    expect(made.map(({ copyOf }) => copyOf)).toEqual(Array.from({ length: 5 }, () => undefined))
    const { id, root } = made[0]!.holdings
    expect(id).toMatch(/^obb-[0-9a-f]{12}$/)
    expect(root).toBe(`${id}/`)
    expect((await installation('backup/x').current())?.holdings.root).toBe(`backup/x/${id}/`)
  })

  it('owns what names it, and what is from before there were ids', async () => {
    const { holdings } = await installation().establish()
    const file = randomUUID()
    const names = [`${holdings.id}/${file}/1`, `p/${holdings.id}/${file}/1`, `${file}/1`]
    expect(names.map((name) => holdings.owns(name))).toEqual([true, true, true])
    const others = [`obb-0123456789ab/${file}/1`, `other-app/${file}/1`, `a/other/backup.tar`]
    expect(others.map((name) => holdings.owns(name))).toEqual([false, false, false])
  })

  it('that is a copy gets an id of its own, and never owns what it was copied with until it adopts the store', async () => {
    const { holdings: original } = await installation().establish()
    const key = `${original.root}${randomUUID()}/1`
    // The row is now what a dump holds, in another database.
    await database.query(`UPDATE installation SET home = '1/1'`)
    const copy = await installation().establish()
    expect(copy.copyOf).toBe(original.id)
    expect(copy.holdings.id).not.toBe(original.id)
    expect(copy.holdings.owns(key)).toBe(false)
    expect(copy.holdings.owns(`${randomUUID()}/1`)).toBe(false)
    expect((await installation().establish()).copyOf).toBeUndefined()

    expect(await installation().adopt()).toBe(true)
    const known = await installation().current()
    expect(known).toMatchObject({ adopting: true, copied: [] })
    expect(known?.holdings.owns(key)).toBe(true)
    await installation().mark(store, known!.holdings)
    expect((await installation().current())?.adopting).toBe(false)
  })

  it('has nothing to adopt before a fetcher ran', async () => {
    expect(await installation().adopt()).toBe(false)
  })

  it('knows the store where its files lie, by the marker or by the files', async () => {
    const { holdings } = await installation().establish()
    expect(await installation().liesIn(store)).toBe('unmarked') // there are no files yet
    const key = await stored(holdings.root)
    expect(await installation().liesIn(store)).toBe('no')
    await store.put(key, Buffer.from('x'))
    expect(await installation().liesIn(store)).toBe('unmarked')
    await installation().mark(store, holdings)
    await store.delete(key)
    expect(await installation().liesIn(store)).toBe('marked') // the file is lost
  })

  it('takes another installation’s marker for none', async () => {
    const { holdings } = await installation().establish()
    await stored(holdings.root)
    await store.put('obb-0123456789ab/.obb', Buffer.from('x'))
    expect(await installation().liesIn(store)).toBe('no')
  })
})

describe('a sweep of the store', () => {
  const sweeps = () => new StoreSweeps(database, clock)
  const holdings = async () => (await new Installation(database, clock, '').establish()).holdings
  const old = new Date(START - 25 * HOUR)

  async function run(
    sweep: StoreSweep | undefined,
    objects: ListedObject[],
    next?: string,
  ): Promise<StoreSweep> {
    if (!sweep) throw new Error('there is no sweep')
    return sweeps().advance(sweep, { objects, next }, await holdings())
  }
  const object = (key: string, lastModified = old): ListedObject => ({ key, size: 10, lastModified })
  const discarded = async (): Promise<string[]> =>
    (await database.manager.find(DiscardedObject)).map(({ objectKey }) => objectKey).sort()

  async function someObjects() {
    const { root } = await holdings()
    const id = await newFile({ state: 'done' })
    await database.query('UPDATE source_file SET object_key = $2 WHERE id = $1', [id, `${root}${id}/2-abc`])
    const given = `${root}${randomUUID()}/1`
    await database.manager.insert(DiscardedObject, {
      ...{ id: randomUUID(), objectKey: given, uploadId: null },
      dueAt: new Date(START),
    })
    return {
      needed: object(`${root}${id}/2-abc`),
      earlier: object(`${root}${id}/1-abc`),
      unknown: object(`${root}${randomUUID()}/1`),
      young: object(`${root}${randomUUID()}/1`, new Date(START - 23 * HOUR)),
      given: object(given),
      marker: object(`${root}.obb`),
      staged: object(`${root}arriving/x.y/1-${randomUUID()}`),
      other: object(`obb-0123456789ab/${randomUUID()}/1`),
    }
  }

  it('finds what no row needs, and nothing that is young, given up already, or not a file’s', async () => {
    const objects = await someObjects()
    const { id } = await sweeps().request(true)
    const dry = await run(await sweeps().enter(), Object.values(objects))
    expect(dry).toMatchObject({
      ...{ id, dryRun: true, objects: 5, bytes: 50, orphans: 2, orphanBytes: 20 },
      names: [objects.earlier.key, objects.unknown.key],
      finishedAt: new Date(START),
    })
    expect(await discarded()).toEqual([objects.given.key])

    await sweeps().request(false)
    expect(await run(await sweeps().enter(), Object.values(objects))).toMatchObject({ orphans: 2 })
    expect(await discarded()).toEqual([objects.earlier.key, objects.given.key, objects.unknown.key].sort())
    await sweeps().request(false)
    expect(await run(await sweeps().enter(), Object.values(objects))).toMatchObject({ orphans: 0 })
  })

  it('is gone on with where it was, by one fetcher at a time', async () => {
    const { earlier, unknown } = await someObjects()
    await sweeps().request(true)
    const entered = await Promise.all(Array.from({ length: 4 }, () => sweeps().enter()))
    const mine = entered.filter((sweep) => sweep !== undefined)
    expect(mine).toHaveLength(1)
    await run(mine[0], [earlier], 'next')
    const again = await sweeps().enter()
    expect(again?.cursor).toBe('next')
    clock.advance(60_000) // whoever had it was killed
    expect(await run(await sweeps().enter(), [unknown])).toMatchObject({
      orphans: 2,
      finishedAt: new Date(clock.now()),
    })
    expect(await sweeps().enter()).toBeUndefined()
  })

  it('begins by itself once a day: it counts, and then removes', async () => {
    const { needed, unknown } = await someObjects()
    await Promise.all(Array.from({ length: 3 }, () => sweeps().begin()))
    const first = await sweeps().enter()
    expect(first).toMatchObject({ dryRun: true, automatic: true })
    expect(await sweeps().enter()).toBeUndefined()
    await run(first, [needed, unknown])
    expect(await run(await sweeps().enter(), [needed, unknown])).toMatchObject({ dryRun: false, orphans: 1 })
    expect(await discarded()).toContain(unknown.key)
    await sweeps().begin()
    expect(await sweeps().enter()).toBeUndefined()
    clock.advance(24 * HOUR + 1)
    await sweeps().begin()
    expect(await sweeps().enter()).toMatchObject({ dryRun: true })
  })

  it('removes nothing by itself where most objects belong to no file', async () => {
    const { root } = await holdings()
    const before = await discarded()
    await sweeps().begin()
    const strays = Array.from({ length: 20 }, () => object(`${root}${randomUUID()}/1`))
    const counted = await run(await sweeps().enter(), strays)
    expect(counted.failure).toMatch(/20 of 20 objects belong to no file: nothing is removed/)
    expect(await sweeps().enter()).toBeUndefined()
    expect(await discarded()).toEqual(before)
    await sweeps().request(false) // but if somebody asks for it
    expect(await run(await sweeps().enter(), strays)).toMatchObject({ orphans: 20, failure: null })
    expect(await discarded()).toHaveLength(20)
  })
})
