import { types } from 'node:util'
import { HttpException } from '@nestjs/common'
import { Refusal, type RefusalCause } from '@obb/contracts'
import { QueueError } from '@obb/core/queue'
import { QueryFailedError } from 'typeorm'

const RETRY_S = 10

const BY_HTTP_CODE: Readonly<Record<number, RefusalCause>> = {
  404: 'route_unknown',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'media_type_unsupported',
}

/** PostgreSQL is away, starting, stopping, or has no connection left (SQLSTATE classes 08, 53, 57). */
const AWAY_STATES = /^(08|53|57)/
const AWAY_CODES = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN'])
const AWAY_TEXTS =
  /Connection terminated|timeout exceeded when trying to connect|Connection ended|not queryable|Cannot use a pool after|connection timeout|Query runner already released/i

/** What a thrown value means to the client. */
export function refusalOf(error: unknown): Refusal {
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
export function isAway(error: unknown): boolean {
  if (error instanceof QueueError) return true
  if (!types.isNativeError(error)) return false
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error
  if (cause instanceof AggregateError) return cause.errors.some(isAway)
  const code = (cause as { code?: unknown }).code
  if (typeof code === 'string' && (AWAY_CODES.has(code) || (code.length === 5 && AWAY_STATES.test(code))))
    return true
  return AWAY_TEXTS.test(error.message)
}

function httpCodeOf(error: unknown): number | undefined {
  if (error instanceof HttpException) return error.getStatus()
  const code = (error as { statusCode?: unknown } | null | undefined)?.statusCode
  return typeof code === 'number' ? code : undefined
}

/** Kind and message for a log line, never the fields around them (queries and their parameters). */
export function textOf(error: unknown): string {
  return types.isNativeError(error) ? `${error.name}: ${error.message}` : typeof error
}
