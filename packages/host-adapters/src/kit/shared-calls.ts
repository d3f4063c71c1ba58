interface UnderWay<T> {
  result: Promise<T>
  callers: number
  stop: AbortController
}

/** Calls that are made once for all who want the same at one moment. */
export class SharedCalls<T> {
  private readonly underWay = new Map<string, UnderWay<T>>()

  /**
   * What the call under `key` that is under way gives, `call` being made where there is none. It is aborted when the
   * last who wait for it have aborted; each of them is rejected with the reason of its own signal.
   */
  async ask(key: string, signal: AbortSignal, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    signal.throwIfAborted()
    const shared = this.underWay.get(key) ?? this.begin(key, call)
    shared.callers++
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        reject(signal.reason as Error)
        if (--shared.callers > 0) return
        this.end(key, shared)
        shared.stop.abort(signal.reason)
      }
      signal.addEventListener('abort', leave, { once: true })
      void shared.result.then(resolve, reject).finally(() => signal.removeEventListener('abort', leave))
    })
  }

  private begin(key: string, call: (signal: AbortSignal) => Promise<T>): UnderWay<T> {
    const stop = new AbortController()
    const shared = { result: call(stop.signal).finally(() => this.end(key, shared)), callers: 0, stop }
    this.underWay.set(key, shared)
    return shared
  }

  /** Whoever comes later asks anew. */
  private end(key: string, shared: UnderWay<T>): void {
    if (this.underWay.get(key) === shared) this.underWay.delete(key)
  }
}
