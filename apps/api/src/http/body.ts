import type { IncomingMessage } from 'node:http'
import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import type { FastifyBodyParser, FastifyRequest } from 'fastify'
import type { CallerRequest } from '../callers/callers.js'
import { BYTES_PER_TOKEN } from '../callers/rate-limits.js'

/*
 * Bodies stay in the connection until it is known who sends them: the content type parsers put an UnreadBody into
 * `body`, and guards let nobody past without a valid key. JsonBody, the guard behind them, reads it. What a client
 * without a key sends is never held here: Node reads it off the connection and drops it once he is answered.
 */

/** A body of which nothing was read. */
export class UnreadBody {
  constructor(private readonly payload: IncomingMessage) {}

  /** Length in bytes as its sender says; undefined where he does not. */
  get announced(): number | undefined {
    const length = this.payload.headers['content-length']
    return length === undefined ? undefined : Number(length)
  }

  /**
   * read resolves with all of it, at most `limit` bytes. Raises Refusal `body_too_large`, and leaves the rest to Node,
   * which drops it: breaking off would be a reset that overtakes the answer; `request_invalid` where it breaks off.
   */
  read(limit: number): Promise<Buffer> {
    const { payload } = this
    return new Promise((resolve, reject) => {
      if ((this.announced ?? 0) > limit) return reject(new Refusal('body_too_large'))
      if (payload.destroyed) return reject(brokenOff())
      const chunks: Buffer[] = []
      let size = 0
      const settle = (done: () => void): void => {
        payload.off('data', take).off('end', end).off('error', breakOff).off('close', breakOff)
        done()
      }
      const take = (chunk: Buffer): void => {
        size += chunk.length
        if (size > limit) settle(() => reject(new Refusal('body_too_large')))
        else chunks.push(chunk)
      }
      const end = (): void => settle(() => resolve(Buffer.concat(chunks)))
      const breakOff = (): void => settle(() => reject(brokenOff()))
      payload.on('data', take).on('end', end).on('error', breakOff).on('close', breakOff)
    })
  }
}

function brokenOff(): Refusal {
  return new Refusal('request_invalid', { internal: 'the body broke off' })
}

/** The same of one that is JSON. */
export class UnreadJson extends UnreadBody {}

/** Reads the body of who was let in, where it is JSON: behind the guard that looks at the key. */
@Injectable()
export class JsonBody implements CanActivate {
  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const request = context.switchToHttp().getRequest<CallerRequest>()
    return request.body instanceof UnreadJson ? this.read(request, request.body) : true
  }

  /** Clients name JSON as the type of nothing, too. Whoever needs a body validates it. */
  private async read(request: CallerRequest, unread: UnreadJson): Promise<true> {
    const bytes = await unread.read(request.routeOptions.bodyLimit)
    request.meter?.charge(Math.floor(bytes.length / BYTES_PER_TOKEN))
    request.body = bytes.length === 0 ? undefined : await parse(request, bytes.toString('utf8'))
    return true
  }
}

/** Without `__proto__` and `constructor.prototype`, which no request of ours has. */
function parse(request: FastifyRequest, text: string): Promise<unknown> {
  const json: FastifyBodyParser<string> = request.server.getDefaultJsonParser('error', 'error')
  return new Promise((resolve, reject) => {
    void json(request, text, (error, body) => (error ? reject(error) : resolve(body)))
  })
}
