import { types } from 'node:util'
import { HttpException } from '@nestjs/common'
import { Refusal, type RefusalCause } from '@obb/contracts'
import { isDatabaseAway } from '@obb/core/database'
import { QueueError } from '@obb/core/queue'

const RETRY_S = 10

const BY_HTTP_CODE: Readonly<Record<number, RefusalCause>> = {
  404: 'route_unknown',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'media_type_unsupported',
}

/** toRefusal tells what a thrown value means to the client. */
export function toRefusal(error: unknown): Refusal {
  if (error instanceof Refusal) return error
  if (isAway(error)) {
    return new Refusal('service_unavailable', { retryInSeconds: RETRY_S, internal: textOf(error) })
  }
  const code = httpCodeOf(error)
  if (code !== undefined && code >= 400 && code < 500)
    return new Refusal(BY_HTTP_CODE[code] ?? 'request_invalid')
  return new Refusal('internal', { internal: textOf(error) })
}

/** Whether the database or the queue cannot be used at the moment, as opposed to a mistake of ours. */
export const isAway = (error: unknown): boolean => error instanceof QueueError || isDatabaseAway(error)

function httpCodeOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus()
  const code = (error as { statusCode?: unknown } | null | undefined)?.statusCode
  return typeof code === 'number' ? code : undefined
}

/** Kind and message for a log line, never the fields around them (queries and their parameters). */
export function textOf(error: unknown): string {
  return types.isNativeError(error) ? `${error.name}: ${error.message}` : typeof error
}
