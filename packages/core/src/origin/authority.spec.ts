import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { readAuthority } from './authority.js'

describe('a Host field', () => {
  it.each<[string, string, number | undefined]>([
    ['obb.example.org', 'obb.example.org', undefined],
    ['OBB.Example.org:8443', 'obb.example.org', 8443],
    ['localhost:8080', 'localhost', 8080],
    ['obb_api:1', 'obb_api', 1],
    ['nas.local.:65535', 'nas.local.', 65_535],
    ['192.0.2.7:80', '192.0.2.7', 80],
    ['[2001:DB8::1]:8080', '[2001:db8::1]', 8080],
    ['[::1]', '[::1]', undefined],
    ['xn--bcher-kva.example', 'xn--bcher-kva.example', undefined],
  ])('%s is read', (text, hostname, port) => {
    expect(readAuthority(text)).toEqual({ hostname, port })
  })

  it.each([
    '',
    ' ',
    ':8080',
    'a b',
    ' a',
    'a\t',
    'a\r\nX: y',
    'user@host',
    'user:password@host',
    'host/path',
    'host?x',
    'host#x',
    'host\\x',
    '"><script>',
    'a..b',
    '.a',
    '-a',
    'a-',
    'ä.example',
    'a%2eb',
    'a,b',
    'host:',
    'host:0',
    'host:65536',
    'host:080800',
    'host:-1',
    'host:8 0',
    'host:80:80',
    '1.2.3',
    '0x7f.1',
    '2130706433',
    '01.2.3.4',
    '256.1.1.1',
    '::1',
    '[::1',
    '[::g]',
    '[fe80::1%25eth0]',
    `${'a'.repeat(64)}.org`,
    `${'a.'.repeat(130)}a`,
    'a'.repeat(20_000),
  ])('%j is nothing that a link may be made of', (text) => {
    expect(readAuthority(text)).toBeUndefined()
  })

  it('whatever it is, what is read of it names the same host and nothing else in a URL', () => {
    const near = fc.stringMatching(/^[a-zA-Z0-9._:@/\\[\] \t%-]{0,40}$/)
    fc.assert(
      fc.property(fc.oneof(near, fc.string()), (text) => {
        const read = readAuthority(text)
        if (read === undefined) return
        const url = new URL(`http://${read.hostname}:${read.port ?? 1}/download/x`)
        expect([url.hostname, url.username, url.pathname]).toEqual([read.hostname, '', '/download/x'])
      }),
    )
  })
})
