import type { Socket } from 'node:net'
import type { Clock } from '@obb/core/clock'
import type { Download, Downloads } from '@obb/core/links'
import { httpRequests, servedBytes } from '@obb/core/metrics'
import type { Forwarding } from '@obb/core/origin'
import type { ObjectReader, ObjectStore } from '@obb/core/storage'
import { answerOf, type ServedAnswer } from '../download/answer.js'
import type { ClientConnections, Work } from '../http/client-connections.js'
import type { FileUses } from '../links/file-uses.js'
import { headText } from './head-text.js'
import type { LinkConnectionLimit } from '../links/link-connection-limit.js'
import type { Timing } from '../ports.js'
import { decide } from '../range/index.js'
import { readRangeRequest, type RangeRequest } from './range-request.js'
import { servedFile } from '../links/served-file.js'
import type { RunningStreams } from '../streams/running-streams.js'

const quickAnswers = httpRequests.labels({ route: '/download/:linkId', code: 206, status: 0 })

/** Bytes of a range that comes from the store in one piece. */
const SMALL = 64 * 1024
/** Bytes of a head. */
const MAX_HEAD = 4 * 1024
/** ms without a first request, and between two. */
const FIRST = 20_000
const KEEP_ALIVE = 75_000
/** ms for look-up and store together; then the other way may have its own patience. */
const PATIENCE = 5_000

export interface QuickParts {
  downloads: Downloads
  store: ObjectStore
  clock: Clock
  timing: Timing
  clientConnections: ClientConnections
  linkConnectionLimit: LinkConnectionLimit
  uses: FileUses
  streams: RunningStreams
  forwarding: Forwarding
}

/** A connection until it goes to the HTTP server. */
export class QuickConnection implements Work {
  private readonly gone = new AbortController()
  private readonly patience: NodeJS.Timeout
  /** The head being answered, and what came behind it. */
  private head: Buffer | undefined
  private readonly behind: Buffer[] = []
  private reader: ObjectReader | undefined
  private isSending = false
  /** Counts the answers; one that is not the last any more has been given up. */
  private attempt = 0

  constructor(
    private readonly parts: QuickParts,
    private readonly socket: Socket,
    private readonly adopt: () => void,
  ) {
    const impatient = (): void => void (this.head === undefined || this.isSending || this.handOver())
    this.patience = setTimeout(impatient, Math.min(PATIENCE, parts.timing.store)).unref()
    socket.setTimeout(FIRST)
    socket.on('data', this.take).on('end', this.end).on('timeout', this.idle).on('close', this.close)
    socket.on('error', () => undefined) // its close tells
  }

  /** The client is gone, or the process stops. */
  abort(reason: Error): void {
    this.giveUp()
    this.gone.abort(reason)
  }

  private readonly take = (bytes: Buffer): void => {
    if (this.head !== undefined) {
      this.behind.push(bytes)
      this.socket.pause()
      return
    }
    this.head = bytes
    const request = bytes.length > MAX_HEAD ? undefined : readRangeRequest(bytes.toString('latin1'))
    if (request === undefined || this.parts.clientConnections.isLeaving) this.handOver()
    else void this.answer(request)
  }

  private readonly end = (): void => void this.socket.end()

  private readonly idle = (): void => {
    if (this.head === undefined) this.socket.destroySoon()
  }

  private readonly close = (): void => clearTimeout(this.patience)

