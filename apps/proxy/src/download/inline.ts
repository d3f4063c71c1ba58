import { inlineTypeOf } from '@obb/contracts'
import type { ServedAnswer } from './answer.js'

/**
 * The answer as a browser shows it in place of saving it: with its media type, where that is one of those that hold no
 * script and no markup (inlineTypeOf). All else is a download, whatever is asked. The type is never guessed (`nosniff`),
 * and the sandbox stays, but for PDF: Chromium shows none in one, and its viewer is a page of its own.
 */
export function asInline(answer: ServedAnswer, name: string): ServedAnswer {
  const { code, headers, segments } = answer
  const type = inlineTypeOf(name)
  const isMultipart = String(headers['content-type'] ?? '').startsWith('multipart/')
  if (type === undefined || code === 304 || isMultipart) return answer
  const disposition = String(headers['content-disposition']).replace(/^attachment/, 'inline')
  const shown: ServedAnswer['headers'] = {
    ...headers,
    'content-type': type,
    'content-disposition': disposition,
  }
  if (type === 'application/pdf') delete shown['content-security-policy']
  return { code, headers: shown, segments }
}
