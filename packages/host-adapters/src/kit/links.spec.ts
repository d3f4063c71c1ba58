import { describe, expect, it } from '@jest/globals'
import { bareHostname } from './hostname.js'
import { domainOf, linksAt, requireKind } from './links.js'

const DOMAINS = ['one.test', 'two.test'] as const

describe('the hostname of a platform', () => {
  it.each(['one.test', 'www.one.test', 'ONE.test', 'one.test.', ' WWW.One.test.. '])('%j is bare', (name) => {
    expect(bareHostname(name)).toBe('one.test')
  })

  it.each([
    ['https://two.test/', false, 'two.test'],
    ['https://www.two.test./', false, 'two.test'],
    ['https://a.two.test/', false, undefined],
    ['https://a.two.test/', true, 'two.test'],
    ['https://a.two.test/', ['a', 'b'], 'two.test'],
    ['https://c.two.test/', ['a', 'b'], undefined],
    ['https://b.a.two.test/', ['a', 'b'], undefined],
    ['https://nottwo.test/', true, undefined],
    ['https://two.test.other.test/', true, undefined],
  ])('%s with the subdomains %j is on %s', (url, subdomains, domain) => {
    expect(domainOf(DOMAINS, new URL(url), { subdomains })).toBe(domain)
  })
})

describe('links with an id in the path', () => {
  const match = linksAt(
    DOMAINS,
    {
      path: /^\/f\/(\w+)(?:\/([^/]*))?$/,
      fileId: (id) => (id === 'about' ? undefined : id.toLowerCase()),
      canonical: (id) => `/f/${id}`,
      subdomains: true,
    },
    { path: /^\/(\w+)$/, canonical: (id) => `/f/${id}`, domains: ['two.test'] },
    { kind: 'folder', path: /^\/d\/(\w+)$/, canonical: (id) => `/d/${id}` },
  )
  const found = (url: string) => match(new URL(url))

  it('are of the first form that fits, and of the canonical domain', () => {
    const file = { fileId: 'ab1', canonicalUrl: 'https://one.test/f/ab1', kind: 'file' }
    expect(found('https://x.two.test/f/AB1')).toEqual(file)
    expect(found('http://two.test/f/ab1/a%20b.bin?x=1#y')).toEqual({ ...file, nameHint: 'a b.bin' })
    expect(found('https://two.test/ab1')).toEqual(file)
    const folder = { fileId: 'X', canonicalUrl: 'https://one.test/d/X', kind: 'folder' }
    expect(found('https://www.one.test/d/X')).toEqual(folder)
  })

  it.each([
    'https://three.test/f/ab1',
    'https://one.test/ab1',
    'https://x.two.test/d/X',
    'https://one.test/f/about',
    'https://one.test/f/a/b/c',
  ])('%s is none', (url) => {
    expect(found(url)).toBeUndefined()
  })

  it('are refused where they are of the other kind', () => {
    const file = found('https://one.test/f/a')!
    const folder = found('https://one.test/d/a')!
    requireKind('Sample', [file, file], 'file')
    expect(() => requireKind('Sample', [file, folder], 'file')).toThrow('Sample: link is not that of a file')
  })
})
