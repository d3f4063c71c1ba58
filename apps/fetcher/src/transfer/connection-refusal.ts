import { HostError, type HostErrorKind, networkCode } from '@obb/host-adapters'
import { RangesRefused } from './download-answer.js'

/** CROWDED are the kinds in which hosts say that a connection is one too many. */
const CROWDED: ReadonlySet<HostErrorKind> = new Set<HostErrorKind>([
  ...(['HOST_TEMP', 'HOST_DOWN', 'RATE_LIMITED', 'ACCOUNT_BUSY', 'ACCOUNT_RATE', 'FILE_RESTRICTED'] as const),
])

/** What was raised, or what it means where ranges of the file are served. */
export function meaningOf(error: unknown): unknown {
  return error instanceof RangesRefused ? (error.meaning ?? error) : error
}

/** Whether a refusal may be of one connection among several. */
export function mayConcernConnection(error: unknown): boolean {
  const meaning = meaningOf(error)
  if (!(meaning instanceof HostError) || !meaning.retryable) return false
  return CROWDED.has(meaning.kind) || (error !== meaning && meaning.kind === 'UNEXPECTED')
}

/** CUT are the codes of a connection that a host closes in place of an answer. */
const CUT: ReadonlySet<string> = new Set(['ECONNRESET', 'ECONNABORTED', 'EPIPE'])

/** Whether a request had no answer, but its connection was closed. */
export function isCut(error: unknown): error is HostError {
  return error instanceof HostError && error.kind === 'HOST_TEMP' && CUT.has(networkCode(error) ?? '')
}

/** On a new connection at once: the host said nothing about the file, the account or itself. */
export function isWorthAnotherTry(error: unknown): boolean {
  if (error instanceof RangesRefused) return error.passing
  if (!(error instanceof HostError)) return false
  return (
    error.kind === 'TRUNCATED' ||
    (error.kind === 'HOST_TEMP' && error.retryable && error.retryAt === undefined)
  )
}

/** Whether what else is being served decides what an error means. */
export function dependsOnOthers(error: unknown): boolean {
  return mayConcernConnection(error) || meaningOf(error) !== error
}
