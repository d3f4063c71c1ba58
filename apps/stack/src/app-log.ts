import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { createInterface } from 'node:readline'
import { type LogLine, readable } from '@obb/core/log'

const MAX_BYTES = 20 * 1024 * 1024
const WARN = 40
const TAIL_LINES = 20
const MAX_WARNINGS = 200

/** Prints a line to the operator. */
export type Print = (line: string) => void

/**
 * What a process of the stack says: everything goes to `$OBB_HOME/logs/<app>.log` (and its predecessor `.1`, at
 * most 20 MiB each), warnings and whatever is not a log line to the terminal as well.
 */
export class AppLog {
  private readonly path: string
  private file: WriteStream
  private size: number
  private readonly recent: string[] = []
  /** Of what belongs on the terminal the last lines, as they were written. */
  readonly warnings: string[] = []

  constructor(
    home: string,
    readonly app: string,
    private readonly print: Print,
  ) {
    mkdirSync(join(home, 'logs'), { recursive: true, mode: 0o700 })
    this.path = join(home, 'logs', `${app}.log`)
    this.size = statSync(this.path, { throwIfNoEntry: false })?.size ?? 0
    this.file = this.open()
  }

  follow(stream: Readable): void {
    createInterface({ input: stream }).on('line', (line) => this.add(line))
  }

  /** The last lines, for a process that could not start. */
  tail(): string {
    return this.recent.join('\n')
  }

  close(): Promise<void> {
    return new Promise((resolve) => this.file.end(resolve))
  }

  private add(line: string): void {
    this.recent.push(line)
    if (this.recent.length > TAIL_LINES) this.recent.shift()
    if (this.size > MAX_BYTES) this.rotate()
    this.size += Buffer.byteLength(line) + 1
    this.file.write(`${line}\n`)
    const shown = forTerminal(line)
    if (shown === undefined) return
    this.warnings.push(line)
    if (this.warnings.length > MAX_WARNINGS) this.warnings.shift()
    this.print(`${this.app}: ${shown}`)
  }

  private rotate(): void {
    this.file.end()
    renameSync(this.path, `${this.path}.1`)
    this.size = 0
    this.file = this.open()
  }

  private open(): WriteStream {
    // A full disk must not stop downloads that are running.
    return createWriteStream(this.path, { flags: 'a', mode: 0o600 }).on('error', () => undefined)
  }
}

/** forTerminal gives what of a line belongs on the terminal: warnings and worse, and lines that are no log lines. */
export function forTerminal(line: string): string | undefined {
  if (!line.startsWith('{')) return line.trim() === '' ? undefined : line
  try {
    const told = JSON.parse(line) as LogLine
    const isSmall = typeof told.level === 'number' && told.level < WARN
    // Of readiness HealthWatch tells, once for all processes.
    return isSmall || told['check'] !== undefined ? undefined : readable(told) || line
  } catch {
    return line
  }
}
