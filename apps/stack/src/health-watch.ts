import { setTimeout as sleep } from 'node:timers/promises'
import { type Check, type ProcessHealth, readinessSchema } from '@obb/contracts'
import type { Print } from './app-log.js'
import type { AppName } from './child.js'

/** Between two looks, ms. */
const EVERY_MS = 5_000
/** A process that does not answer for so long fails a look, ms. */
const PATIENCE_MS = 10_000
/** Looks in a row without an answer, after which a process hangs. */
const HUNG_AFTER = 4

/** What is watched over: a Child. */
export interface Watched {
  readonly app: AppName
  readonly pid: number | undefined
  readonly url: string | undefined
  killHung(): void
}

/** What only follows from another trouble has no action of its own. */
const isTrouble = ({ status, action }: Check): boolean => status === 'failing' && action !== undefined

/**
 * Looks after the processes of the stack: a line on the terminal when something that they need fails, and when it is
 * there again; one that answers nothing any more is ended, and started again by whoever keeps it.
 */
export class HealthWatch {
  private readonly stopped = new AbortController()
  private readonly silent = new Map<AppName, number>()
  /** What fails, by the name of its check. */
  private readonly known = new Map<string, Check>()
  private running: Promise<void> = Promise.resolve()

  constructor(
    private readonly watched: readonly Watched[],
    private readonly print: Print,
    private readonly patienceMs = PATIENCE_MS,
  ) {}

  start(): void {
    this.running = this.loop()
  }

  async stop(): Promise<void> {
    this.stopped.abort()
    await this.running
  }

  /** How each process stands now. */
  health(): Promise<ProcessHealth[]> {
    return Promise.all(
      this.watched.map(async ({ app, pid, url }) => {
        const answer = url === undefined ? undefined : await this.ask(url)
        return { app, pid: pid ?? null, readiness: typeof answer === 'object' ? answer : null }
      }),
    )
  }

  /** One look at all of them. */
  async look(): Promise<void> {
    const answers = await Promise.all(
      this.watched.map(async (each) => {
        const answer = each.url === undefined ? undefined : await this.ask(each.url)
        this.judge(each, answer)
        return typeof answer === 'object' ? answer.checks : []
      }),
    )
    if (this.stopped.signal.aborted) return
    this.tell(answers.flat())
  }

  /** A check that nobody who answers tells of is as it was. */
  private tell(checks: readonly Check[]): void {
    const failing = new Map(checks.filter(isTrouble).map((check) => [check.name, check]))
    for (const [name, check] of failing) {
      const before = this.known.get(name)
      if (before === undefined || kindOf(before) !== kindOf(check)) {
        this.print(`Warning: ${name}: ${check.detail ?? 'failing'}. ${check.action ?? ''}`)
      }
      this.known.set(name, check)
    }
    for (const { name, status } of checks) {
      if (status === 'ok' && !failing.has(name) && this.known.delete(name)) {
        this.print(`${name}: all right again`)
      }
    }
  }

  private judge(each: Watched, answer: unknown): void {
    const times = answer === 'silent' ? (this.silent.get(each.app) ?? 0) + 1 : 0
    this.silent.set(each.app, times)
    if (times < HUNG_AFTER || this.stopped.signal.aborted) return
    this.silent.set(each.app, 0)
    this.print(`${each.app}: answers nothing any more and is ended`)
    each.killHung()
  }

  /** Its readiness; `silent` if it does not answer in time; undefined while nobody is there. */
  private async ask(url: string) {
    const signal = AbortSignal.any([this.stopped.signal, AbortSignal.timeout(this.patienceMs)])
    try {
      const response = await fetch(`${url}/health/ready`, { signal })
      const { data } = (await response.json()) as { data?: unknown }
      return readinessSchema.safeParse(data).data
    } catch (error) {
      return (error as Error).name === 'TimeoutError' ? 'silent' : undefined
    }
  }

  private async loop(): Promise<void> {
    while (!this.stopped.signal.aborted) {
      await this.look()
      await sleep(EVERY_MS, undefined, { signal: this.stopped.signal }).catch(() => undefined)
    }
  }
}

/** The kind of a trouble: numbers that change with time, and what a store says of each try, make no new one. */
const kindOf = ({ detail = '' }: Check): string =>
  detail.replace(/^(away): .*/, '$1').replace(/\d+(?:\.\d+)?/g, '#')
