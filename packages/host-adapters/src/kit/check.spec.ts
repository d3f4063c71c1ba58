import { describe, expect, it } from '@jest/globals'
import type { FileRef, HostContext } from './adapter.js'
import { checkByRows } from './check.js'
import type { RowCheck } from './check.js'
import { HostError } from './errors.js'

const manifest = { id: 'Sample', checkBatchSize: 2 }
const ctx = {} as HostContext
const refs = (...ids: string[]): FileRef[] =>
  ids.map((fileId) => ({ fileId, canonicalUrl: `https://s.test/${fileId}`, kind: 'file' }))

/** A host that has files by id; what it was asked for. */
function host(files: Record<string, number>, more: Partial<RowCheck<number>> = {}) {
  const asked: string[][] = []
  const check = checkByRows<number>(manifest, {
    rows(_, batch) {
      asked.push(batch.map(({ fileId }) => fileId))
      return Promise.resolve(new Map(Object.entries(files)))
    },
    facts: (size) => ({ name: undefined, size }),
    ...more,
  })
  return { asked, check: (...ids: string[]) => check(ctx, refs(...ids)) }
}

describe('a check by rows', () => {
  it('answers in order and in batches, what has no row as gone, and leaves out what is not told', async () => {
    const { asked, check } = host({ a: 1, c: 3 })
    expect(await check('c', 'b', 'a')).toEqual([
      { fileId: 'c', state: 'available', size: 3 },
      { fileId: 'b', state: 'gone' },
      { fileId: 'a', state: 'available', size: 1 },
    ])
    expect(asked).toEqual([['c', 'b'], ['a']])
    expect(await check()).toEqual([])
  })

  it('asks about the same file once, and alone in the way that is for one', async () => {
    const single = (_: HostContext, { fileId }: FileRef) => Promise.resolve({ name: `${fileId}.bin` })
    const { asked, check } = host({ a: 1, b: 2 }, { single })
    const alone = { fileId: 'a', state: 'available', name: 'a.bin' }
    expect(await check('a', 'a', 'a')).toEqual([alone, alone, alone])
    expect(asked).toEqual([])
    await check('a', 'b')
    expect(asked).toEqual([['a', 'b']])
  })

  it('raises what concerns more than one file, and answers what stands against one', async () => {
    const facts = (size: number) => {
      if (size === 1) throw new HostError('FILE_BLOCKED', 'blocked')
      if (size === 2) throw new HostError('FILE_GONE', 'deleted')
      throw new HostError('ACCOUNT_INVALID', 'key is wrong')
    }
    const { check } = host({ a: 1, b: 2, c: 3 }, { facts })
    expect(await check('a', 'b')).toMatchObject([{ state: 'refused' }, { state: 'gone' }])
    await expect(check('a', 'c')).rejects.toMatchObject({ kind: 'ACCOUNT_INVALID' })
  })

  it('is of files', async () => {
    const [file, folder] = refs('a', 'b') as [FileRef, FileRef]
    const { check } = host({ a: 1, b: 2 })
    await expect(check('a')).resolves.toHaveLength(1)
    const mixed = checkByRows<number>(manifest, { rows: () => Promise.resolve(new Map()), facts: () => ({}) })
    await expect(mixed(ctx, [file, { ...folder, kind: 'folder' }])).rejects.toMatchObject({ kind: 'FOLDER' })
  })

  it('does not take for gone what a complete answer leaves out', async () => {
    const { check } = host({ a: 1 }, { complete: true })
    await expect(check('a', 'b')).rejects.toMatchObject({ kind: 'UNEXPECTED' })
  })
})
