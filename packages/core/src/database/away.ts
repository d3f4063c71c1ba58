import { types } from 'node:util'
import { QueryFailedError } from 'typeorm'

/**
 * PostgreSQL is away, starting, stopping, full, or has no connection left (SQLSTATE classes 08, 53, 57), lets nobody in
 * (28, 3D000), or takes no changes (25006).
 */
const AWAY_STATES = /^((08|28|53|57)...|3D000|25006)$/
/** AWAY_CODES are the error codes of sockets and name look-ups. */
const AWAY_CODES = new Set([
  ...[
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
    'ETIMEDOUT',
    'ENOTFOUND',
    'EAI_AGAIN',
    'EHOSTUNREACH',
    'ENETUNREACH',
  ],
])
/** AWAY_TEXTS fits the messages of errors that pg gives no code. */
const AWAY_TEXTS =
  /connection terminated|connection ended|connection timeout|timeout expired|timeout exceeded when trying to connect|not queryable|cannot use a pool after/i
/** AWAY_NAMES are the errors of TypeORM for whoever still holds what a lost connection has taken along. */
const AWAY_NAMES = new Set([
  ...['QueryRunnerProviderAlreadyReleasedError', 'QueryRunnerAlreadyReleasedError'],
  ...['TransactionNotStartedError', 'ConnectionIsNotSetError', 'CannotExecuteNotConnectedError'],
])

/** Whether an error of a query says that the database cannot be used now, as opposed to a mistake of ours. */
export function isDatabaseAway(error: unknown): boolean {
  if (!types.isNativeError(error)) return false
  const cause: unknown = error instanceof QueryFailedError ? error.driverError : error
  if (cause instanceof AggregateError) return cause.errors.some(isDatabaseAway)
  const code = (cause as { code?: unknown }).code
  if (typeof code === 'string' && (AWAY_CODES.has(code) || AWAY_STATES.test(code))) return true
  return (
    AWAY_NAMES.has(error.name) ||
    AWAY_TEXTS.test(error.message) ||
    /query runner already released/i.test(error.message)
  )
}
