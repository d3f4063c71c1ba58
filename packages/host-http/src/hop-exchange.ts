import type { OnReadOpts } from 'node:net'
import { type Body, type ConnectionPool, type Terms, exchange, requestHead } from '@obb/http-engine'
import type { Hop } from './hop.js'
import type { BodyReader } from './host-http.js'
import { networkError } from './network-fault.js'
import type { Route } from './route.js'

/** The answer to one request of a chain of redirects. */
export interface HopAnswer {
  status: number
  headers: Readonly<Record<string, string>>
  setCookie: readonly string[]
  body: BodyReader
}

/** One request and its answer. Raises HostErrors or the signal's reason, which also end the body's reads. */
export async function exchangeHop(
  pool: ConnectionPool,
  { key, connect, elsewhere }: Route,
  { method, url, headers, body }: Hop,
  terms: Terms,
): Promise<HopAnswer> {
  const destination = {
    ...{ key: `${key} ${url.origin}`, tls: url.protocol === 'https:' },
    dial: (onread: OnReadOpts, signal: AbortSignal) => connect(url, signal, onread),
  }
  try {
    const head = requestHead(method, url, headers, body)
    const answer = await exchange(pool, destination, { method, head, body }, terms)
    return { ...answer, body: new HostBody(answer.body, url.href, { elsewhere, signal: terms.signal }) }
  } catch (error) {
    terms.signal?.throwIfAborted()
    throw networkError(error, url.href, 'head', elsewhere)
  }
}

class HostBody implements BodyReader {
  constructor(
    private readonly body: Body,
    private readonly url: string,
    private readonly of: { elsewhere: boolean; signal: AbortSignal | undefined },
  ) {}

  async next(): Promise<Buffer | undefined> {
    try {
      return await this.body.read()
    } catch (error) {
      this.of.signal?.throwIfAborted()
      throw networkError(error, this.url, 'body', this.of.elsewhere)
    }
  }

  close(): void {
    this.body.close()
  }
}
