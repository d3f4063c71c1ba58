import { setTimeout as sleep } from 'node:timers/promises'
import type { HostHttp, HostRequest } from './host-http.js'
import { HostError } from './host-error.js'
import { networkCode } from './network-fault.js'

export interface RetryRules {
  /** Tries in all. */
  tries: number
  /** Before the second try, ms; twice as long before each further one, varied by a half. */
  pauseMs: number
  /** Rejects with the signal's reason when it aborts. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
  /** [0, 1). */
  random(): number
}

const RULES: RetryRules = {
  tries: 3,
  pauseMs: 200,
  wait: async (ms, signal) => {
    await sleep(ms, undefined, signal === undefined ? {} : { signal })
  },
  random: Math.random,
}

/** The connection did not come about or broke before a head came; time that ran out is not asked for again. */
const WORTH_ANOTHER: ReadonlySet<string> = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'EAI_AGAIN', 'ENETUNREACH', 'EHOSTUNREACH'],
])

/**
 * Asks again what may be asked twice: GET, HEAD, and what an adapter marks as `idempotent`, after a network
 * failure before any answer. An answer, whatever its status, is never asked for again.
 */
export function retryingHttp(http: HostHttp, changes: Partial<RetryRules> = {}): HostHttp {
  const { tries, pauseMs, random, wait } = { ...RULES, ...changes }
  async function insist<T>(request: HostRequest, send: () => Promise<T>): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await send()
      } catch (error) {
        if (attempt >= tries || !mayRepeat(request) || !isPassing(error)) throw error
        await wait(pauseMs * 2 ** (attempt - 1) * (0.5 + random()), request.signal)
      }
    }
  }
  return {
    request: (request) => insist(request, () => http.request(request)),
    open: (request) => insist(request, () => http.open(request)),
    stream: (request) => insist(request, () => http.stream(request)),
    connect: (target) => http.connect(target),
  }
}

function mayRepeat({ form, idempotent, json, method, raw }: HostRequest): boolean {
  const hasBody = form !== undefined || json !== undefined || raw !== undefined
  return idempotent ?? (!hasBody && (method === undefined || method === 'GET' || method === 'HEAD'))
}

function isPassing(error: unknown): boolean {
  return (
    error instanceof HostError && error.kind === 'HOST_TEMP' && WORTH_ANOTHER.has(networkCode(error) ?? '')
  )
}
