import fc from 'fast-check'
import { describe, expect, it } from '@jest/globals'
import { ChunkedDecoder, NetworkFault, parseHead } from '@obb/http-engine'
import { parseRetryAfter } from './fields.js'
import { isPage, looksLikeHtml } from './page.js'
import { quotable } from './redaction.js'

const RUNS = { numRuns: 10_000 }
const NOW = Date.UTC(2026, 0, 1)
const LONG = 100_000
/** For 100 KB; a catastrophic expression takes minutes. */
const LONG_MS = 1_000

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  'the head of an answer': (text) => {
    const { length, status } = parseHead(text, 'GET')
    expect(status).toBeGreaterThanOrEqual(100)
    expect(typeof length === 'string' || Number.isSafeInteger(length)).toBe(true)
  },
  'headers behind a good status line': (text) => parseHead(`HTTP/1.1 200 OK\r\n${text}`, 'GET'),
  'a chunked body': (text) => {
    const bytes = Buffer.from(text, 'latin1')
    const before = bytes.length
    expect(new ChunkedDecoder().decode(bytes).length).toBeLessThanOrEqual(before)
  },
  'Retry-After': (text) => {
    const at = parseRetryAfter(text, NOW) ?? NOW + 5_000
    expect(at).toBeGreaterThanOrEqual(NOW + 5_000)
    expect(at).toBeLessThanOrEqual(NOW + 3_600_000)
  },
  'a page': (text) => [isPage({ 'content-type': text, 'content-disposition': text }), looksLikeHtml(text)],
  'words to quote': (text) => expect(quotable(text, ['secret']).length).toBeLessThanOrEqual(160),
}

describe('what a host sends', () => {
  const piece = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('HTTP/1.1 200 OK\r\n', '\r\n', '5\r\nhello\r\n', '0\r\n', ': ', 'chunked', 'bytes 0-1/2'),
    fc.constantFrom(
      'content-length: 7\r\n',
      'transfer-encoding: chunked\r\n',
      'connection: close\r\n',
      'ffff',
    ),
    fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
    fc.integer().map(String),
  )
  const texts = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''))

  it.each(Object.entries(readers))('is read or refused, whatever it is: %s', (_, read) => {
    const refusing = (text: string): void => {
      try {
        read(text)
      } catch (error) {
        if (!(error instanceof NetworkFault)) throw error
      }
    }
    fc.assert(fc.property(texts, refusing), RUNS)
    for (const unit of [
      'a',
      '0',
      ' ',
      '\r\n',
      ':',
      'a: b\r\n',
      '1\r\na\r\n',
      '<',
      '?',
      '@',
      'a@',
      ';',
      '"',
    ]) {
      const begun = performance.now()
      refusing(unit.repeat(Math.ceil(LONG / unit.length)))
      expect(performance.now() - begun).toBeLessThan(LONG_MS)
    }
  })
})
