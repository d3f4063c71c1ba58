import { describe, expect, it } from '@jest/globals'
import { HostError } from './host-error.js'
import { parseProxyUrl, proxyLabel } from './proxy-url.js'

describe('a proxy URL', () => {
  it.each([
    ['http://proxy.test:3128', { protocol: 'http', hostname: 'proxy.test', port: 3128 }],
    ['HTTP://Proxy.Test:80/', { protocol: 'http', hostname: 'proxy.test', port: 80 }],
    ['https://proxy.test:443', { protocol: 'https', hostname: 'proxy.test', port: 443 }],
    [' socks5://127.0.0.1:1080 ', { protocol: 'socks5', hostname: '127.0.0.1', port: 1080 }],
    ['socks5h://[2001:DB8::1]:1080', { protocol: 'socks5h', hostname: '2001:db8::1', port: 1080 }],
    [
      'socks5://us%3Aer:p%40ss%C3%A9@h.test:1',
      {
        protocol: 'socks5',
        hostname: 'h.test',
        port: 1,
        credentials: { username: 'us:er', password: 'p@ssé' },
      },
    ],
    [
      'http://token@h.test:1',
      { protocol: 'http', hostname: 'h.test', port: 1, credentials: { username: 'token', password: '' } },
    ],
  ])('%s is read', (text, endpoint) => {
    expect(parseProxyUrl(text)).toEqual(endpoint)
  })

  it.each([
    ['', /expected http:/],
    ['proxy.test:3128', /expected http:/],
    ['socks4://secret:secret@h.test:1', /expected http:/],
    ['ftp://secret:secret@h.test:1', /expected http:/],
    ['http://secret:secret@h.test', /port is missing/],
    ['socks5://[::1]', /port is missing/],
    ['http://secret:123@h.test', /port is missing/],
    ['http://h.test:0', /port is out of range/],
    ['http://h.test:65536', /cannot be read/],
    ['http://user:sec#ret@h.test:1', /cannot be read/],
    ['socks5://:1080', /cannot be read/],
    ['http://h.test:1/path', /only host and port/],
    ['http://h.test:1?query=secret', /only host and port/],
    ['http://user:se%zzcret@h.test:1', /percent-encoded UTF-8/],
    ['http://user:%ff@h.test:1', /percent-encoded UTF-8/],
    ['http://user:a%0d%0ab@h.test:1', /control character/],
    ['http://us%3Aer:secret@h.test:1', /colon/],
    ['socks5://user@h.test:1', /1 to 255 bytes/],
    ['socks5://:secret@h.test:1', /1 to 255 bytes/],
    [`socks5://user:${'%C3%A9'.repeat(128)}@h.test:1`, /1 to 255 bytes/],
  ])('%s is refused with the reason, and nothing of it is repeated', (text, reason) => {
    const read = (): unknown => parseProxyUrl(text)
    expect(read).toThrow(HostError)
    expect(read).toThrow(expect.objectContaining({ kind: 'CONFIG', retryable: false }))
    expect(read).toThrow(reason)
    expect(read).not.toThrow(/secret|ret@|h\.test/)
  })

  it('has a label without credentials', () => {
    expect(proxyLabel(parseProxyUrl('socks5h://user:secret@[::1]:1080'))).toBe('socks5h://[::1]:1080')
    expect(proxyLabel(parseProxyUrl('https://user:secret@h.test:8443'))).toBe('https://h.test:8443')
  })
})
