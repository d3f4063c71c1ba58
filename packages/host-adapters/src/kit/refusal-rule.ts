import type { HostErrorKind, HumanAction } from './errors.js'

/** One row of a platform's table of refusals: what the host says, and what that means. */
export interface RefusalRule {
  /** Places where the row holds; everywhere when absent. */
  at?: readonly string[]
  status?: readonly number[]
  /** Any of these is the code that the answer states. */
  code?: readonly (string | number)[]
  /** Any of these in the answer's text in lower case. */
  text?: readonly (string | RegExp)[]
  kind: HostErrorKind
  /** Our own words, for logs: a host's prose may repeat what was sent to it. */
  message: string
  /** When another try makes sense, ms from now; what the host itself says goes first. */
  retryAfterMs?: number
  /** Human action of an ACCOUNT_NEEDS_HUMAN. */
  humanAction?: HumanAction
}
