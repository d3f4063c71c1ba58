import { describe, expect, it } from '@jest/globals'
import type { Discards } from '@obb/core/discards'
import { openLog } from '@obb/core/log'
import type { ObjectStore } from '@obb/core/storage'
import { Holdings } from '@obb/core/store-state'
import type { StoreWatch } from '../store/store-watch.js'
import { DiscardedObjects } from './discarded-objects.js'

function discardedOf(rows: { id: string; objectKey: string; uploadId: string | null }[], broken?: string) {
  const done: string[] = []
  const discards = {
    due: () => Promise.resolve([...rows]),
    forget: (id: string) => {
      rows.splice(
        rows.findIndex((row) => row.id === id),
        1,
      )
      return Promise.resolve()
    },
  }
  const act = (what: string, key: string) => {
    done.push(`${what} ${key}`)
    return key === broken ? Promise.reject(new Error('the store is away')) : Promise.resolve()
  }
  const store = {
    delete: (key: string) => act('delete', key),
    abortUpload: ({ key, uploadId }: { key: string; uploadId: string }) => act('abort', `${key} ${uploadId}`),
  }
  const watch = { holdings: new Holdings('obb-1', ['', 'obb-1'], '') } as StoreWatch
  const discarded = new DiscardedObjects(
    discards as unknown as Discards,
    watch,
    store as unknown as ObjectStore,
    openLog('fetcher', 'silent'),
  )
  return { discarded, done }
}

describe('what rows have given up', () => {
  it('goes from the store, its upload first, and only then from the list', async () => {
    const rows = [
      { id: '1', objectKey: 'a', uploadId: null },
      { id: '2', objectKey: 'b', uploadId: 'u' },
    ]
    const { discarded, done } = discardedOf(rows)
    await discarded.remove()
    expect(done).toEqual(['delete a', 'abort b u', 'delete b'])
    expect(rows).toEqual([])
  })

  it('stays where another installation stored it, and goes from the list', async () => {
    const file = '11111111-2222-4333-8444-555555555555'
    const rows = [
      { id: '1', objectKey: `obb-2/${file}/1`, uploadId: 'u' },
      { id: '2', objectKey: `obb-1/${file}/1`, uploadId: null },
      { id: '3', objectKey: `${file}/1`, uploadId: null },
    ]
    const { discarded, done } = discardedOf(rows)
    await discarded.remove()
    expect(done).toEqual([`delete obb-1/${file}/1`, `delete ${file}/1`])
    expect(rows).toEqual([])
  })

  it('stays on the list while the store does not take it', async () => {
    const rows = [{ id: '1', objectKey: 'a', uploadId: null }]
    await expect(discardedOf(rows, 'a').discarded.remove()).rejects.toThrow('the store is away')
    expect(rows).toHaveLength(1)
    await discardedOf(rows).discarded.remove()
    expect(rows).toEqual([])
  })
})
