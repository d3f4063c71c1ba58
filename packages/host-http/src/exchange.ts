import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import type { ClientPool, Lease, Route } from './client-pool.js'
import { networkError } from './network-fault.js'

/** One request and its answer, without redirects. */
export interface Exchange {
  status: number
  headers: Readonly<Record<string, string>>
  setCookie: readonly string[]
  /** Errors are HostErrors, or the abort reason. Destroying it closes the connection. */
  body: Readable
}

/**
 * Runs one HTTP exchange. Resolves with the head; the body streams with backpressure. The signal counts
 * from the first moment to the last byte: its reason rejects the promise or errors the body, and the
 * connection is closed.
 */
export function exchange(
  pool: ClientPool,
  route: Route,
  url: URL,
  options: Omit<Dispatcher.DispatchOptions, 'origin' | 'path'>,
  signal: AbortSignal | undefined,
): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(abortReason(signal))
    const lease = pool.lease(route, url.origin)
    let body: ExchangeBody | undefined

    const fail = (error: Error): void => {
      signal?.removeEventListener('abort', onAbort)
      // First this error: the end of a connection that is still being made reports one of its own at once.
      if (body === undefined) reject(error)
      else body.destroy(error)
      lease.end('close')
    }
    const onAbort = (): void => fail(abortReason(signal))
    signal?.addEventListener('abort', onAbort, { once: true })

    lease.client.dispatch(
      { ...options, origin: url.origin, path: url.pathname + url.search },
      {
        // undici takes a handler for one of its present kind by this method.
        onRequestStart: () => undefined,
        onResponseStart(controller, status, headers) {
          if (status < 200) return
          body = new ExchangeBody(controller, lease)
          body.once('close', () => signal?.removeEventListener('abort', onAbort))
          resolve({ status, headers: joined(headers), setCookie: [headers['set-cookie'] ?? []].flat(), body })
        },
        onResponseData(controller, chunk) {
          if (body?.push(chunk) === false) controller.pause()
        },
        onResponseEnd() {
          body?.push(null)
          lease.end('reuse')
        },
        onResponseError(_controller, error) {
          fail(networkError(error, url.href, body === undefined ? 'head' : 'body'))
        },
      },
    )
  })
}

class ExchangeBody extends Readable {
  constructor(
    private readonly controller: Dispatcher.DispatchController,
    private readonly lease: Lease,
  ) {
    super({ highWaterMark: 256 * 1024 })
    // The consumer may still be busy elsewhere when the connection breaks; it finds the stored error later.
    this.on('error', () => undefined)
  }

  override _read(): void {
    this.controller.resume()
  }

  /** After the last byte the lease has ended already, and this closes nothing. */
  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    this.lease.end('close')
    callback(error)
  }
}

function joined(headers: IncomingHttpHeaders): Record<string, string> {
  const flat: Record<string, string> = {}
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) flat[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : value
  }
  return flat
}

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason
  return reason instanceof Error ? reason : new DOMException('The operation was aborted', 'AbortError')
}
