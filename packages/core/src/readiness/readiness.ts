import {
  type Check,
  type CheckName,
  failureAnswer,
  type ReadinessView,
  Refusal,
  success,
  type unreadySchema,
} from '@obb/contracts'
import type { z } from 'zod'
import { DeadlineError, within } from '../deadline/index.js'

/** An answer is told again for so long: whoever asks in a loop costs nothing, ms. */
const FRESH_MS = 1_000
/** A probe that takes longer has failed, ms. */
const PATIENCE_MS = 2_000
/** When whoever is told that something fails may ask again, s. */
const RETRY_S = 10

/** A Probe looks at one thing that a process needs. */
export interface Probe {
  name: CheckName
  /** What the operator can do when it fails and says nothing more to the point. */
  action: string
  /** Whether it looks by way of the database: while that is away it says nothing of its own. */
  viaDatabase?: boolean
  /** What was seen, in a few words for people. Raises CheckFailure, or whatever what it asks raises. */
  look(): Promise<string | undefined>
}

/** CheckFailure tells what was seen and what to do. Neither has an address or a secret in it. */
export class CheckFailure extends Error {
  override readonly name = 'CheckFailure'

  constructor(
    readonly detail: string,
    readonly action?: string,
  ) {
    super(detail)
  }
}

export interface ReadinessOptions {
  patienceMs?: number
  /** Told of each check that begins to fail, with the whole error, and of each that is ok again. */
  onChange?: (check: Check, error: unknown) => void
  /** ms, in one direction. */
  now?: () => number
}

/** Whether a process can do its work: everything that it needs, looked at when somebody asks, at most once a second. */
export class Readiness {
  private latest: { view: Promise<ReadinessView>; until: number } | undefined
  /** Looks under way: one that hangs is not begun again. */
  private readonly looks = new Map<CheckName, Promise<string | undefined>>()
  private readonly failing = new Set<CheckName>()
  private readonly now: () => number

  constructor(
    private readonly probes: readonly Probe[],
    private readonly options: ReadinessOptions = {},
  ) {
    this.now = options.now ?? (() => performance.now())
  }

  /** Raises nothing: what cannot be seen is failing. */
  view(): Promise<ReadinessView> {
    if (this.latest !== undefined && this.now() < this.latest.until) return this.latest.view
    const latest = { view: this.lookAtAll(), until: Infinity }
    this.latest = latest
    void latest.view.then(() => (latest.until = this.now() + FRESH_MS))
    return latest.view
  }

  /** The whole answer over HTTP: 200, or 503 while anything is failing. */
  async answer(): Promise<{ code: number; headers: Record<string, string>; body: object }> {
    const view = await this.view()
    if (view.ready) return { code: 200, headers: {}, body: success(view) }
    const answer = failureAnswer(new Refusal('service_unavailable', { retryInSeconds: RETRY_S }))
    const body: z.infer<typeof unreadySchema> = { ...answer.body, data: view }
    return { ...answer, body }
  }

  private async lookAtAll(): Promise<ReadinessView> {
    const direct = this.probes.filter(({ viaDatabase }) => !viaDatabase)
    const seen = new Map((await Promise.all(direct.map((probe) => this.check(probe)))).map(byName))
    const isAway = seen.get('database')?.status === 'failing'
    const others = this.probes.filter(({ viaDatabase }) => viaDatabase)
    const rest = await Promise.all(others.map((probe) => (isAway ? unseen(probe) : this.check(probe))))
    for (const check of rest) seen.set(check.name, check)
    const checks = this.probes.flatMap(({ name }) => seen.get(name) ?? [])
    return { ready: checks.every(({ status }) => status === 'ok'), checks }
  }

  private async check(probe: Probe): Promise<Check> {
    const { name } = probe
    try {
      const detail = await within(this.options.patienceMs ?? PATIENCE_MS, this.lookOnce(probe), name)
      const check: Check = { name, status: 'ok', ...(detail !== undefined && { detail }) }
      if (this.failing.delete(name)) this.options.onChange?.(check, undefined)
      return check
    } catch (error) {
      const action = (error instanceof CheckFailure ? error.action : undefined) ?? probe.action
      const check: Check = { name, status: 'failing', detail: detailOf(error), action }
      if (!this.failing.has(name)) this.options.onChange?.(check, error)
      this.failing.add(name)
      return check
    }
  }

  private lookOnce(probe: Probe): Promise<string | undefined> {
    const underWay = this.looks.get(probe.name)
    if (underWay !== undefined) return underWay
    const look = probe.look().finally(() => this.looks.delete(probe.name))
    this.looks.set(probe.name, look)
    return look
  }
}

const byName = (check: Check): [CheckName, Check] => [check.name, check]

const unseen = ({ name }: Probe): Check => ({
  name,
  status: 'failing',
  detail: 'not known while the database is away',
})

/** What an error may be told as to anybody: its kind, which names no host and no address. */
export function detailOf(error: unknown): string {
  if (error instanceof CheckFailure) return error.detail
  if (error instanceof DeadlineError) return 'no answer in time'
  if (!(error instanceof Error)) return 'unknown failure'
  const { code, kind, driverError, cause } = error as Error & Record<'code' | 'kind' | 'driverError', unknown>
  if (typeof code === 'string') return code
  if (driverError instanceof Error || cause instanceof Error) return detailOf(driverError ?? cause)
  return typeof kind === 'string' ? kind : error.name
}

/** logChanges tells a log what begins to fail, and what is ok again. */
export function logChanges(log: {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
}): (check: Check, error: unknown) => void {
  return ({ name: check, status, detail, action }, error) => {
    if (status === 'ok') return log.info({ check, detail }, 'ready again')
    const reason = error instanceof Error && !(error instanceof CheckFailure) ? error.message : detail
    log.warn({ check, reason, action }, 'not ready')
  }
}
