import { numberOf } from '../fields/numbers.js'
import { HostError } from '../errors.js'
import type { DownloadAnswer } from '../adapter.js'
import { jsonOf } from '../json/json-text.js'
import { errorByRules } from '../refusal-rules.js'
import type { RefusalRule } from '../refusal-rule.js'
import { refusalCode } from './api.js'

const SECOND = 1000
const MINUTE = 60 * SECOND
const MAX_WAIT_SECONDS = 86_400
const OVER_QUOTA = 509

/** What the negative numbers of the SDK mean wherever they come from; a platform puts its own rows before them. */
export const CODES: readonly RefusalRule[] = [
  { code: [-1], kind: 'HOST_TEMP', message: 'host has an internal error', retryAfterMs: 16 * SECOND },
  { code: [-3], kind: 'HOST_TEMP', message: 'host asks to try again', retryAfterMs: 4 * SECOND },
  { code: [-2], kind: 'BAD_URL', message: 'host does not take the link' },
  {
    code: [-4, -6],
    kind: 'RATE_LIMITED',
    message: 'too many requests of the API',
    retryAfterMs: 16 * SECOND,
  },
  { code: [-5, -7, -10, -12], kind: 'UNEXPECTED', message: 'host gives a failure that belongs to uploads' },
  { code: [-9], kind: 'FILE_GONE', message: 'file does not exist' },
  { code: [-11], kind: 'FILE_RESTRICTED', message: 'access to the file is denied' },
  { code: [-13], kind: 'HOST_TEMP', message: 'file is not complete', retryAfterMs: 5 * MINUTE },
  { code: [-16], kind: 'FILE_BLOCKED', message: 'file is blocked' },
  { code: [-18], kind: 'HOST_TEMP', message: 'file is temporarily unavailable', retryAfterMs: 5 * MINUTE },
]

/** `explainDownload` of a platform with files on Mega's storage servers, which say how long a quota is used up. */
export function explainStorage(
  platform: string,
  refusals: readonly RefusalRule[],
): (answer: DownloadAnswer) => HostError | undefined {
  return ({ headers, now, status, text }) => {
    const code = refusalCode(jsonOf(text)?.json)
    const retryAfter = headers['retry-after']
    const error = errorByRules(refusals, platform, { at: 'download', status, code, text, retryAfter, now })
    const seconds = numberOf(headers['x-mega-time-left'])
    if (error === undefined || status !== OVER_QUOTA || seconds === undefined || seconds <= 0) return error
    return new HostError(error.kind, error.message, {
      retryAt: now + Math.min(seconds, MAX_WAIT_SECONDS) * 1000,
    })
  }
}
