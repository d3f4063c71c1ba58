import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { DiscardedObject, Discards } from '@obb/core/discards'
import { openLog } from '@obb/core/log'
import { LocalStore } from '@obb/core/storage'
import { Holdings } from '@obb/core/store-state'
import { TestDatabase } from '@obb/core/testing'
import { TestClock } from '@obb/testing/clock'
import type { StoreWatch } from '../store/store-watch.js'
import { DiscardedObjects } from './discarded-objects.js'

const FILE = '11111111-2222-4333-8444-555555555555'
const AWAY = new Error('the store is away')

describe('what rows have given up', () => {
  const clock = new TestClock()
  let db: TestDatabase
  let directory: string
  let store: LocalStore
  let discarded: DiscardedObjects
  /** done lists what was done to the store, in order. */
  let done: string[]

  beforeEach(async () => {
    db = await TestDatabase.open(clock)
    directory = await mkdtemp(join(tmpdir(), 'obb-discarded-'))
    store = new LocalStore(directory)
    await store.prepare()
    done = []
    const { abortUpload, delete: remove } = store
    jest.spyOn(store, 'abortUpload').mockImplementation((upload) => {
      done.push(`abort ${upload.key}`)
      return abortUpload.call(store, upload)
    })
    jest.spyOn(store, 'delete').mockImplementation((key) => {
      done.push(`delete ${key}`)
      return remove.call(store, key)
    })
    const watch = { holdings: new Holdings('obb-1', ['', 'obb-1'], '') } as StoreWatch
    const log = openLog('fetcher', 'silent')
    discarded = new DiscardedObjects(new Discards(db.source, clock), watch, store, log)
  })
  afterEach(async () => {
    await store.close()
    await rm(directory, { recursive: true })
    await db.close()
  })

  /** In the order in which they are due. */
  async function given(...objects: { objectKey: string; uploadId: string | null }[]): Promise<void> {
    for (const [age, object] of objects.reverse().entries())
      await Discards.add(db.source.manager, object, clock.now() - age)
  }
  const left = () => db.source.manager.count(DiscardedObject)

  it('goes from the store, its upload first, and only then from the list', async () => {
    await store.put('a', Buffer.from('x'))
    const upload = await store.createUpload('b', 10, 10)
    await given({ objectKey: 'a', uploadId: null }, { objectKey: 'b', uploadId: upload.uploadId })
    await discarded.remove()
    expect(done).toEqual(['delete a', 'abort b', 'delete b'])
    expect([await store.head('a'), await store.listUploads(), await left()]).toEqual([undefined, [], 0])
  })

  it('stays where another installation stored it, and goes from the list', async () => {
    const keys = [`obb-2/${FILE}/1`, `obb-1/${FILE}/1`, `${FILE}/1`]
    for (const key of keys) await store.put(key, Buffer.from('x'))
    await given(...keys.map((objectKey) => ({ objectKey, uploadId: null })))
    await discarded.remove()
    expect(done).toEqual([`delete obb-1/${FILE}/1`, `delete ${FILE}/1`])
    expect([await store.head(keys[0]!), await left()]).toEqual([expect.anything(), 0])
  })

  it('stays on the list while the store does not take it', async () => {
    await given({ objectKey: 'a', uploadId: null })
    jest.spyOn(store, 'delete').mockRejectedValueOnce(AWAY)
    await expect(discarded.remove()).rejects.toBe(AWAY)
    expect(await left()).toBe(1)
    await discarded.remove()
    expect(await left()).toBe(0)
  })
})
