import type { ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { setTimeout as delay } from 'node:timers/promises'
import { StoreError, type ObjectStore } from '@obb/core/storage'
import type { Timing } from './ports.js'
import type { ByteRange } from './range/index.js'

/*
 * Moves bytes from the store to a client. Nothing is read ahead of what the client takes, beyond the chunk
 * in hand and what the store's stream and the socket hold. A store that fails in the middle is opened again
 * at the next byte; the client sees a pause. This file is all that knows how bytes travel: the rest hands it
 * a list of segments and a response whose head, with its exact length, is already written.
 */

/** Bytes as they are (the framing of several ranges), or a range of the object. */
export type Segment = Uint8Array | ByteRange

export interface Transfer {
  store: ObjectStore
  key: string
  segments: readonly Segment[]
  /** Ends everything at once: the client is gone, or the process stops. */
  signal: AbortSignal
  timing: Pick<Timing, 'store' | 'reopen'>
}

/** So much read without a fault makes a store trusted again. Bytes. */
const PROVEN = 1024 * 1024

export function lengthOf(segment: Segment): number {
  return segment instanceof Uint8Array ? segment.byteLength : segment.end - segment.start
}

export class Pump {
  private left: number

  private constructor(
    private readonly transfer: Transfer,
    private opened: Readable | undefined,
  ) {
    this.left = transfer.segments.reduce((sum, segment) => sum + lengthOf(segment), 0)
  }

  /** Opens the first range, so that a store that cannot serve it is known before any head is written. Raises StoreError. */
  static async open(transfer: Transfer): Promise<Pump> {
    const range = transfer.segments.find((segment) => !(segment instanceof Uint8Array)) as
      ByteRange | undefined
    return new Pump(transfer, range && (await openRange(transfer, range.start, range.end)))
  }

  /**
   * Writes all segments and ends the response. Raises StoreError when the store gave up for good, with the
   * response unfinished; raises the signal's reason after an abort. The store's stream is closed either way.
   */
  async run(response: ServerResponse): Promise<void> {
    try {
      for (const segment of this.transfer.segments) {
        if (segment instanceof Uint8Array) await this.send(response, segment)
        else for await (const chunk of this.read(segment)) await this.send(response, chunk)
      }
    } finally {
      this.opened?.destroy()
    }
  }

  private async *read({ start, end }: ByteRange): AsyncGenerator<Uint8Array, void, void> {
    const { signal, timing } = this.transfer
    let offset = start
    let failures = 0
    while (offset < end) {
      const from = offset
      try {
        const stream = this.opened ?? (await openRange(this.transfer, offset, end))
        this.opened = undefined
        for await (const chunk of attended(stream, signal, timing.store)) {
          const bytes = chunk.subarray(0, end - offset)
          offset += bytes.byteLength
          yield bytes
        }
        if (offset < end) throw new StoreError('UNAVAILABLE', 'the object ended early')
      } catch (error) {
        signal.throwIfAborted()
        if (offset - from >= PROVEN) failures = 0
        const wait = timing.reopen[failures]
        if (wait === undefined || isFinal(error)) throw error
        failures += 1
        await delay(wait, undefined, { signal })
      }
    }
  }

  private async send(response: ServerResponse, bytes: Uint8Array): Promise<void> {
    const { signal } = this.transfer
    signal.throwIfAborted()
    this.left -= bytes.byteLength
    if (this.left === 0) response.end(bytes)
    else if (!response.write(bytes)) await drained(response, signal)
  }
}

/** `store.read` in bounded time. */
async function openRange(transfer: Transfer, start: number, end: number): Promise<Readable> {
  const { store, key, signal, timing } = transfer
  signal.throwIfAborted()
  const control = new AbortController()
  const stop = (): void => control.abort(signal.reason)
  signal.addEventListener('abort', stop, { once: true })
  const late = new StoreError('UNAVAILABLE', `the store did not open an object within ${timing.store} ms`)
  const timer = setTimeout(() => control.abort(late), timing.store)
  const opening = store.read(key, start, end, control.signal)
  try {
    const stream = await Promise.race([opening, aborted(control.signal)])
    // Failures reach the reader through iteration; one that nobody is reading any more is nobody's.
    stream.on('error', () => undefined)
    stream.once('close', () => signal.removeEventListener('abort', stop))
    return stream
  } catch (error) {
    signal.removeEventListener('abort', stop)
    opening.then(
      (stream) => stream.destroy(),
      () => undefined,
    )
    throw error
  } finally {
    clearTimeout(timer)
  }
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}

/** The chunks of `stream`, destroyed when the signal fires or the store is silent for `patience` ms. */
async function* attended(
  stream: Readable,
  signal: AbortSignal,
  patience: number,
): AsyncGenerator<Uint8Array, void, void> {
  const stop = (): void => void stream.destroy()
  signal.addEventListener('abort', stop, { once: true })
  const silent = (): void => {
    stream.destroy(new StoreError('UNAVAILABLE', `the store sent nothing for ${patience} ms`))
  }
  let timer = setTimeout(silent, patience)
  try {
    for await (const chunk of stream) {
      clearTimeout(timer)
      yield chunk as Uint8Array
      timer = setTimeout(silent, patience)
    }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', stop)
    stream.destroy()
  }
}

/** Another attempt cannot help. */
function isFinal(error: unknown): boolean {
  return error instanceof StoreError && (error.kind === 'NO_SUCH_OBJECT' || error.kind === 'INVALID')
}

function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const go = (): void => {
      signal.removeEventListener('abort', stop)
      resolve()
    }
    const stop = (): void => {
      response.removeListener('drain', go)
      reject(signal.reason as Error)
    }
    response.once('drain', go)
    signal.addEventListener('abort', stop, { once: true })
  })
}
