import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { request, type IncomingHttpHeaders, type Server } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import type { NestFastifyApplication } from '@nestjs/platform-fastify'
import type { Download, Downloads } from '@obb/core/links'
import { LocalStore } from '@obb/core/storage'
import type { StoreFacts } from '@obb/core/store-state'
import { createProxy } from '../create-proxy.js'
import { PortsModule, type ProxyParts } from '../ports.module.js'
import type { Log, Timing } from '../ports.js'
import { WatchedStore } from './watched-store.js'

export const LINK = 'abcdefghij0123456789'
/** With a fraction of a second, which no HTTP date can say. */
const DONE_AT = new Date('2026-03-04T05:06:07.890Z')
export const NOW = Date.UTC(2026, 10, 23)

export class MemoryDownloads implements Downloads {
  readonly byLink = new Map<string, Download>()
  readonly asked: string[] = []
  readonly touched: string[] = []
  readonly lostFiles: string[] = []
  readonly piecesByFile = new Map<string, Buffer>()
  failure: Error | undefined

  async find(linkId: string): Promise<Download | undefined> {
    this.asked.push(linkId)
    if (this.failure !== undefined) throw this.failure
    return this.byLink.get(linkId)
  }

  async pieces(download: Download): Promise<Buffer | undefined> {
    return this.piecesByFile.get(download.fileId)
  }

  async keepPieces(download: Download, digests: Buffer): Promise<void> {
    this.piecesByFile.set(download.fileId, digests)
  }

  /** Networks that may download by shares. */
  readonly admitted = new Set<string>()

  readonly counted: string[] = []

  async admit(_download: Download, network: string): Promise<boolean> {
    this.counted.push(network)
    if (this.failure !== undefined) throw this.failure
    return this.admitted.has(network)
  }

  async touch(download: Download): Promise<void> {
    this.touched.push(download.linkId)
    if (this.failure !== undefined) throw this.failure
  }

  async markMissing(download: Download): Promise<void> {
    this.lostFiles.push(download.fileId)
  }
}

/** A ready link, but for `changes`. */
export function linkTo(changes: Partial<Download> = {}): Download {
  return {
    linkId: LINK,
    fileId: '7',
    generation: 1,
    state: 'ready',
    objectKey: null,
    name: 'Film "a".mkv',
    size: null,
    sha256: null,
    md5: null,
    crc32c: null,
    madeBy: {},
    maxChunks: 16,
    doneAt: DONE_AT,
    expiresAt: new Date(NOW + 3_600_000),
    unfinished: null,
    isShared: false,
    ...changes,
  }
}

export interface LogLine {
  level: 'info' | 'warn' | 'error'
  fields: object
  message: string
}

export interface Reply {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

/** A proxy on a free port over a real LocalStore in a directory of its own. */
export class Rig {
  readonly downloads = new MemoryDownloads()
  readonly log: LogLine[] = []
  private readonly clients = new Set<Socket>()

  private constructor(
    readonly store: WatchedStore,
    private readonly directory: string,
  ) {}

  app!: NestFastifyApplication
  port!: number

  /** `parts`: what else differs; another store takes the place of the LocalStore. */
  static async start(timing: Partial<Timing> = {}, parts: Partial<ProxyParts> = {}): Promise<Rig> {
    const directory = await mkdtemp(join(tmpdir(), 'obb-proxy-'))
    const local = new LocalStore(directory)
    await local.prepare()
    const rig = new Rig(new WatchedStore(parts.store ?? local), directory)
    const line =
      (level: LogLine['level']) =>
      (fields: object, message: string): void =>
        void rig.log.push({ level, fields, message })
    const log: Log = { info: line('info'), warn: line('warn'), error: line('error') }
    const { downloads, store } = rig
    rig.app = await createProxy(
      PortsModule.of({
        ...parts,
        downloads,
        store,
        facts: this.factsOf(rig),
        log,
        clock: parts.clock ?? { now: () => NOW },
        timing: { reopen: [0, 0, 0, 0, 0], ...timing },
      }),
    )
    await rig.app.listen(0, '127.0.0.1')
    rig.port = (rig.server.address() as AddressInfo).port
    return rig
  }

  /** Every store is ours and well, unless a test says otherwise. */
  isOurs = true
  /** Its free space, bytes, where it is known. */
  room: number | null = null

  private static factsOf(rig: Rig): StoreFacts {
    return {
      state: () =>
        Promise.resolve({
          ...{ trouble: rig.isOurs ? null : 'wrong', reason: null, since: null, retryAt: null },
          ...{ room: rig.room, lacking: null },
        }),
      isOurs: () => Promise.resolve(rig.isOurs),
    }
  }

  get server(): Server {
    return this.app.getHttpServer() as Server
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.destroy()
    await this.app.close()
    await rm(this.directory, { recursive: true })
  }

  /** Stores `bytes` and makes a ready link to them. */
  async put(bytes: Buffer, changes: Partial<Download> = {}): Promise<Download> {
    const linkId = changes.linkId ?? LINK
    const objectKey = `files/${linkId}`
    const upload = await this.store.createUpload(objectKey, bytes.length, Math.max(1, bytes.length))
    const body = Readable.from([bytes])
    const parts =
      bytes.length === 0 ? [] : [await this.store.putPart(upload, 1, body, new AbortController().signal)]
    await this.store.completeUpload(upload, parts)
    return this.link({
      objectKey,
      size: bytes.length,
      sha256: createHash('sha256').update(bytes).digest('hex'),
      md5: createHash('md5').update(bytes).digest('hex'),
      ...changes,
    })
  }

  link(changes: Partial<Download> = {}): Download {
    const download = linkTo(changes)
    this.downloads.byLink.set(download.linkId, download)
    return download
  }

  /** One request on a connection of its own. */
  ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: '127.0.0.1', port: this.port, path, method, headers, agent: false },
        (got) => {
          const chunks: Buffer[] = []
          got.on('data', (chunk: Buffer) => chunks.push(chunk))
          got.on('end', () => {
            resolve({ status: got.statusCode ?? 0, headers: got.headers, body: Buffer.concat(chunks) })
          })
          got.on('error', reject)
        },
      )
      sent.on('error', reject)
      sent.end()
    })
  }

  get(headers: Record<string, string> = {}, method = 'GET'): Promise<Reply> {
    return this.ask(`/download/${LINK}/name`, headers, method)
  }

  /** A plain connection, paused: nothing is read before the test does. `from`: an address of the loopback network. */
  dial(from = '127.0.0.1'): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port: this.port, localAddress: from })
      this.clients.add(socket)
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.removeListener('error', reject)
        socket.pause()
        resolve(socket)
      })
    })
  }

  /** Everything the server says to `text` until it closes the connection in an orderly way. */
  async say(text: string | Buffer): Promise<string> {
    const socket = await this.dial()
    socket.write(text)
    return (await drain(socket)).toString('latin1')
  }
}

/** All bytes up to FIN; an error (RST) rejects. */
export function drain(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    socket.on('data', (chunk: Buffer) => chunks.push(chunk))
    socket.once('end', () => resolve(Buffer.concat(chunks)))
    socket.once('error', reject)
    socket.resume()
  })
}

/** Bytes in which every position looks different. */
export function pattern(size: number): Buffer {
  const words = new Uint32Array(Math.ceil(size / 4))
  for (let index = 0, state = 0x0bb; index < words.length; index += 1) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    words[index] = state
  }
  return Buffer.from(words.buffer, 0, size)
}

/** Lets everything happen that is ready to happen, `turns` times. */
export async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
