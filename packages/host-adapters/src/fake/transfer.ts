import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Readable } from 'node:stream'
import type { FakeFile } from './fake-host.js'
import type { FakeRequest } from './fake-server.js'

/** Faults of a file transfer, switched while the fake runs. */
export interface TransferKnobs {
  /** Before every answer, of whatever route, ms. */
  delayMs: number
  /** Per connection; 0 is unlimited. */
  bytesPerSecond: number
  /** The connection is cut once it reaches this byte of the file from below. Undefined: never. */
  cutAtByte: number | undefined
  /** Bytes of a body after which its connection is cut, each time it is asked. */
  cutAfter: (() => number) | undefined
  /** The cut is a reset (RST), as of a server that falls over, not an orderly end (FIN). */
  cutResets: boolean
  /** Every body is so many bytes longer (or shorter) than the file or range; its length says so too. */
  bodyDelta: number
  /** `Content-Range` names the offset one byte too far. */
  wrongContentRange: boolean
  /** 200 with the whole file whatever the range. */
  ignoreRange: boolean
  /** The same, unless the request has If-Range. */
  ignoreBareRange: boolean
  /** The connection is closed in place of an answer to a range. */
  cutRanges: boolean
  /** A new ETag and Last-Modified with every answer. */
  changingValidator: boolean
  /** No Content-Length, chunked; and no ranges, which would tell the size. */
  withoutLength: boolean
}

export function transferKnobs(): TransferKnobs {
  return {
    delayMs: 0,
    bytesPerSecond: 0,
    cutAtByte: undefined,
    cutAfter: undefined,
    cutResets: false,
    bodyDelta: 0,
    wrongContentRange: false,
    ignoreRange: false,
    ignoreBareRange: false,
    cutRanges: false,
    changingValidator: false,
    withoutLength: false,
  }
}

const TICK_MS = 50
const MODIFIED = Date.UTC(2026, 0, 1)
let answers = 0

/**
 * Serves a file as a good static server does (RFC 9110 §13–14), with the faults of the knobs. Returns how
 * many bytes of a body were handed out.
 */
export async function serveFile(
  file: FakeFile,
  request: FakeRequest,
  response: ServerResponse,
  knobs: TransferKnobs,
  changes: Record<string, string | undefined> = {},
): Promise<number> {
  const { size } = file.content
  const generation = knobs.changingValidator ? ++answers : 0
  const etag = `"${createHash('sha256').update(`${file.name}|${size}|${generation}`).digest('hex').slice(0, 16)}"`
  const lastModified = new Date(MODIFIED + generation * 1000).toUTCString()
  const head: Record<string, string> = {
    'content-type': 'application/octet-stream',
    'content-disposition': disposition(file.name),
    etag,
    'last-modified': lastModified,
    ...(!knobs.ignoreRange && { 'accept-ranges': 'bytes' }),
  }
  for (const [name, value] of Object.entries(changes)) {
    if (value === undefined) delete head[name]
    else head[name] = value
  }
  const ifRange = request.headers['if-range']
  const applies =
    !knobs.ignoreRange &&
    !knobs.withoutLength &&
    !(knobs.ignoreBareRange && ifRange === undefined) &&
    (ifRange === undefined || ifRange === etag || ifRange === lastModified)
  const range = applies ? parseRange(request.headers['range'], size) : undefined
  if (range === 'unsatisfiable') {
    response.writeHead(416, { ...head, 'content-range': `bytes */${size}`, 'content-length': '0' }).end()
    return 0
  }
  if (range !== undefined && knobs.cutRanges) {
    response.socket?.destroy()
    return 0
  }
  const { start, end } = range ?? { start: 0, end: size }
  if (range !== undefined) {
    const shift = knobs.wrongContentRange ? 1 : 0
    head['content-range'] = `bytes ${start + shift}-${end - 1 + shift}/${size}`
  }
  const length = Math.max(0, end - start + knobs.bodyDelta)
  if (!knobs.withoutLength) head['content-length'] = String(length)
  response.writeHead(range === undefined ? 200 : 206, head)
  if (request.method === 'HEAD') {
    response.end()
    return 0
  }
  return send(file.content.read(start, Math.min(end, start + length)), response, start, length, knobs)
}

async function send(
  source: Readable,
  response: ServerResponse,
  start: number,
  length: number,
  knobs: TransferKnobs,
): Promise<number> {
  const begun = Date.now()
  const cutAfter = knobs.cutAfter?.()
  const cutAtByte = cutAfter === undefined ? knobs.cutAtByte : start + cutAfter
  let sent = 0
  response.once('close', () => source.destroy())
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      for (const piece of pieces(chunk, knobs)) {
        const cut = cutInside(piece, start + sent, cutAtByte)
        sent += cut.length
        await write(response, cut)
        if (cut.length < piece.length || start + sent === cutAtByte) {
          if (response.socket) cutOff(response.socket, knobs)
          return sent
        }
        await pause(begun, sent, knobs)
      }
    }
  } catch {
    // The client went away: nobody is left to be told.
  }
  if (response.destroyed) return sent
  if (sent < length) await write(response, Buffer.alloc(length - sent, 0x58))
  response.end()
  return length
}

/** Ends a connection with what was written to it on its way. */
export function cutOff(socket: Socket, { cutResets }: Pick<TransferKnobs, 'cutResets'>): void {
  if (cutResets) socket.write('', () => socket.resetAndDestroy())
  else socket.destroySoon()
}

function* pieces(chunk: Buffer, { bytesPerSecond }: TransferKnobs): Generator<Buffer> {
  const step = bytesPerSecond > 0 ? Math.max(1, Math.floor((bytesPerSecond * TICK_MS) / 1000)) : chunk.length
  for (let at = 0; at < chunk.length; at += step) yield chunk.subarray(at, at + step)
}

function cutInside(piece: Buffer, at: number, cutAtByte: number | undefined): Buffer {
  if (cutAtByte === undefined || cutAtByte <= at || cutAtByte >= at + piece.length) return piece
  return piece.subarray(0, cutAtByte - at)
}

async function pause(begun: number, sent: number, { bytesPerSecond }: TransferKnobs): Promise<void> {
  if (bytesPerSecond === 0) return
  const early = begun + (sent / bytesPerSecond) * 1000 - Date.now()
  if (early > 1) await sleep(early)
}

async function write(response: ServerResponse, chunk: Buffer): Promise<void> {
  if (response.destroyed) throw new Error('client is gone')
  if (response.write(chunk)) return
  const gone = new AbortController()
  const onClose = (): void => gone.abort()
  response.once('close', onClose)
  try {
    await once(response, 'drain', { signal: gone.signal })
  } finally {
    response.removeListener('close', onClose)
  }
}

function parseRange(
  header: string | undefined,
  size: number,
): { start: number; end: number } | 'unsatisfiable' | undefined {
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? []
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined
  if (first === '')
    return last === '0' ? 'unsatisfiable' : { start: Math.max(0, size - Number(last)), end: size }
  const start = Number(first)
  if (start >= size) return 'unsatisfiable'
  return { start, end: last === '' ? size : Math.min(Number(last) + 1, size) }
}

function disposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\]/g, '_')
  return `attachment; filename="${plain}"; filename*=UTF-8''${encodeURIComponent(name)}`
}
