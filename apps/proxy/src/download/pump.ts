import { setTimeout as delay } from 'node:timers/promises'
import { servedBytes } from '@obb/core/metrics'
import { StoreError, type ObjectReader, type ObjectStore } from '@obb/core/storage'
import type { Timing } from '../ports.js'
import type { ByteRange } from '../range/index.js'

/*
 * Moves bytes from the store to a client. The store's reader lends one buffer at a time; it goes to the client's
 * socket as it is and back to the reader once the system has taken all of it, so nothing is read ahead of what the
 * client takes, beyond that buffer and what the sockets hold. A store that fails in the middle is opened again at
 * the next byte; the client sees a pause. This file is all that knows how bytes travel: the rest hands it a list
 * of segments and a response whose head, with its exact length, is already written.
 */

/** Bytes as they are (the framing of several ranges), or a range of the object. */
export type Segment = Uint8Array | ByteRange

export interface Transfer {
  store: Pick<ObjectStore, 'open'>
  key: string
  segments: readonly Segment[]
  /** Ends everything at once: the client is gone, or the process stops. */
  signal: AbortSignal
  timing: Pick<Timing, 'store' | 'reopen'>
  /** Told of bytes of the object, from one position up to another, once they are the system's. */
  onSent?: (start: number, end: number) => void
}

/** Sink is where bytes go: a client's response. They may be used again when `done` is called. */
interface Sink {
  write(bytes: Uint8Array, done: (error?: Error | null) => void): unknown
  end(bytes: Uint8Array, done: (error?: Error | null) => void): unknown
}

/** The client's connection broke while bytes were on their way to it. */
export class ClientGone extends Error {}

/** So much read without a fault makes a store trusted again. Bytes. */
const PROVEN = 1024 * 1024

export function lengthOf(segment: Segment): number {
  return segment instanceof Uint8Array ? segment.byteLength : segment.end - segment.start
}

export class Pump {
  /** Bytes of the answer not handed to the response yet. */
  private left: number
  /** Bytes from the store since its last failure, and failures since it was trusted last. */
  private unbroken = 0
  private failures = 0
  /** Ends what is being waited for. */
  private interrupt: ((reason: unknown) => void) | undefined

  private constructor(
    private readonly transfer: Transfer,
    private reader: ObjectReader | undefined,
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
   * response unfinished; raises the signal's reason after an abort, or ClientGone. The store's reader is closed either way, at
   * once.
   */
  async run(response: Sink): Promise<void> {
    const { signal, segments } = this.transfer
    const stop = (): void => {
      this.reader?.close()
      this.interrupt?.(signal.reason)
    }
    signal.addEventListener('abort', stop, { once: true })
    try {
      for (const segment of segments) {
        if (segment instanceof Uint8Array) await this.send(response, segment)
        else await this.sendRange(response, segment)
      }
    } finally {
      signal.removeEventListener('abort', stop)
      this.reader?.close()
    }
  }

  private async sendRange(response: Sink, { start, end }: ByteRange): Promise<void> {
    const { onSent } = this.transfer
    for (let offset = start; offset < end;) {
      const bytes = await this.bytesAt(offset, end)
      const { byteLength } = bytes // lent: what it says later is of others
      offset += byteLength
      if (offset < end) await this.send(response, bytes)
      else await this.sendLast(response, bytes)
      onSent?.(offset - byteLength, offset)
    }
  }

  /** With the last bytes of a range the reader has done its work, and an abort does not cost its connection. */
  private async sendLast(response: Sink, bytes: Uint8Array): Promise<void> {
    const reader = this.reader
    this.reader = undefined
    const close = (): void => reader?.close()
    try {
      await this.send(response, bytes)
    } catch (error) {
      close()
      throw error
    }
    reader?.read().then((more) => more === undefined || close(), close)
  }

  /** At least one byte from `offset` on, before `end`; from the store opened again where it fails. */
  private async bytesAt(offset: number, end: number): Promise<Uint8Array> {
    const { signal, timing } = this.transfer
    for (;;) {
      try {
        this.reader ??= await openRange(this.transfer, offset, end)
        const bytes = await this.next(this.reader)
        if (bytes === undefined) throw new StoreError('UNAVAILABLE', 'the object ended early')
        this.unbroken += bytes.byteLength
        return bytes.subarray(0, end - offset)
      } catch (error) {
        this.reader?.close()
        this.reader = undefined
        signal.throwIfAborted()
        if (this.unbroken >= PROVEN) this.failures = 0
        this.unbroken = 0
        const wait = timing.reopen[this.failures]
        if (wait === undefined || isFinal(error)) throw error
        this.failures += 1
        await delay(wait, undefined, { signal })
      }
    }
  }

  /** The store's next bytes. Silence of the store is a failure like any other. */
  private next(reader: ObjectReader): Promise<Uint8Array | undefined> {
    const patience = this.transfer.timing.store
    return this.interruptibly((resolve, reject) => {
      const timer = setTimeout(() => {
        reader.close()
        reject(new StoreError('UNAVAILABLE', `the store sent nothing for ${patience} ms`))
      }, patience)
      reader
        .read()
        .then(resolve, reject)
        .finally(() => clearTimeout(timer))
    })
  }

  /** Resolves when the bytes are the system's, so that their memory may be used again. */
  private send(response: Sink, bytes: Uint8Array): Promise<void> {
    return this.interruptibly((resolve, reject) => {
      const done = (error?: Error | null): void => {
        if (error) return reject(new ClientGone())
        servedBytes.inc(bytes.byteLength)
        resolve()
      }
      this.left -= bytes.byteLength
      // The last bytes with the end: written before it, they would travel in a packet of their own.
      if (this.left === 0) response.end(bytes, done)
      else response.write(bytes, done)
    })
  }

  private interruptibly<T>(
    wait: (resolve: (value: T) => void, reject: (reason: unknown) => void) => void,
  ): Promise<T> {
    const { signal } = this.transfer
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason as Error)
        return
      }
      this.interrupt = reject
      wait(resolve, reject)
    })
  }
}

/** `store.open` in bounded time. A reader that comes too late is closed. */
function openRange(transfer: Transfer, start: number, end: number): Promise<ObjectReader> {
  const { store, key, signal, timing } = transfer
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    let isOver = false
    const finish = (settle: () => void): void => {
      isOver = true
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      settle()
    }
    const stop = (): void => finish(() => reject(signal.reason as Error))
    const late = (): void => {
      reject(new StoreError('UNAVAILABLE', `the store did not open an object within ${timing.store} ms`))
    }
    const timer = setTimeout(() => finish(late), timing.store)
    signal.addEventListener('abort', stop, { once: true })
    store.open(key, start, end, signal).then(
      (reader) => (isOver ? reader.close() : finish(() => resolve(reader))),
      (error: unknown) => (isOver ? undefined : finish(() => reject(error as Error))),
    )
  })
}

/** Another attempt cannot help. */
function isFinal(error: unknown): boolean {
  return error instanceof StoreError && error.kind !== 'UNAVAILABLE'
}
