import { z } from 'zod'
import { field } from '../../kit/fields/schema.js'
import type { ParsedRefusal } from '../../kit/json/json-api.js'
import type { RefusalRule } from '../../kit/refusal-rule.js'

const HOUR = 3_600_000

/** REFUSALS are what Sample refuses, first fit wins. `at`: a call of the API, or `download` (the direct link). */
export const REFUSALS: readonly RefusalRule[] = [
  { code: ['bad_key'], kind: 'ACCOUNT_INVALID', message: 'API key is wrong' },
  { code: ['not_found'], kind: 'FILE_GONE', message: 'file does not exist' },
  { text: ['limit reached'], kind: 'ACCOUNT_QUOTA', message: 'traffic is used up', retryAfterMs: HOUR },
  { at: ['download'], status: [401, 403, 404, 410], kind: 'LINK_EXPIRED', message: 'link has expired' },
]

const refusal = z.object({ error: field.requiredText, message: field.text })

/** `{error, message}` with whatever HTTP status. */
export function parseRefusal(json: unknown): ParsedRefusal | undefined {
  const { data } = refusal.safeParse(json)
  return data && { code: data.error, text: data.message }
}
