import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { crossOriginFields, preflightFields } from '@obb/core/origin'

/** What pages of any origin may read of every answer, and what they may send. */
export const FOR_PAGES: Readonly<Record<string, string>> = crossOriginFields([
  'Accept-Ranges',
  'Allow',
  'Content-Disposition',
  'Content-Length',
  'Content-MD5',
  'Content-Range',
  'Date',
  'Digest',
  'ETag',
  'Repr-Digest',
  'Retry-After',
  'X-Amz-Meta-Md5-Hash',
  'X-Goog-Hash',
])
export const PREFLIGHT = preflightFields(['GET', 'HEAD'])

/** Before anything else of a request. */
export function addFieldsForPages(server: Server): void {
  server.prependListener('request', (_request: IncomingMessage, response: ServerResponse) => {
    for (const name in FOR_PAGES) response.setHeader(name, FOR_PAGES[name] ?? '')
  })
}
