import { type HostCall, subjectOf } from '@obb/core/queue'
import { contextOfNow } from '@obb/core/tracing'
import type { AskAlone } from '@obb/host-adapters'

/** Whoever asked gives up long before, and asks again within: after so long nobody wants it, ms. */
const FORGOTTEN_MS = 60_000

/** A host call that waits for its turn or is being made, for all accounts that want it. */
export class WaitingCall {
  readonly subject: string
  /** Resolves when the call was made, or is forgotten; rejects with what broke it off. */
  readonly outcome: Promise<void>
  readonly accounts = new Set<string>()
  /** Runs work for the request that asked first. */
  readonly inContext = contextOfNow()
  isUnderWay = false
  /** Whether its file may be asked about in one call with others. */
  mayGoTogether: boolean
  /** How its file is asked about, where a call for many has found that out. */
  alone: AskAlone | undefined
  end!: () => void
  fail!: (error: unknown) => void
  private readonly turns: (() => void)[] = []
  private readonly timer: NodeJS.Timeout

  constructor(
    readonly call: HostCall,
    readonly stop: AbortSignal,
  ) {
    this.subject = subjectOf(call)
    this.mayGoTogether = call.call === 'inspect'
    this.timer = setTimeout(() => {
      if (!this.isUnderWay) this.end()
    }, FORGOTTEN_MS)
    const stopped = (): void => this.fail(stop.reason)
    stop.addEventListener('abort', stopped, { once: true })
    const outcome = new Promise<void>((resolve, reject) => {
      this.end = resolve
      this.fail = reject
    })
    this.outcome = outcome.finally(() => {
      stop.removeEventListener('abort', stopped)
      clearTimeout(this.timer)
      this.leaveTurns()
    })
  }

  /** Has a turn to come, which `leave` gives up. */
  addTurn(leave: () => void): void {
    if (this.isUnderWay) leave()
    else this.turns.push(leave)
  }

  /** Takes the first turn that comes and gives up the others; false where it has had one. */
  begin(): boolean {
    if (this.isUnderWay) return false
    this.isUnderWay = true
    this.leaveTurns()
    return true
  }

  /** Goes back to waiting: its file takes calls of its own. */
  waitAlone(alone: AskAlone | undefined): void {
    this.isUnderWay = false
    this.mayGoTogether = false
    this.alone = alone
  }

  private leaveTurns(): void {
    for (const leave of this.turns.splice(0)) leave()
  }
}
