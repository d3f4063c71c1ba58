import type { DownloadAnswer } from './adapter.js'
import { HostError } from './errors.js'
import type { HostErrorKind } from './errors.js'
import { parseRetryAfter, quotable } from '@obb/host-http'
import type { RefusalRule } from './refusal-rule.js'
import { readWords, wordsFor } from './refusal-words.js'

const MINUTE = 60_000

/** HTTP_REFUSALS are what HTTP itself says, where a platform's own table has nothing to say. */
export const HTTP_REFUSALS: readonly RefusalRule[] = [
  { status: [429], kind: 'RATE_LIMITED', message: 'too many requests', retryAfterMs: MINUTE },
  {
    status: [500, 501, 507],
    kind: 'HOST_TEMP',
    message: 'host has an internal error',
    retryAfterMs: 5 * MINUTE,
  },
  {
    status: [502, 503, 504, 520, 521, 522, 523, 524, 525, 526, 527, 530],
    kind: 'HOST_DOWN',
    message: 'host is down',
    retryAfterMs: 5 * MINUTE,
  },
]

export interface RefusedAnswer {
  at: string
  status: number
  /** Numbers and their digits are the same. */
  code?: string | number | undefined
  text: string
  /** The header `Retry-After`. */
  retryAfter?: string | undefined
  /** Wait that the body tells, ms from now. */
  retryAfterMs?: number | undefined
  /** What no message may repeat of what was sent. */
  sent?: readonly string[]
  now: number
}

/** Kinds that switch an account off. */
const LASTING: ReadonlySet<HostErrorKind> = new Set([
  'ACCOUNT_INVALID',
  'ACCOUNT_NOT_PREMIUM',
  'ACCOUNT_NEEDS_HUMAN',
  'CAPABILITY_OFF',
])

/** Kinds that a row which names no words gives way in: to words that say what passes by itself. */
const UNSURE: ReadonlySet<HostErrorKind> = new Set([
  ...(['ACCOUNT_INVALID', 'ACCOUNT_NOT_PREMIUM', 'CAPABILITY_OFF'] as const),
  ...(['SESSION_EXPIRED', 'LINK_EXPIRED', 'UNEXPECTED'] as const),
])

/**
 * The error of the first row that fits all it names, in table order. Where none does, or only one by its status and
 * code, the words that all hosts share are asked: so what passes by itself switches no account off. Where a status alone
 * says it the error is presumed, and words that nobody understands are kept with it, for the operator.
 */
export function errorByRules(
  table: readonly RefusalRule[],
  platform: string,
  answer: RefusedAnswer,
): HostError | undefined {
  const text = answer.text.toLowerCase()
  const row = firstRow(table, answer, text)
  const named = row?.text !== undefined || (row?.kind === 'UNEXPECTED' && row.code !== undefined)
  const sure = row !== undefined && (named || !UNSURE.has(row.kind))
  const said = sure ? undefined : saidBy(answer)
  const known = row !== undefined && row.kind !== 'UNEXPECTED'
  const meant = said !== undefined && !(known && LASTING.has(said.kind)) ? said : row
  if (meant === undefined) return undefined
  // The platform's own words or code say it, or its status and the words that all hosts share.
  const proven = meant === row && (namesReason(row) || said !== undefined)
  return errorOf(meant, platform, answer, {
    presumed: !proven,
    words: sure || said !== undefined ? undefined : wordsOf(answer),
  })
}

/** The row of what all hosts say. */
function saidBy(answer: RefusedAnswer): RefusalRule | undefined {
  const { isPage, text } = readWords(answer.text)
  const words = text.toLowerCase()
  return firstRow(wordsFor(answer.at, words, isPage), answer, words)
}

/** Whether a row names words, or a code that is more than a status of HTTP. */
function namesReason({ code, text }: RefusalRule): boolean {
  return text !== undefined || (code?.some((one) => !/^[45]\d\d$/.test(String(one))) ?? false)
}

/** What an answer says to a person, as it may stand in a message. */
export function wordsOf({ sent = [], text }: { sent?: readonly string[]; text: string }): string {
  return quotable(readWords(text).text, sent)
}

/** The same by the table alone: for servers that no account is at. */
export function errorByTable(
  table: readonly RefusalRule[],
  platform: string,
  answer: RefusedAnswer,
): HostError | undefined {
  const row = firstRow(table, answer, answer.text.toLowerCase())
  return row && errorOf(row, platform, answer)
}

function firstRow(
  table: readonly RefusalRule[],
  { at, code, status }: RefusedAnswer,
  text: string,
): RefusalRule | undefined {
  return table.find(
    (row) =>
      (row.at?.includes(at) ?? true) &&
      (row.status?.includes(status) ?? true) &&
      (row.code?.some((one) => String(one) === String(code)) ?? true) &&
      (row.text?.some((part) => contains(text, part)) ?? true),
  )
}

function errorOf(
  row: RefusalRule,
  platform: string,
  answer: RefusedAnswer,
  { presumed = false, words }: { presumed?: boolean; words?: string | undefined } = {},
): HostError {
  const delay = answer.retryAfterMs ?? row.retryAfterMs
  const inWords = delay === undefined ? undefined : answer.now + delay
  const retryAt = parseRetryAfter(answer.retryAfter, answer.now) ?? inWords
  return new HostError(row.kind, `${platform}: ${row.message}`, {
    ...(retryAt !== undefined && { retryAt }),
    ...(row.humanAction !== undefined && { humanAction: row.humanAction }),
    ...(words !== undefined && { words }),
    presumed,
  })
}

function contains(text: string, part: string | RegExp): boolean {
  return typeof part === 'string' ? text.includes(part) : part.test(text)
}

/** `explainDownload` by the rows of a table for `at`, and then by what HTTP itself says. */
export function explainBy(
  platform: string,
  table: readonly RefusalRule[],
  at = 'download',
): (answer: DownloadAnswer) => HostError | undefined {
  const rows = [...table, ...HTTP_REFUSALS]
  return ({ headers, now, status, text, url = '' }) => {
    const sent = url.split(/[/?&=]/)
    return errorByRules(rows, platform, { at, status, text, sent, retryAfter: headers['retry-after'], now })
  }
}
