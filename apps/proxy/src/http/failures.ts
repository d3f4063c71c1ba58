import type { ServerResponse } from 'node:http'
import { HttpException } from '@nestjs/common'
import { acceptedLanguage, failureAnswer, type Language, Refusal, type RefusalCause } from '@obb/contracts'

/*
 * The one writer of everything that is not a success. Whatever goes wrong with a request, wherever (controller,
 * router), ends here and leaves as the envelope; what never became a request is answered by `refuseSocket`.
 */

/** Seconds for Retry-After. */
const UNAVAILABLE_RETRY = 10

/** A refusal whose HTTP answer needs more than the table says. */
export class HttpRefusal extends Refusal {
  constructor(
    cause: RefusalCause,
    readonly http: { code?: number; headers?: Record<string, string> },
    options?: ConstructorParameters<typeof Refusal>[1],
  ) {
    super(cause, options)
  }
}

interface Rendered {
  code: number
  headers: Record<string, string>
  body: Buffer
}

/** toRefusal tells what a thrown value means to the client. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  const code = httpCodeOf(error)
  if (code === 404) return new Refusal('route_unknown')
  if (code !== undefined && code >= 400 && code < 500) return new Refusal('request_invalid')
  return new Refusal('internal', { internal: describe(error) })
}

/** Raises the refusal for what the proxy needs and cannot have now. */
export function unavailable(error: unknown): never {
  throw new Refusal('service_unavailable', { retryInSeconds: UNAVAILABLE_RETRY, internal: describe(error) })
}

/** An error for a log line: kind and message, never the fields around them (queries, parameters). */
export function describe(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : typeof error
}

/** Answers a request. A response that has begun cannot be taken back: its connection ends short. */
export function writeFailure(response: ServerResponse, refusal: Refusal): void {
  if (response.headersSent) {
    response.socket?.destroySoon()
    return
  }
  const language = acceptedLanguage(response.req.headers['accept-language'])
  const { code, headers, body } = render(refusal, language)
  response.writeHead(code, headers)
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

function render(refusal: Refusal, language: Language): Rendered {
  const answer = failureAnswer(refusal, false, language)
  const body = Buffer.from(JSON.stringify(answer.body))
  const own = refusal instanceof HttpRefusal ? refusal.http : {}
  return {
    code: own.code ?? answer.code,
    headers: {
      ...answer.headers,
      ...own.headers,
      'content-type': 'application/json; charset=utf-8',
      'content-language': language,
      'content-length': String(body.length),
      'cache-control': 'no-store',
      vary: 'Accept-Language',
      'x-content-type-options': 'nosniff',
    },
    body,
  }
}

function httpCodeOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus()
  const code = (error as { statusCode?: unknown } | null | undefined)?.statusCode
  return typeof code === 'number' ? code : undefined
}
