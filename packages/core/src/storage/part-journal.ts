import { constants } from 'node:fs'
import { open, readFile } from 'node:fs/promises'
import { isMissing, noSuchUpload } from './local-files.js'
import type { StoredPart } from './object-store.js'

/** O_DSYNC: the write returns after the line is on disk. No O_CREAT: an aborted upload stays aborted. */
const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_DSYNC

type Line = { part: StoredPart } | { dropped: number }

/**
 * The parts of one upload, a line each, appended only after the part's bytes are durable. Several
 * processes may append. A line torn by a crash does not parse and is ignored; every line begins with
 * its own line break, so that the next one does not continue a torn one.
 */
export class PartJournal {
  readonly #path: string

  constructor(path: string) {
    this.#path = path
  }

  record(part: StoredPart): Promise<void> {
    return this.#append({ part })
  }

  /** Before a recorded part is written again: from here on its bytes may be anything. */
  drop(number: number): Promise<void> {
    return this.#append({ dropped: number })
  }

  /** In order of their numbers. Raises `NO_SUCH_UPLOAD`. */
  async parts(): Promise<StoredPart[]> {
    const text = await readFile(this.#path, 'utf8').catch(goneWithItsUpload)
    const parts = new Map<number, StoredPart>()
    for (const line of text.split('\n').map(parseLine)) {
      if (line === undefined) continue
      if ('part' in line) parts.set(line.part.number, line.part)
      else parts.delete(line.dropped)
    }
    return [...parts.values()].sort((a, b) => a.number - b.number)
  }

  async #append(line: Line): Promise<void> {
    const handle = await open(this.#path, APPEND).catch(goneWithItsUpload)
    try {
      await handle.writeFile(`\n${JSON.stringify(line)}\n`)
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
