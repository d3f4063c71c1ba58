import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { type ObjectStore, type StoreSettings, type Upload, openObjectStore } from '@obb/core/storage'
import { type HostAdapter, type OwnedHostHttp, createHostHttp, loadRegistry } from '@obb/host-adapters'
import { startS3 } from '@obb/testing/s3'
import { SizeDiffers } from './download-answer.js'
import { transferUnsized } from './file-transfer.js'
import type { UnsizedBound } from './unsized-stream.js'

const PART = 5 * 1024 * 1024
const MOST = 4 * PART
const BYTES = randomBytes(MOST + 1)
/** Bytes of a chunk, which no part ends with. */
const PIECE = 1_000_003

const columns: Record<string, () => Promise<{ settings: StoreSettings; stop(): Promise<unknown> }>> = {
  'a local directory': async () => {
    const directory = await mkdtemp(join(tmpdir(), 'obb-unsized-'))
    return { settings: { kind: 'local', directory }, stop: () => rm(directory, { recursive: true }) }
  },
  'an S3': async () => {
    const s3 = await startS3()
    return { settings: s3.settings, stop: () => s3.close() }
  },
}

describe.each(Object.keys(columns))('a file of unknown size into %s', (name) => {
  let column: Awaited<ReturnType<(typeof columns)[string]>>
  let store: ObjectStore
  let adapter: HostAdapter
  let http: OwnedHostHttp
  let host: Server
  let serve: (response: ServerResponse) => void
  let uploads = 0
  let upload: Upload
  let progress: number
  let charges: number[]

  beforeAll(async () => {
    column = await columns[name]!()
    store = await openObjectStore(column.settings)
    await store.prepare()
    adapter = (await loadRegistry()).get('Http')!
    http = createHostHttp({ allowNetworks: ['127.0.0.0/8'] })
    host = createServer((_request, response) => serve(response))
    await once(host.listen(0, '127.0.0.1'), 'listening')
  })
  afterAll(async () => {
    await http.close()
    host.closeAllConnections()
    host.close()
    await store.close()
    await column.stop()
  })
  beforeEach(() => {
    progress = 0
    charges = []
  })

  const inChunks = (size: number) => (response: ServerResponse) => {
    response.writeHead(200)
    for (let at = 0; at < size; at += PIECE) response.write(BYTES.subarray(at, Math.min(size, at + PIECE)))
    response.end()
  }

  async function transfer(bound: Partial<UnsizedBound> = {}) {
    const { signal } = new AbortController()
    const url = `http://127.0.0.1:${(host.address() as AddressInfo).port}/a.bin`
    const fresh = async (size: number) =>
      (upload = await store.createUpload(`files/${++uploads}`, size, PART))
    return transferUnsized(
      {
        ...{ adapter, http, store, signal, connections: 1, now: () => 0, onGain: () => undefined },
        source: { kind: 'url', url, userUrl: true },
        place: {
          open: () => Promise.reject(new Error('there is no size to open it with')),
          fresh,
          current: (size) => ({ ...upload, size }),
          drop: () => store.delete(upload.key),
        },
        progress: { start: (bytes) => (progress = bytes), add: (count) => (progress += count) },
      },
      {
        ...{ most: MOST, charged: 0 },
        charge: async (bytes) => void charges.push(bytes),
        ...bound,
      },
    )
  }

  const digest = (size: number) => createHash('sha256').update(BYTES.subarray(0, size)).digest('hex')

  it.each([0, 1, PART - 1, PART, PART + 1, 2 * PART, 3 * PART + 77, MOST])(
    'is stored whole, as long as what came: %d bytes',
    async (size) => {
      serve = inChunks(size)
      expect(await transfer()).toMatchObject({ size, sha256: digest(size) })
      expect(await store.head(upload.key)).toMatchObject({ size })
      expect(progress).toBe(size)
      expect(charges.at(-1)).toBe(size)
    },
  )

  it('is whole where its connection ends without a length', async () => {
    serve = (response) => {
      response.socket?.end(
        Buffer.concat([
          Buffer.from('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n'),
          BYTES.subarray(0, PART + 5),
        ]),
      )
    }
    expect(await transfer()).toMatchObject({ size: PART + 5, sha256: digest(PART + 5) })
  })

  it('is broken where its last chunk is missing: nothing is kept of it', async () => {
    serve = (response) => {
      response.writeHead(200)
      response.write(BYTES.subarray(0, PART + 5), () => response.socket?.end())
    }
    await expect(transfer()).rejects.toMatchObject({ kind: 'TRUNCATED' })
    expect(await store.head(upload.key)).toBeUndefined()
    expect(progress).toBe(0)
  })

  it('ends for good beyond the bound', async () => {
    serve = inChunks(MOST + 1)
    await expect(transfer()).rejects.toMatchObject({ kind: 'SIZE_UNKNOWN', retryable: false })
    expect(await store.head(upload.key)).toBeUndefined()
  })

  it('is charged before it is stored, and what the charge raises ends it', async () => {
    let sent = 0
    serve = (response) => {
      response.on('error', () => undefined)
      response.writeHead(200)
      const more = (): void => {
        if (response.destroyed) return
        sent += PART
        response.write(BYTES.subarray(0, PART), () => setImmediate(more))
      }
      more()
    }
    const stored: number[] = []
    const charge = async (bytes: number): Promise<void> => {
      charges.push(bytes)
      stored.push((await store.listParts(upload)).length)
      if (bytes > 2 * PART) throw new Error('too dear')
    }
    await expect(transfer({ charge, most: 1000 * PART })).rejects.toThrow('too dear')
    expect(stored).toEqual(charges.map((_charge, part) => part))
    expect(charges.at(-1)).toBeLessThanOrEqual(4 * PART)
    expect(sent).toBeLessThan(100 * PART)
  })

  it('is charged by shares, so that a large one takes few charges', async () => {
    serve = inChunks(MOST)
    await transfer({ charged: 3 * PART })
    expect(charges).toEqual([MOST])
  })

  it('is none where the host tells its size after all', async () => {
    serve = (response) => response.writeHead(200, { 'content-length': PART }).end(BYTES.subarray(0, PART))
    await expect(transfer()).rejects.toEqual(new SizeDiffers(PART, MOST))
  })
})
