import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer, type Server, type ServerResponse } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { LocalStore, StoreError } from '@obb/core/storage'
import { ClientGone, Pump, type Segment, type Transfer, lengthOf } from './pump.js'
import { drain, pattern, turns } from '../testing/rig.js'
import { WatchedStore } from '../testing/watched-store.js'

const MIB = 1024 * 1024
/** More than the socket buffers of both sides hold, so that a client that does not read is felt. */
const FILE = pattern(32 * MIB)
const PATIENCE_MS = 2_000
const ENDED = new Error('the process stops')

describe('a pump', () => {
  let directory: string
  let disk: LocalStore
  let server: Server
  let store: WatchedStore
  let clients: Socket[]
  let abort: AbortController

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'obb-pump-'))
    disk = new LocalStore(directory)
    await disk.prepare()
    await disk.put('a', FILE)
  })
  afterAll(async () => {
    await disk.close()
    await rm(directory, { recursive: true })
  })
  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    store = new WatchedStore(disk)
    clients = []
    abort = new AbortController()
  })
  afterEach(async () => {
    for (const client of clients) client.destroy()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  const transferOf = (segments: readonly Segment[], reopen: number[] = []): Transfer => ({
    ...{ store, key: 'a', segments, signal: abort.signal },
    timing: { store: PATIENCE_MS, reopen },
  })

  /** A response whose head is written, to a client that reads nothing before the test does. */
  async function aResponse(length: number): Promise<{ response: ServerResponse; client: Socket }> {
    const client = connect((server.address() as AddressInfo).port, '127.0.0.1').pause()
    clients.push(client)
    const asked = once(server, 'request') as Promise<[unknown, ServerResponse]>
    client.write('GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')
    const [, response] = await asked
    response.writeHead(200, { 'content-length': length })
    return { response, client }
  }
  async function bodyFrom(client: Socket): Promise<Buffer> {
    const answer = await drain(client)
    return answer.subarray(answer.indexOf('\r\n\r\n') + 4)
  }

  /** Begins to send, with nobody waiting for the outcome yet. */
  async function begin(transfer: Transfer) {
    const length = transfer.segments.reduce((sum, segment) => sum + lengthOf(segment), 0)
    const pump = await Pump.open(transfer)
    const { response, client } = await aResponse(length)
    const outcome = pump.run(response).catch((error: unknown) => error)
    return { client, outcome }
  }
  /** Until the client holds it up. */
  async function heldUp(): Promise<void> {
    for (let quiet = 0, before = -1; quiet < 200; before = store.delivered) {
      await turns(1)
      quiet = store.delivered === before ? quiet + 1 : 0
    }
  }

  it('sends text and ranges of the object as they stand, and ends the answer with the last byte', async () => {
    const segments = [
      Buffer.from('one:'),
      { start: 10, end: 2 * MIB },
      Buffer.from(':'),
      { start: 0, end: 5 },
    ]
    const { client, outcome } = await begin(transferOf(segments))
    const wanted = Buffer.concat([
      ...[Buffer.from('one:'), FILE.subarray(10, 2 * MIB), Buffer.from(':'), FILE.subarray(0, 5)],
    ])
    expect((await bodyFrom(client)).equals(wanted)).toBe(true)
    expect(await outcome).toBeUndefined()
    await store.idle()
  })

  it('knows before a head is written that the store cannot serve the first range', async () => {
    store.failure = new StoreError('NO_SUCH_OBJECT', 'gone')
    await expect(Pump.open(transferOf([{ start: 0, end: 5 }]))).rejects.toBe(store.failure)
    store.hung = true
    const hasty = { ...transferOf([{ start: 0, end: 5 }]), timing: { store: 10, reopen: [] } }
    await expect(Pump.open(hasty)).rejects.toMatchObject({ kind: 'UNAVAILABLE' })
    const stopped = Pump.open(transferOf([{ start: 0, end: 5 }]))
    abort.abort(ENDED)
    await expect(stopped).rejects.toBe(ENDED)
  })

  it('opens a store that breaks again at the next byte, and only for the rest', async () => {
    store.breaks.push(1_000, 5)
    const { client, outcome } = await begin(transferOf([{ start: 100, end: 9_000 }], [0, 0]))
    expect((await bodyFrom(client)).equals(FILE.subarray(100, 9_000))).toBe(true)
    expect(await outcome).toBeUndefined()
    expect(store.reads).toEqual(['100-9000', '1100-9000', '1105-9000'])
  })

  it('gives a store up that breaks more often in a row than there are pauses, with the answer unfinished', async () => {
    store.breaks.push(1_000, 0, 0, 0)
    const { client, outcome } = await begin(transferOf([{ start: 0, end: 9_000 }], [0, 0]))
    expect(await outcome).toMatchObject({ message: 'the store broke' })
    expect(store.reads).toHaveLength(3)
    await store.idle()
    client.resume()
    server.closeAllConnections()
    await once(client, 'close')
    expect(client.bytesRead).toBeLessThan(9_000)
  })

  it('trusts a store again that sent a megabyte without a fault', async () => {
    store.breaks.push(MIB + 1, MIB + 1, MIB + 1)
    const { client, outcome } = await begin(transferOf([{ start: 0, end: 4 * MIB }], [0]))
    expect((await bodyFrom(client)).equals(FILE.subarray(0, 4 * MIB))).toBe(true)
    expect(await outcome).toBeUndefined()
  })

  it('does not ask a store again that has lost the object', async () => {
    store.breaks.push(1_000)
    const transfer = transferOf([{ start: 0, end: 9_000 }], [0, 0, 0])
    const pump = await Pump.open(transfer)
    store.failure = new StoreError('NO_SUCH_OBJECT', 'gone')
    const { response } = await aResponse(9_000)
    await expect(pump.run(response)).rejects.toBe(store.failure)
    expect(store.reads).toEqual(['0-9000', '1000-9000'])
  })

  it('reads no further than its client takes, and the rest once it does', async () => {
    const { client, outcome } = await begin(transferOf([{ start: 0, end: FILE.length }]))
    await heldUp()
    expect(store.delivered).toBeLessThan(FILE.length / 2)
    expect((await bodyFrom(client)).equals(FILE)).toBe(true)
    expect(await outcome).toBeUndefined()
  })

  it('ends at once when it is told to, though its client takes nothing, and closes the object', async () => {
    const { outcome } = await begin(transferOf([{ start: 0, end: FILE.length }]))
    await heldUp()
    abort.abort(ENDED)
    expect(await outcome).toBe(ENDED)
    await store.idle()
  })

  it('closes the object when its client is gone', async () => {
    const { client, outcome } = await begin(transferOf([{ start: 0, end: FILE.length }]))
    await heldUp()
    client.resetAndDestroy()
    expect(await outcome).toBeInstanceOf(ClientGone)
    await store.idle()
  })
})
