import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  appendFile,
  cp,
  mkdir,
  mkdtemp,
  open,
  readdir,
  rename,
  rm,
  stat,
  statfs,
  utimes,
} from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { text } from 'node:stream/consumers'
import { LocalStore, type Upload } from '../index.js'
import { LocalPart } from './local-part.js'

const forever = new AbortController().signal

describe('local store', () => {
  let directory: string
  let store: LocalStore
  let upload: Upload

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'obb-local-'))
    store = new LocalStore(directory)
    await store.prepare()
    upload = await store.createUpload('a/b', 25, 10)
  })
  afterEach(() => rm(directory, { recursive: true }))

  const inUpload = (name = ''): string => join(directory, 'uploads', upload.uploadId, name)
  const put = (number: number, content: string): ReturnType<LocalStore['putPart']> =>
    store.putPart(upload, number, Readable.from([Buffer.from(content)]), forever)

  it('has room for a whole number of bytes, whatever is reserved of a small disk', async () => {
    const { blocks, bsize } = await statfs(directory)
    for (const reserve of [0, blocks * bsize, 12_345.6]) {
      const room = await new LocalStore(directory, reserve).room()
      expect(Number.isSafeInteger(room)).toBe(true)
    }
  })

  it('ignores a journal line that a crash has torn, and writes on after it', async () => {
    const first = await put(1, '0123456789')
    for (const torn of ['\n{"part":{"number":2,"size":10,"et', '\n{"dropped":1', '\n\0\0\0\0']) {
      await appendFile(inUpload('parts'), torn)
      expect(await store.listParts(upload)).toEqual([first])
    }
    const second = await put(2, 'abcdefghij')
    expect(await store.listParts(upload)).toEqual([first, second])
  })

  it('does not trust the bytes of a part whose second write was cut', async () => {
    await put(1, '0123456789')
    await expect(put(1, 'other')).rejects.toMatchObject({ kind: 'PART_SIZE' })
    expect(await store.listParts(upload)).toEqual([])
    const again = await put(1, '0123456789')
    expect(await new LocalStore(directory).listParts(upload)).toEqual([again])
  })

  it('finishes a completion that was killed between the rename and the cleaning up', async () => {
    const parts = [await put(1, '0123456789'), await put(2, '0123456789'), await put(3, '01234')]
    await cp(inUpload(), join(directory, 'killed'), { recursive: true })
    await store.completeUpload(upload, parts)
    await rename(join(directory, 'killed'), inUpload())
    await rm(inUpload('data'))

    const next = new LocalStore(directory)
    expect(await next.listParts(upload)).toEqual(parts)
    await next.completeUpload(upload, parts)
    expect(await next.listUploads()).toEqual([])
    expect(await text(await next.read('a/b', 0, 25))).toBe('0123456789012345678901234')
  })

  it('removes what a crash left of uploads being made and removed, but not one just being made', async () => {
    const left = ['.old-1', '.new-2', '.new-3'].map((name) => join(directory, 'uploads', name))
    for (const path of left) await mkdir(join(path, 'deep'), { recursive: true })
    const long = new Date(Date.now() - 2 * 60 * 60 * 1000)
    await utimes(left[1]!, long, long)
    expect(await store.listUploads()).toHaveLength(1)
    expect((await readdir(join(directory, 'uploads'))).sort()).toEqual(['.new-3', upload.uploadId].sort())
  })

  it('keeps its directories from everybody else', async () => {
    await store.completeUpload(upload, [
      await put(1, '0123456789'),
      await put(2, '0123456789'),
      await put(3, '01234'),
    ])
    const [shard] = await readdir(join(directory, 'objects'))
    for (const path of ['objects', 'uploads', join('objects', shard!)]) {
      expect((await stat(join(directory, path))).mode & 0o777).toBe(0o700)
    }
  })

  it('refuses an upload that is described otherwise than it was made', async () => {
    await expect(store.listParts({ ...upload, partSize: 5 })).rejects.toMatchObject({ kind: 'INVALID' })
    await expect(store.completeUpload({ ...upload, key: 'b' }, [])).rejects.toMatchObject({ kind: 'INVALID' })
  })

  it('is full when the disk is full', async () => {
    const full = await open('/dev/full', 'r+')
    const ended = new Promise<void>((over) => {
      const keep = (): never => {
        throw new Error('there is nothing to keep')
      }
      const part = new LocalPart({ file: full, start: 0, size: 10, signal: forever, keep, over })
      void expect(part.write(Buffer.alloc(10)))
        .rejects.toMatchObject({ kind: 'FULL' })
        .then(() => part.abort())
    })
    await ended
  })

  it('is unavailable without its directory', async () => {
    await store.ping()
    const nowhere = new LocalStore(join(directory, 'nowhere'))
    await expect(nowhere.ping()).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    await expect(nowhere.createUpload('a', 1, 1)).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    await expect(nowhere.listUploads()).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
  })

  it('lets a write of a part wait for the one before it, and stop waiting when told so', async () => {
    const slow = new Readable({ read: () => undefined })
    const first = store.putPart(upload, 1, slow, forever)
    const stop = new AbortController()
    const second = store.putPart(upload, 1, Readable.from([Buffer.from('bbbbbbbbbb')]), stop.signal)
    stop.abort(new Error('enough'))
    await expect(second).rejects.toThrow('enough')
    const third = put(1, 'cccccccccc')
    slow.push('aaaaaaaaaa')
    slow.push(null)
    await first
    await third
    expect(await store.listParts(upload)).toEqual([await third])
  })
})