  private async answer({ linkId, range, isLast, client }: RangeRequest): Promise<void> {
    const {
      clientConnections: connections,
      downloads,
      linkConnectionLimit: places,
      store,
      streams,
      uses,
    } = this.parts
    const attempt = (this.attempt += 1)
    const isGivenUp = (): boolean => attempt !== this.attempt
    let leave: (() => void) | undefined
    connections.begin(this.socket, this)
    this.patience.refresh()
    if (attempt === 1) this.socket.setTimeout(KEEP_ALIVE)
    try {
      const download = await downloads.find(linkId)
      if (isGivenUp()) return
      if (download?.state !== 'ready' || download.isShared) return this.handOver()
      const small = this.smallAnswer(download, range)
      leave = small && places.takeNow(linkId, download.maxChunks)
      if (small === undefined || leave === undefined) return this.handOver()
      const { key, start, end, answer } = small
      const reader = await store.open(key, start, end, this.gone.signal)
      if (isGivenUp()) return reader.close()
      this.reader = reader
      const bytes = await wholeOf(reader, end - start)
      if (isGivenUp()) return
      if (bytes === undefined) return this.handOver()
      uses.record(download)
      await this.send(headText(answer, isLast ? undefined : KEEP_ALIVE, this.parts.clock.now()), bytes)
      if (isGivenUp()) return
      this.reader = undefined
      release(reader)
      recordQuickAnswer(bytes.byteLength)
      streams.record(download, { start, end }, () => ({ name: client, address: this.address() }))
      this.finish(isLast)
    } catch {
      if (!isGivenUp()) this.handOver()
    } finally {
      leave?.()
    }
  }

  private address(): string {
    return this.parts.forwarding.peerAddress(this.socket.remoteAddress)
  }

  private smallAnswer(download: Download, range: string): SmallAnswer | undefined {
    const { clock } = this.parts
    const file = servedFile(download, clock)
    const decision = decide('GET', { range }, file, clock.now())
    if (decision.status !== 206 || decision.ranges.length > 1) return undefined
    const [{ start, end }] = decision.ranges
    if (end - start > SMALL) return undefined
    return { key: file.objectKey, start, end, answer: answerOf(file, decision) }
  }

  /** Resolves when the bytes are the system's. */
  private send(head: string, bytes: Uint8Array): Promise<void> {
    this.isSending = true
    const { socket } = this
    return new Promise((resolve, reject) => {
      socket.cork()
      socket.write(head, 'latin1')
      socket.write(bytes, (error) => (error ? reject(error) : resolve()))
      socket.uncork()
    })
  }

  private finish(isLast: boolean): void {
    this.head = undefined
    this.isSending = false
    this.parts.clientConnections.finish(this.socket, this)
    if (isLast) this.socket.destroySoon()
    else if (this.behind.length > 0) this.handOver()
  }

  /** giveUp ends what is being done, whatever comes of it. */
  private giveUp(): void {
    this.attempt += 1
    this.reader?.close()
    this.reader = undefined
  }

  /** To the HTTP server, with everything that was read of a request that has no answer yet. */
  private handOver(): void {
    this.giveUp()
    const { socket } = this
    if (this.isSending || !socket.writable) return
    this.parts.clientConnections.release(socket, this)
    clearTimeout(this.patience)
    socket.setTimeout(0)
    socket.off('data', this.take).off('end', this.end).off('timeout', this.idle).off('close', this.close)
    socket.pause()
    const read = this.head === undefined ? this.behind : [this.head, ...this.behind]
    if (read.length > 0) socket.unshift(Buffer.concat(read))
    this.adopt()
    socket.resume()
  }
}

interface SmallAnswer {
  key: string
  start: number
  end: number
  answer: ServedAnswer
}

/** Requests that the HTTP server never sees; their time is not measured, which would cost more than the rest. */
function recordQuickAnswer(bytes: number): void {
  quickAnswers.inc()
  servedBytes.inc(bytes)
}

/** Undefined where the store has fewer bytes than asked for. */
async function wholeOf(reader: ObjectReader, length: number): Promise<Uint8Array | undefined> {
  let bytes = await reader.read()
  while (bytes !== undefined && bytes.length < length) {
    const before = Buffer.from(bytes) // lent until the next read
    const more = await reader.read()
    bytes = more && Buffer.concat([before, more])
  }
  return bytes?.length === length ? bytes : undefined
}

/** After its last bytes: the reader's connection may be used again. */
function release(reader: ObjectReader): void {
  const close = (): void => reader.close()
  reader.read().then((more) => more === undefined || close(), close)
}
