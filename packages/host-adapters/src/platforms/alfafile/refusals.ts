import { COMMON_REFUSALS } from '../../dialects/rapidgator/refusals.js'
import type { RefusalRule } from '../../kit/refusal-rule.js'

const MINUTE = 60_000

/** REFUSALS are what Alfafile refuses, first fit wins; `at` as in COMMON_REFUSALS. */
export const REFUSALS: readonly RefusalRule[] = [
  {
    text: ['delay between downloads'],
    kind: 'ACCOUNT_QUOTA',
    message: 'account has to wait between downloads',
    retryAfterMs: 60 * MINUTE,
  },
  {
    text: ['temporarily unavailable'],
    kind: 'HOST_TEMP',
    message: 'download is temporarily unavailable',
    retryAfterMs: 10 * MINUTE,
  },
  ...COMMON_REFUSALS,
]
