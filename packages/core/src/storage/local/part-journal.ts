import { constants } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { isMissing, noSuchUpload } from './local-files.js'
import type { StoredPart } from '../object-store.js'

/** O_DSYNC: the write returns after the lines are on disk. No O_CREAT: an aborted upload stays aborted. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_DSYNC
const LINE_BREAK = 10

type Line = { part: StoredPart } | { dropped: number }

/**
 * The parts of one upload, a line each, appended only after the part's bytes are durable. Several
 * processes may append. A line torn by a crash does not parse and is ignored; every line begins with
 * its own line break, so that the next one does not continue a torn one. What was read once is not read again.
 */
export class PartJournal {
  readonly #path: string
  readonly #parts = new Map<number, StoredPart>()
  /** Bytes of the file that are in `#parts`: whole lines only. */
  #seen = 0
  #reading: Promise<unknown> = Promise.resolve()

  constructor(path: string) {
    this.#path = path
  }

  record(parts: readonly StoredPart[]): Promise<void> {
    return this.#append(parts.map((part) => ({ part })))
  }

  /** Before a recorded part is written again: from here on its bytes may be anything. */
  drop(number: number): Promise<void> {
    return this.#append([{ dropped: number }])
  }

  /** In order of their numbers. Raises `NO_SUCH_UPLOAD`. */
  async parts(): Promise<StoredPart[]> {
    await this.#read()
    return [...this.#parts.values()].sort((a, b) => a.number - b.number)
  }

  /** Raises `NO_SUCH_UPLOAD`. */
  async has(number: number): Promise<boolean> {
    await this.#read()
    return this.#parts.has(number)
  }

  /** #read takes in what was appended since, by whomever; one reader at a time. */
  #read(): Promise<void> {
    const read = this.#reading.then(() => this.#readOn())
    this.#reading = read.catch(() => undefined)
    return read
  }

  async #readOn(): Promise<void> {
    const { size } = await stat(this.#path).catch(goneWithItsUpload)
    if (size <= this.#seen) return
    const bytes = Buffer.alloc(size - this.#seen)
    const handle = await open(this.#path, 'r').catch(goneWithItsUpload)
    try {
      for (let done = 0; done < bytes.length;) {
        const { bytesRead } = await handle.read(bytes, done, bytes.length - done, this.#seen + done)
        if (bytesRead === 0) break
        done += bytesRead
      }
    } finally {
      await handle.close()
    }
    const whole = bytes.lastIndexOf(LINE_BREAK) + 1
    for (const line of bytes.toString('utf8', 0, whole).split('\n').map(parseLine)) {
      if (line === undefined) continue
      if ('part' in line) this.#parts.set(line.part.number, line.part)
      else this.#parts.delete(line.dropped)
    }
    this.#seen += whole
  }

  async #append(lines: readonly Line[]): Promise<void> {
    const handle = await open(this.#path, APPEND).catch(goneWithItsUpload)
    try {
      await handle.writeFile(lines.map((line) => `\n${JSON.stringify(line)}\n`).join(''))
    } finally {
      await handle.close()
    }
  }
}

function goneWithItsUpload(error: unknown): never {
  throw isMissing(error) ? noSuchUpload() : error
}

function parseLine(text: string): Line | undefined {
  try {
    return text === '' ? undefined : (JSON.parse(text) as Line)
  } catch {
    return undefined
  }
}
