import { ApiExtension } from '@nestjs/swagger'
import type { RefusalCause } from '@obb/contracts'

/** Name of the field of an operation, in the OpenAPI document, that lists the causes it can be refused by. */
export const FAILURES = 'x-failures'

/** What a call can be refused by beside what every call of its kind can (docs/call-failures.ts). */
export function ApiFailures(...causes: readonly RefusalCause[]): MethodDecorator {
  return ApiExtension(FAILURES, [...causes])
}

/** What a host, or we of it, may say of a file. */
export const FILE_FAILURES = [
  'url_unsupported',
  'several_links',
  'file_blocked',
  'file_restricted',
  'nzb_refused',
  'file_gone',
  'password_required',
  'password_wrong',
  'no_fetcher',
  'host_unavailable',
  'upstream_error',
  'pool_exhausted',
  'pool_empty',
] as const satisfies RefusalCause[]

/** What may stand between a file and a link to it. */
export const LINK_FAILURES = [
  ...FILE_FAILURES,
  'maintenance',
  'traffic_insufficient',
  'host_usage_exceeded',
  'slots_full',
  'solo_slot_full',
  'folder_given',
  'folder_unlisted',
  'size_unknown',
  'store_full',
  'store_unavailable',
] as const satisfies RefusalCause[]
