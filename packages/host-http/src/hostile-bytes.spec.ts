import fc from 'fast-check'
import { describe, expect, it } from '@jest/globals'
import { parseRetryAfter } from './fields.js'
import { isPage, looksLikeHtml } from './page.js'
import { quotable } from './redaction.js'

const RUNS = { numRuns: 2_000 * Number(process.env['RUNS'] ?? 1) }
const NOW = Date.UTC(2026, 0, 1)

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  'Retry-After': (text) => {
    const at = parseRetryAfter(text, NOW) ?? NOW + 1_000
    expect(at).toBeGreaterThanOrEqual(NOW + 1_000)
    expect(at).toBeLessThanOrEqual(NOW + 3_600_000)
  },
  'a page': (text) => [isPage({ 'content-type': text, 'content-disposition': text }), looksLikeHtml(text)],
  'words to quote': (text) => expect(quotable(text, ['secret']).length).toBeLessThanOrEqual(160),
}

describe('what a host sends', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('text/html', 'attachment', '<html>', '?key=', 'Bearer ', 'a@b.c', ';', '"'),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    fc.integer().map(String),
  )
  const texts = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''))

  it.each(Object.entries(readers))('is read, whatever it is: %s', (_, read) => {
    fc.assert(
      fc.property(texts, (text) => void read(text)),
      RUNS,
    )
  })
})
