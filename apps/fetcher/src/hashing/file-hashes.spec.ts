import { createHash, randomBytes } from 'node:crypto'
import { readdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type ObjectStore, type Upload, LocalStore, partCount, partRange } from '@obb/core/storage'
import fc from 'fast-check'
import { FileHashes } from './file-hashes.js'
import { type HashName, hashThreads } from './hash-threads.js'

const MIB = 1024 * 1024
const ALL = new Set<HashName>(['sha256', 'md5', 'sha1', 'crc32c', 'pieces'])
const PART = 3 * MIB
const forever = new AbortController().signal

const hex = (name: string, bytes: Buffer): string => createHash(name).update(bytes).digest('hex')

function piecesOf(bytes: Buffer): string {
  const count = Math.max(1, Math.ceil(bytes.length / (4 * MIB)))
  const pieces = Array.from({ length: count }, (_, at) => bytes.subarray(at * 4 * MIB, (at + 1) * 4 * MIB))
  return pieces.map((piece) => hex('sha256', piece)).join('')
}

describe('the threads', () => {
  it.each([
    ['123456789', 'e3069283'],
    ['', '00000000'],
    ['\0'.repeat(32), '8a9136aa'],
  ])('know CRC-32C of %j (RFC 3720 §B.4)', async (text, crc32c) => {
    const job = hashThreads().begin(['crc32c'], {})
    await job.bytes(new Uint8Array(Buffer.from(text)))
    expect(await job.digests()).toEqual({ crc32c })
  })

  it.each([0, 1, 4 * MIB - 1, 4 * MIB, 4 * MIB + 1, 9 * MIB])('hash the pieces of %i bytes', async (size) => {
    const bytes = randomBytes(size)
    const job = hashThreads().begin(['pieces'], {})
    for (let at = 0; at < size; at += 1_000_003)
      await job.bytes(new Uint8Array(bytes.subarray(at, at + 1_000_003)))
    expect((await job.digests()).pieces).toBe(piecesOf(bytes))
  })

  it('say when a file cannot be read, and hash others on', async () => {
    const job = hashThreads().begin(['sha256'], { path: '/nowhere' })
    await expect(job.segment(0, 1)).rejects.toThrow('hash thread: ENOENT')
    const other = hashThreads().begin(['sha256'], {})
    expect(await other.digests()).toEqual({ sha256: hex('sha256', Buffer.alloc(0)) })
  })
})

describe.each([
  ['shows its files', true],
  ['hides what is not whole', false],
])('the hashes of parts on their way into a store that %s', (_kind, shows) => {
  let directory: string
  let store: ObjectStore
  let keys = 0

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'obb-hashes-'))
    const local = new LocalStore(directory)
    store = shows ? local : Object.assign(Object.create(local) as ObjectStore, { pathOf: () => undefined })
    await local.prepare()
  })
  afterAll(() => rm(directory, { recursive: true }))

  const create = (size: number): Promise<Upload> =>
    new LocalStore(directory).createUpload(`k/${++keys}`, size, PART)

  const listParts = (upload: Upload) => new LocalStore(directory).listParts(upload)

  /** bring writes a part to the store and to the hashes, as a transfer does it. */
  async function bring(hashes: FileHashes, upload: Upload, number: number, content: Buffer, step = 200_001) {
    const local = new LocalStore(directory)
    const { start, end } = partRange(upload, number)
    await hashes.reserve(number, forever)
    const part = await local.openPart(upload, number, forever)
    for (let at = start; at < end; at += step) {
      const bytes = Buffer.from(content.subarray(at, Math.min(end, at + step)))
      await Promise.all([part.write(bytes), hashes.write(number, at, bytes)])
      bytes.fill(0xee)
      hashes.recordFilled(number, Math.min(end, at + step))
    }
    await part.finish()
  }

  it('are those of the whole file, in whatever order its parts come', async () => {
    const orders = fc.record({
      size: fc.integer({ min: 0, max: 4 * PART }),
      order: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
    })
    await fc.assert(
      fc.asyncProperty(orders, async ({ size, order }) => {
        const content = randomBytes(size)
        const upload = await create(size)
        const seen = createHash('sha256')
        const verifier = { update: (bytes: Uint8Array) => void seen.update(bytes), finish: () => undefined }
        const hashes = await FileHashes.open({ store, upload, names: ALL, verifier })
        const numbers = Array.from({ length: partCount(upload) }, (_, index) => index + 1)
        numbers.sort((a, b) => (order[a - 1] ?? 0) - (order[b - 1] ?? 0))
        for (const pair of [numbers.slice(0, 2), numbers.slice(2)]) {
          await Promise.all(pair.map((number) => bring(hashes!, upload, number, content)))
        }
        expect(await hashes!.result()).toEqual({
          sha256: hex('sha256', content),
          md5: hex('md5', content),
          sha1: hex('sha1', content),
          crc32c: expect.stringMatching(/^[0-9a-f]{8}$/),
          pieces: piecesOf(content),
        })
        expect(seen.digest('hex')).toBe(hex('sha256', content))
      }),
      { numRuns: 12 },
    )
  })

  it('are none when bytes that were hashed turned out to be wrong', async () => {
    const upload = await create(2 * PART)
    const hashes = await FileHashes.open({ store, upload, names: ALL })
    await bring(hashes!, upload, 1, Buffer.alloc(2 * PART, 1))
    await bring(hashes!, upload, 2, Buffer.alloc(2 * PART, 1))
    hashes!.discard(2)
    await bring(hashes!, upload, 2, Buffer.alloc(2 * PART, 2))
    const values = await hashes!.result()
    const right = Buffer.concat([Buffer.alloc(PART, 1), Buffer.alloc(PART, 2)])
    expect(values?.sha256).not.toBe(hex('sha256', Buffer.alloc(2 * PART, 1)))
    if (values) expect(values.sha256).toBe(hex('sha256', right))
    await hashes!.close()
    expect((await readdir(tmpdir())).filter((name) => name.startsWith('obb-spool-'))).toEqual([])
  })

  it('are those of parts of an earlier worker too, where these can be read', async () => {
    const content = randomBytes(2 * PART + 5)
    const upload = await create(content.length)
    const first = await FileHashes.open({ store, upload, names: ALL })
    await bring(first!, upload, 2, content)
    await first!.close()
    const hashes = await FileHashes.open({ store, upload, names: ALL }, await listParts(upload))
    expect(hashes !== undefined).toBe(shows)
    hashes?.recordFilled(2, 2 * PART)
    for (const number of [1, 3]) if (hashes) await bring(hashes, upload, number, content)
    expect((await hashes?.result())?.sha256).toBe(shows ? hex('sha256', content) : undefined)
  })
})
