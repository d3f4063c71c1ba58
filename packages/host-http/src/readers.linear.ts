import { it } from '@jest/globals'
import { expectLinear, hostileShapes } from '@obb/testing/linear'
import { AddressGuard } from './address-guard.js'
import { parseRetryAfter } from './fields.js'
import { isPage, looksLikeHtml } from './page.js'
import { parseProxyUrl } from './proxy-url.js'
import { quotable } from './redaction.js'
import { publicUrl } from './url.js'

const NOW = Date.UTC(2026, 0, 1)
const guard = new AddressGuard({ resolver: () => Promise.resolve([]) })
const ofHosts = ['text/html', 'attachment', '?key=', 'Sun, 06 Nov ']
const hostnames = ['a', 'a0', '1.1', '[', '0x']

/** What hosts send, and the names of hosts and proxies, which users and operators write. */
const READERS: Record<string, readonly [read: (text: string) => unknown, ...prefixes: string[]]> = {
  'Retry-After': [(text) => parseRetryAfter(text, NOW), ...ofHosts],
  'a page': [
    (text) => [isPage({ 'content-type': text, 'content-disposition': text }), looksLikeHtml(text)],
    ...ofHosts,
  ],
  'words to quote': [(text) => quotable(text, ['secret']), ...ofHosts],
  'a hostname': [(hostname) => guard.allows(hostname), ...hostnames],
  // What is asked before the first wait is what can be measured.
  'a hostname to look up': [
    (hostname) => void guard.addresses({ hostname, port: 80, userUrl: true }).catch(() => undefined),
    ...hostnames,
  ],
  'the hostname of a URL': [(text) => guard.checkUrl(new URL(`http://${text}/`), true), ...hostnames],
  'the URL of a proxy': [(text) => parseProxyUrl(text), 'socks5://a:b@c:1', 'http://a:'],
  'a public URL': [(text) => publicUrl(text), 'http://a/'],
}

it.each(Object.entries(READERS))(
  '%s is read in time in proportion to its length',
  (_what, [read, ...prefixes]) => {
    expectLinear(read, hostileShapes(...prefixes))
  },
)
