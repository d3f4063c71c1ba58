import { beforeAll, describe, it } from '@jest/globals'
import { expectLinear, hostileShapes, repeatedShapes } from '@obb/testing/linear'
import { timeOf } from './fields/dates.js'
import { dispositionName } from './fields/disposition.js'
import { amountOf, bytesOf, flagOf, numberOf } from './fields/numbers.js'
import { baseName, decodedSegment, fromHtml, hashOf, textOf } from './fields/text.js'
import { bareHostname } from './hostname.js'
import { jsonOf } from './json/json-text.js'
import { readPage } from './page.js'
import { type HostRegistry, loadRegistry } from './registry.js'
import { cookieHeader, cookiesIn } from './session/cookie-text.js'

const NOW = Date.UTC(2026, 7, 22)

const READERS: Record<string, readonly [read: (text: string) => unknown, ...prefixes: string[]]> = {
  'a hostname': [bareHostname, 'www.', 'a0'],
  'a Content-Disposition': [
    dispositionName,
    'attachment; filename="',
    'attachment; filename=',
    "; filename*=utf-8''",
    ";filename*=utf-8'",
  ],
  'a date': [(text) => timeOf(text), '2030-01-01', '1'],
  'a number': [numberOf, '1', '1.'],
  'a count of bytes': [bytesOf, '1'],
  'an amount': [(text) => amountOf(text), '1', '1.5 ', '1 G'],
  'a yes or no': [flagOf, 'yes'],
  'text of a page': [fromHtml, '&#', '&#x', '&am'],
  'text that says something': [textOf, 'a'],
  'a hash': [(text) => hashOf('md5', text), 'ab'],
  'the name in a path': [(text) => [baseName(text), decodedSegment(text)], 'a/', '%'],
  JSON: [jsonOf, '{"a":"', '\ufeff{'],
}

describe('what a host writes is read in time in proportion to its length', () => {
  it.each(Object.entries(READERS))('%s', (_what, [read, ...prefixes]) => {
    expectLinear(read, hostileShapes(...prefixes))
  })
})

describe('what comes in pieces is read in time in proportion to its length', () => {
  it('a page', () => {
    const parts = ['<form>', '<input name=a', '<a href="', '<script>', '</title>', '&amp;', '<!--', '<h2>']
    expectLinear((text) => readPage(text), [...hostileShapes('<html>'), ...repeatedShapes(parts)])
  })

  it('cookies of a browser', () => {
    const parts = ['a=b;', 'cookie:', '\t', 'host.test\t', '\n', '[{"name":', '#HttpOnly_']
    const shapes = [...hostileShapes('a=', '[', '.host.test\t'), ...repeatedShapes(parts)]
    expectLinear((text) => cookieHeader(cookiesIn(text, ['host.test'], NOW)), shapes)
  })
})

describe('a URL that a user pastes is read in time in proportion to its length', () => {
  let registry: HostRegistry
  beforeAll(async () => {
    registry = await loadRegistry()
  })

  it('whatever hostname, path, query and fragment it has', () => {
    const begins = [
      'http://',
      'http://a0',
      'http://a.',
      'https://rapidgator.net/',
      'usenet://nzb/',
      'http://a/x.nzb',
    ]
    const read = (text: string): unknown => registry.match(text)
    expectLinear(read, hostileShapes(...begins), { length: 2_048 })
    expectLinear((text) => registry.match(`http://a0${text}b/x`), hostileShapes(), { length: 2_032 })
    expectLinear((text) => registry.owner(text), hostileShapes('a.'), { length: 2_048 })
  })
})
