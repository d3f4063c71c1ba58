import { REFUSALS, type RefusalCause } from '@obb/contracts'
import { FAILURES } from '../http/api-failures.js'
import type { Operation } from './document-types.js'

const CAUSES = Object.keys(REFUSALS) as RefusalCause[]
const ALWAYS: readonly RefusalCause[] = ['service_unavailable', 'internal']
const WITH_KEY: readonly RefusalCause[] = ['key_invalid', 'rate_limited']
const WITH_BODY: readonly RefusalCause[] = ['request_invalid', 'body_too_large', 'media_type_unsupported']

/** What every call of the external API may be refused by: whatever is about the key or its account, and the rest. */
export const EVERY_CALL: readonly RefusalCause[] = [
  ...CAUSES.filter((cause) => REFUSALS[cause].status <= 2),
  'rate_limited',
  ...ALWAYS,
]

/** The causes that a call can be refused by, by their numbers: its own, and what follows from what it takes. */
export function callFailures(operation: Operation): RefusalCause[] {
  const { parameters = [], requestBody, security = [] } = operation
  const isUsers = security.length > 1
  const isRead = parameters.some(({ in: place, schema }) => place === 'query' || schema?.format === 'uuid')
  const causes = new Set<RefusalCause>([
    ...(operation[FAILURES] ?? []),
    ...(security.length > 0 ? WITH_KEY : []),
    ...(isUsers ? EVERY_CALL : []),
    ...(requestBody === undefined ? [] : WITH_BODY),
    ...(isRead ? (['request_invalid'] as const) : []),
    ...ALWAYS,
  ])
  return [...causes].sort((a, b) => REFUSALS[a].status - REFUSALS[b].status)
}
