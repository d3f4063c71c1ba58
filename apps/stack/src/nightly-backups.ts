import { type BackupRequest, backUp, recordNightlyBackup } from '@obb/core/backup'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Print } from './app-log.js'

/** A backup is due from this hour of the local time on; a machine that is off then makes it when it is on again. */
const HOUR = 3
const CHECK_MS = 10 * 60_000
/** Until another try after one that failed, ms. */
const RETRY_MS = 3_600_000

const NAME = /^obb-(\d{4}-\d\d-\d\d)T(\d\d)(\d\d)(\d\d)Z\.backup$/
const LEFT_OVER = /^obb-[\dTZ-]{10,20}\.backup\.\d+\.partial$/

export interface NightlyOptions {
  /** Made where it is missing, for its owner only. */
  directory: string
  /** How many are kept, the newest ones; 0: none is made. */
  keep: number
  /** All but the path. */
  request: Omit<BackupRequest, 'path'>
  print: Print
  /** Epoch ms. */
  now?: () => number
}

/**
 * A backup each night, the last ones kept. One that fails is told, tried again, and costs no older one. How they do
 * stands in the database, where all processes read it.
 */
export class NightlyBackups {
  private readonly now: () => number
  private timer: NodeJS.Timeout | undefined
  private running: Promise<void> = Promise.resolve()
  private notBefore = 0
  private failed: { at: number; reason: string } | undefined
  private readonly since: Date
  private readonly stopped = new AbortController()

  constructor(private readonly options: NightlyOptions) {
    this.now = options.now ?? Date.now
    this.since = new Date(this.now())
  }

  start(): void {
    this.running = this.record()
    if (this.options.keep === 0) return
    this.timer = setInterval(() => void this.check(), CHECK_MS)
  }

  /** One that is under way is given up. Resolves when nothing of it goes on. */
  async stop(): Promise<void> {
    clearInterval(this.timer)
    this.stopped.abort()
    await this.running
  }

  /** Makes a backup if one is due and they are on; one at a time. */
  check(): Promise<void> {
    if (this.options.keep === 0) return this.running
    return (this.running = this.running.then(() => this.makeIfDue()).then(() => this.record()))
  }

  /** A database that is away is told elsewhere, and hears of it at the next check. */
  private async record(): Promise<void> {
    if (this.stopped.signal.aborted) return
    const { keep, request } = this.options
    const { at, reason = null } = this.failed ?? {}
    const made = this.newestAt()
    const state = {
      ...{ since: this.since, madeAt: made === undefined ? null : new Date(made) },
      ...{ failedAt: at === undefined ? null : new Date(at), failure: reason },
    }
    await recordNightlyBackup(request.databaseUrl, keep === 0 ? undefined : state).catch(() => undefined)
  }

  private async makeIfDue(): Promise<void> {
    const { directory, print } = this.options
    if (this.stopped.signal.aborted || this.now() < this.notBefore) return
    try {
      mkdirSync(directory, { recursive: true, mode: 0o700 })
      if (!isDue(newestOf(directory), this.now())) return void (this.failed = undefined)
      const path = join(directory, nameOf(this.now()))
      await backUp({ ...this.options.request, path, signal: this.stopped.signal })
      this.failed = undefined
      this.prune()
    } catch (error) {
      if (this.stopped.signal.aborted) return
      this.notBefore = this.now() + RETRY_MS
      const reason = error instanceof Error ? error.message : String(error)
      this.failed = { at: this.now(), reason }
      print(
        `BACKUP FAILED: ${reason}; the newest one in ${directory} is ${this.newest()}. Tried again in an hour.`,
      )
    }
  }

  private newest(): string {
    try {
      const at = newestOf(this.options.directory)
      return at === undefined ? 'none' : `of ${new Date(at).toISOString()}`
    } catch {
      return 'unknown'
    }
  }

  /** Undefined also where the directory cannot be read. */
  private newestAt(): number | undefined {
    try {
      return newestOf(this.options.directory)
    } catch {
      return undefined
    }
  }

  /** What a killed process left goes too. */
  private prune(): void {
    const { directory, keep } = this.options
    const names = readdirSync(directory)
    const whole = names.filter((name) => timeOf(name) !== undefined).sort()
    for (const name of [...whole.slice(0, -keep), ...names.filter((each) => LEFT_OVER.test(each))]) {
      rmSync(join(directory, name), { force: true })
    }
  }
}

const nameOf = (at: number): string =>
  `obb-${new Date(at).toISOString().replace(/\.\d+/, '').replaceAll(':', '')}.backup`

function timeOf(name: string): number | undefined {
  const [, day, hours, minutes, seconds] = NAME.exec(name) ?? []
  return day === undefined ? undefined : Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`)
}

/** When the newest backup of a directory was made, epoch ms. */
export function newestOf(directory: string): number | undefined {
  const times = readdirSync(directory).flatMap((name) => timeOf(name) ?? [])
  return times.length === 0 ? undefined : Math.max(...times)
}

/** Whether none was made since the last time that it was HOUR o'clock here. */
function isDue(newest: number | undefined, now: number): boolean {
  const night = new Date(now)
  night.setHours(HOUR, 0, 0, 0)
  if (night.getTime() > now) night.setDate(night.getDate() - 1)
  return newest === undefined || newest < night.getTime()
}
