import type { IncomingHttpHeaders } from 'node:http'
import { Readable } from 'node:stream'
import type { Dispatcher } from 'undici'
import { networkError } from './network-fault.js'

/** One request and its answer, without redirects. */
export interface Exchange {
  status: number
  headers: Readonly<Record<string, string>>
  /** Errors are HostErrors, or the abort reason. Destroying it closes the connection. */
  body: Readable
}

/**
 * Runs one HTTP exchange. Resolves with the head; the body streams with backpressure. The signal counts
 * from the first moment to the last byte: its reason rejects the promise or errors the body, and the
 * socket is closed.
 */
export function exchange(
  dispatcher: Dispatcher,
  url: URL,
  options: Omit<Dispatcher.DispatchOptions, 'origin' | 'path'>,
  signal: AbortSignal | undefined,
): Promise<Exchange> {
  return new Promise((resolve, reject) => {
    let controller: Dispatcher.DispatchController | undefined
    let body: ExchangeBody | undefined

    const fail = (error: Error): void => {
      signal?.removeEventListener('abort', onAbort)
      if (body === undefined) reject(error)
      else body.destroy(error)
    }
    const onAbort = (): void => {
      const reason = abortReason(signal)
      fail(reason)
      controller?.abort(reason)
    }
    if (signal?.aborted) return reject(abortReason(signal))
    signal?.addEventListener('abort', onAbort, { once: true })

    dispatcher.dispatch(
      { ...options, origin: url.origin, path: url.pathname + url.search },
      {
        onRequestStart(started) {
          controller = started
          if (signal?.aborted) started.abort(abortReason(signal))
        },
        onResponseStart(started, status, headers) {
          if (status < 200) return
          body = new ExchangeBody(started)
          body.once('close', () => signal?.removeEventListener('abort', onAbort))
          resolve({ status, headers: joined(headers), body })
        },
        onResponseData(started, chunk) {
          if (body?.push(chunk) === false) started.pause()
        },
        onResponseEnd() {
          body?.finish()
        },
        onResponseError(_controller, error) {
          if (signal?.aborted) fail(abortReason(signal))
          else fail(networkError(error, url.href, body === undefined ? 'head' : 'body'))
        },
      },
    )
  })
}

class ExchangeBody extends Readable {
  private complete = false

  constructor(private readonly controller: Dispatcher.DispatchController) {
    super({ highWaterMark: 256 * 1024 })
    // The consumer may still be busy elsewhere when the connection breaks; it finds the stored error later.
    this.on('error', () => undefined)
  }

  finish(): void {
    this.complete = true
    this.push(null)
  }

  override _read(): void {
    this.controller.resume()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.complete) this.controller.abort(error ?? new Error('body abandoned'))
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
