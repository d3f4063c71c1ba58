import fc from 'fast-check'
import { describe, expect, it } from '@jest/globals'
import { expectLinear, hostileShapes } from '@obb/testing/linear'
import { AddressGuard } from './address-guard.js'
import { parseRetryAfter } from './fields.js'
import { isPage, looksLikeHtml } from './page.js'
import { parseProxyUrl } from './proxy-url.js'
import { quotable } from './redaction.js'
import { publicUrl } from './url.js'

const RUNS = { numRuns: 10_000 }
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

  it.each(Object.entries(readers))('takes time in proportion to its length: %s', (_, read) => {
    expectLinear(read, hostileShapes('text/html', 'attachment', '?key=', 'Sun, 06 Nov '))
  })

  it('nor do names of hosts and proxies, which users and operators write, take longer', () => {
    const guard = new AddressGuard({ resolver: () => Promise.resolve([]) })
    const names = hostileShapes('a', 'a0', '1.1', '[', '0x')
    expectLinear((hostname) => guard.allows(hostname), names)
    // What is asked before the first wait is what can be measured.
    expectLinear(
      (hostname) => void guard.addresses({ hostname, port: 80, userUrl: true }).catch(() => undefined),
      names,
    )
    expectLinear((text) => guard.checkUrl(new URL(`http://${text}/`), true), names)
    expectLinear((text) => parseProxyUrl(text), hostileShapes('socks5://a:b@c:1', 'http://a:'))
    expectLinear((text) => publicUrl(text), hostileShapes('http://a/'))
  })
})
