import type { Operation, Target } from './exchange.js'

/** Which requests a fault strikes: all that match, `times` of them (1 unless given). */
export interface Strike {
  operation?: Operation
  key?: string
  times?: number
}

/** Break is where a transfer breaks: after `afterBytes` of the body the client sends, or of the body it gets. */
export interface Break {
  on: 'request' | 'response'
  /** With 0 of a response not even its head is sent, although the operation was carried out. */
  afterBytes: number
}

export type Fault = { kind: 'fail'; status: number; code: string } | ({ kind: 'reset' | 'stall' } & Break)

/** Faults to come. The first one added that matches a request strikes it; a request has at most one. */
export class Faults {
  readonly #pending: { strike: Strike; left: number; fault: Fault }[] = []
  readonly #released = new Set<() => void>()
  #down = false
  readonly #closeConnections: () => void

  /** `closeConnections` cuts every connection there is. */
  constructor(closeConnections: () => void) {
    this.#closeConnections = closeConnections
  }

  get isDown(): boolean {
    return this.#down
  }

  /** Answers `status` with this error code instead of doing anything. */
  fail(strike: Strike, { status, code }: { status: number; code: string }): void {
    this.#add(strike, { kind: 'fail', status, code })
  }

  /** Resets the connection. */
  reset(strike: Strike, where: Break): void {
    this.#add(strike, { kind: 'reset', ...where })
  }

  /** Falls silent, until `clear` or the end of the server closes the connection. */
  stall(strike: Strike, where: Break): void {
    this.#add(strike, { kind: 'stall', ...where })
  }

  /** Cuts all connections and every new one at once, until `up`. */
  down(): void {
    this.#down = true
    this.#closeConnections()
  }

  up(): void {
    this.#down = false
  }

  /** Forgets the faults to come and closes what is stalled. */
  clear(): void {
    this.#pending.length = 0
    for (const release of this.#released) release()
    this.#released.clear()
  }

  /** The fault for this request, used up by it. */
  take({ operation, key }: Target): Fault | undefined {
    const index = this.#pending.findIndex(
      ({ strike }) => (strike.operation ?? operation) === operation && (strike.key ?? key) === key,
    )
    const found = this.#pending[index]
    if (found !== undefined && --found.left === 0) this.#pending.splice(index, 1)
    return found?.fault
  }

  /** Resolves when stalled requests are let go. */
  released(): Promise<void> {
    return new Promise((resolve) => this.#released.add(resolve))
  }

  #add(strike: Strike, fault: Fault): void {
    this.#pending.push({ strike, left: strike.times ?? 1, fault })
  }
}
