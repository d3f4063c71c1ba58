import { constants } from 'node:fs'
import { open, readFile, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises'
import { CliError } from '../failure.js'
import type { IoClock } from '../io.js'
import { RangeSet, type Span } from './range-set.js'

/*
 * A download in the making is two files beside the target: `FILE.part` has the bytes, each at its final
 * offset, and `FILE.obb-part` says which of them are there and which version of the remote file they are of
 * (size and strong ETag). Both may be left behind at any moment by Ctrl-C or kill -9, so two orders hold:
 *
 *  - bytes are written first and recorded afterwards: the record never claims what is not there;
 *  - a new version is recorded, with nothing done, before the data file is emptied for it: old bytes are
 *    never counted towards a new version.
 *
 * The record is replaced by rename, so it is whole or the one before. A power failure may lose data behind a
 * record that survived; the digest at the end notices that, and the download starts over.
 */

/** Which version of the remote file the bytes are of. */
export interface Version {
  size: number
  /** Strong ETag with its quotes; null if the server gives none: nothing can be resumed then. */
  etag: string | null
}

interface PartRecord extends Version {
  version: 1
  done: [number, number][]
}

const SAVE_EVERY_MS = 500
const MAX_RECORD = 4 * 2 ** 20

export class PartFile {
  private readonly done: RangeSet
  private savedAt = -Infinity
  private saving: Promise<void> = Promise.resolve()

  private constructor(
    readonly target: string,
    private readonly data: FileHandle,
    private readonly clock: IoClock,
    private current: Version | undefined,
    done: readonly Span[],
  ) {
    this.done = new RangeSet(done)
  }

  /**
   * Takes up what an earlier run left, or begins. Raises CliError if `FILE.part` is there without a record
   * and so is somebody else's, unless `force`.
   */
  static async open(target: string, clock: IoClock, force = false): Promise<PartFile> {
    const size = await fileSize(dataPath(target))
    const ours = size === undefined || size === 0 || (await fileSize(recordPath(target))) !== undefined
    if (!ours && !force) {
      throw new CliError(`${dataPath(target)} exists and is not ours; remove it, or use --force`)
    }
    const record = await readRecord(recordPath(target))
    const { O_RDWR, O_CREAT } = constants
    const data = await open(dataPath(target), O_RDWR | O_CREAT, 0o666)
    const usable = record !== undefined && record.size === size
    const done = usable ? record.done.map(([start, end]) => ({ start, end })) : []
    const version = usable ? { size: record.size, etag: record.etag } : undefined
    return new PartFile(target, data, clock, version, done)
  }

  /** Removes what an earlier run left of a download that is not needed any more. */
  static async discard(target: string): Promise<void> {
    if ((await fileSize(recordPath(target))) === undefined) return
    await rm(dataPath(target), { force: true })
    await rm(recordPath(target), { force: true })
  }

  /** The version the bytes are of; undefined before the first one. */
  get version(): Version | undefined {
    return this.current
  }

  get bytes(): number {
    return this.done.bytes
  }

  missingSpans(): Span[] {
    return this.current === undefined ? [] : this.done.missingSpans(this.current.size)
  }

  /** Goes on with this version; the bytes of another one, or of one without an ETag, are given up. */
  async begin(version: Version): Promise<void> {
    const same = this.current?.size === version.size && this.current.etag === version.etag
    if (same && version.etag !== null) return
    await this.restart(version)
  }

  /** Gives up all bytes. */
  async restart(version: Version): Promise<void> {
    this.current = version
    this.done.clear()
    await this.save()
    await this.data.truncate(0)
    await this.data.truncate(version.size)
  }

  /** Writes chunks at an offset and then counts them as done. */
  async write(chunks: readonly Buffer[], offset: number): Promise<void> {
    let rest = chunks
    let at = offset
    while (rest.length > 0) {
      const { bytesWritten } = await this.data.writev([...rest], at)
      at += bytesWritten
      rest = dropBytes(rest, bytesWritten)
    }
    this.done.add(offset, at)
    const now = this.clock.now()
    if (now - this.savedAt < SAVE_EVERY_MS) return
    this.savedAt = now
    await this.save()
  }

  /** Records what is done; one at a time, in order. */
  save(): Promise<void> {
    const next = this.saving.then(() => this.writeRecord())
    this.saving = next.catch(() => undefined)
    return next
  }

  private async writeRecord(): Promise<void> {
    if (this.current === undefined) return
    const done = this.done.spans().map(({ start, end }) => [start, end] as [number, number])
    const record: PartRecord = { version: 1, ...this.current, done }
    const path = recordPath(this.target)
    await writeFile(`${path}.new`, JSON.stringify(record))
    await rename(`${path}.new`, path)
  }

  /** Reads for the digest. */
  async read(buffer: Buffer, offset: number): Promise<number> {
    return (await this.data.read(buffer, 0, buffer.length, offset)).bytesRead
  }

  /** Puts the finished file into its place. */
  async finish(): Promise<void> {
    await this.saving
    await this.data.sync()
    await this.close()
    await rename(dataPath(this.target), this.target)
    await rm(recordPath(this.target), { force: true })
  }

  /** Lets go of the data file; what was not recorded yet is not remembered. */
  close(): Promise<void> {
    return this.data.close()
  }

  /** Leaves everything for the next run. */
  async suspend(): Promise<void> {
    try {
      await this.save()
    } finally {
      await this.close()
    }
    // Nothing was ever asked for: leave no trace.
    if (this.current === undefined) await rm(dataPath(this.target), { force: true })
  }
}

export function dataPath(target: string): string {
  return `${target}.part`
}

export function recordPath(target: string): string {
  return `${target}.obb-part`
}

async function fileSize(path: string): Promise<number | undefined> {
  try {
    return (await stat(path)).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function readRecord(path: string): Promise<PartRecord | undefined> {
  const size = await fileSize(path)
  if (size === undefined || size > MAX_RECORD) return undefined
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'))
    return isRecord(value) ? value : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

function isRecord(value: unknown): value is PartRecord {
  if (typeof value !== 'object' || value === null) return false
  const { version, size, etag, done } = value as Partial<{ [K in keyof PartRecord]: unknown }>
  if (version !== 1 || !Number.isSafeInteger(size) || !Array.isArray(done)) return false
  if (etag !== null && typeof etag !== 'string') return false
  return done.every((span: unknown) => {
    if (!Array.isArray(span) || span.length !== 2) return false
    const [start, end] = span as [unknown, unknown]
    const whole = Number.isSafeInteger(start) && Number.isSafeInteger(end)
    return (
      whole &&
      (start as number) >= 0 &&
      (start as number) < (end as number) &&
      (end as number) <= (size as number)
    )
  })
}

function dropBytes(chunks: readonly Buffer[], count: number): Buffer[] {
  let drop = count
  const rest: Buffer[] = []
  for (const chunk of chunks) {
    if (drop < chunk.length) rest.push(chunk.subarray(drop))
    drop = Math.max(0, drop - chunk.length)
  }
  return rest
}
