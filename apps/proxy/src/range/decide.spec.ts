import { describe, expect, it } from '@jest/globals'
import fc from 'fast-check'
import { decide, type Decision, type RequestConditions } from './decide.js'

const ETAG = '"abc"'
const MODIFIED = Date.UTC(1994, 10, 6, 8, 49, 37, 500)
const NOW = Date.UTC(2026, 0, 1)
const SAME = 'Sun, 06 Nov 1994 08:49:37 GMT'
const EARLIER = 'Sun, 06 Nov 1994 08:49:36 GMT'
const LATER = 'Sun, 06 Nov 1994 08:49:38 GMT'
const SIZE = 1000

function answer(conditions: RequestConditions, { method = 'GET', size = SIZE } = {}): string {
  return show(decide(method, conditions, { size, etag: ETAG, lastModified: MODIFIED }, NOW))
}

function show(decision: Decision): string {
  if (decision.status !== 206) return String(decision.status)
  return `206 ${decision.ranges.map(({ start, end }) => `${start}-${end - 1}`).join(' ')}`
}

describe('one range', () => {
  it.each([
    ['bytes=0-', '206 0-999'],
    ['bytes=0-0', '206 0-0'],
    ['bytes=1-1', '206 1-1'],
    ['bytes=0-999', '206 0-999'],
    ['bytes=100-199', '206 100-199'],
    ['bytes=999-', '206 999-999'],
    ['bytes=500-', '206 500-999'],
    ['bytes=900-1000', '206 900-999'],
    ['bytes=900-99999999', '206 900-999'],
    ['bytes=-1', '206 999-999'],
    ['bytes=-100', '206 900-999'],
    ['bytes=-1000', '206 0-999'],
    ['bytes=-1001', '206 0-999'],
    ['BYTES=0-1', '206 0-1'],
    ['bytes= 0-1 ', '206 0-1'],
    ['bytes=\t0-1', '206 0-1'],
    ['bytes=,0-1', '206 0-1'],
    ['bytes=0-1,', '206 0-1'],
    ['bytes=007-008', '206 7-8'],
    ['bytes=0-9007199254740991', '206 0-999'],
    ['bytes=0-9007199254740993', '206 0-999'],
    ['bytes=0-99999999999999999999999999999999', '206 0-999'],
    [`bytes=5-${'9'.repeat(400)}`, '206 5-999'],
    [`bytes=-${'9'.repeat(400)}`, '206 0-999'],
    [`bytes=${'0'.repeat(400)}1-1`, '206 1-1'],
  ])('%s is %s', (range, expected) => expect(answer({ range })).toBe(expected))
})

describe('several ranges', () => {
  it.each([
    ['bytes=0-1,4-5', '206 0-1 4-5'],
    ['bytes=0-1, 4-5', '206 0-1 4-5'],
    ['bytes=0-1 ,\t4-5', '206 0-1 4-5'],
    ['bytes=4-5,0-1', '206 0-1 4-5'],
    ['bytes=0-1,2-3', '206 0-3'],
    ['bytes=0-5,3-9', '206 0-9'],
    ['bytes=0-9,3-5', '206 0-9'],
    ['bytes=0-,0-,0-', '206 0-999'],
    ['bytes=0-0,-1', '206 0-0 999-999'],
    ['bytes=0-1,2000-', '206 0-1'],
    ['bytes=2000-,0-1,-0', '206 0-1'],
    ['bytes=2000-,3000-', '416'],
    ['bytes=0-1,x', '200'],
    ['bytes=0-1,5-4', '200'],
    [many(16), `206 ${many(16).slice(6).replaceAll(',', ' ')}`],
    [many(17), '200'],
    [`${many(17)},0-999`, '206 0-999'],
  ])('%s is %s', (range, expected) => expect(answer({ range })).toBe(expected))

  function many(count: number): string {
    return `bytes=${Array.from({ length: count }, (_, index) => `${index * 10}-${index * 10 + 1}`).join(',')}`
  }
})

describe('a Range that says nothing is ignored', () => {
  it.each([
    '',
    'bytes',
    'bytes=',
    'bytes=,',
    'bytes=-',
    'bytes=a-b',
    'bytes=1',
    'bytes=1-0',
    'bytes=9007199254740993-9007199254740992',
    'bytes=--1',
    'bytes=-1-2',
    'bytes=+1-2',
    'bytes=1.0-2',
    'bytes=1e1-2',
    'bytes=0x1-2',
    'bytes=1 -2',
    'bytes=1- 2',
    'bytes =0-1',
    ' bytes=0-1',
    'bytes:0-1',
    'items=0-1',
    'bytes=0-1, bytes=4-5',
    'bytes=０-1',
  ])('%j', (range) => expect(answer({ range })).toBe('200'))
})

describe('a Range outside the file', () => {
  it.each([
    'bytes=1000-',
    'bytes=1000-1000',
    'bytes=-0',
    'bytes=9007199254740993-',
    `bytes=${'9'.repeat(400)}-`,
    'bytes=9007199254740992-9007199254740993',
  ])('%s is 416', (range) => expect(answer({ range })).toBe('416'))
})

describe('an empty file', () => {
  it.each([
    [undefined, '200'],
    ['bytes=0-', '200'],
    ['bytes=0-0', '200'],
    ['bytes=-5', '200'],
    ['bytes=-0', '200'],
    ['bytes=1-', '416'],
    ['bytes=1-,0-', '200'],
    ['bytes=x', '200'],
  ])('%s is %s', (range, expected) => expect(answer({ range }, { size: 0 })).toBe(expected))
})

describe('preconditions', () => {
  const range = 'bytes=0-1'
  it.each<[string, RequestConditions, string, string?]>([
    ['nothing', {}, '200'],
    ['If-Match hit', { ifMatch: ETAG }, '200'],
    ['If-Match hit in a list', { ifMatch: '"x", "abc"' }, '200'],
    ['If-Match *', { ifMatch: '*' }, '200'],
    ['If-Match miss', { ifMatch: '"x"' }, '412'],
    ['If-Match is strong', { ifMatch: 'W/"abc"' }, '412'],
    ['If-Match without quotes', { ifMatch: 'abc' }, '412'],
    ['If-Match miss before If-None-Match', { ifMatch: '"x"', ifNoneMatch: ETAG }, '412'],
    ['If-Match hit, then If-None-Match', { ifMatch: ETAG, ifNoneMatch: ETAG }, '304'],
    ['If-Match switches If-Unmodified-Since off', { ifMatch: ETAG, ifUnmodifiedSince: EARLIER }, '200'],
    ['If-Match miss before Range', { ifMatch: '"x"', range }, '412'],
    ['If-Unmodified-Since same', { ifUnmodifiedSince: SAME }, '200'],
    ['If-Unmodified-Since later', { ifUnmodifiedSince: LATER }, '200'],
    ['If-Unmodified-Since earlier', { ifUnmodifiedSince: EARLIER }, '412'],
    ['If-Unmodified-Since no date', { ifUnmodifiedSince: 'yesterday' }, '200'],
    ['If-None-Match hit', { ifNoneMatch: ETAG }, '304'],
    ['If-None-Match weak hit', { ifNoneMatch: 'W/"abc"' }, '304'],
    ['If-None-Match hit in a list', { ifNoneMatch: '"x",W/"abc"' }, '304'],
    ['If-None-Match *', { ifNoneMatch: '*' }, '304'],
    ['If-None-Match miss', { ifNoneMatch: '"x"' }, '200'],
    ['If-None-Match hit on POST', { ifNoneMatch: ETAG }, '412', 'POST'],
    ['If-None-Match hit on HEAD', { ifNoneMatch: ETAG }, '304', 'HEAD'],
    [
      'If-None-Match miss switches If-Modified-Since off',
      { ifNoneMatch: '"x"', ifModifiedSince: LATER },
      '200',
    ],
    ['If-None-Match before Range', { ifNoneMatch: ETAG, range }, '304'],
    ['If-Modified-Since same', { ifModifiedSince: SAME }, '304'],
    ['If-Modified-Since later', { ifModifiedSince: LATER }, '304'],
    ['If-Modified-Since earlier', { ifModifiedSince: EARLIER }, '200'],
    ['If-Modified-Since no date', { ifModifiedSince: '0' }, '200'],
    ['If-Modified-Since on POST', { ifModifiedSince: LATER }, '200', 'POST'],
    [
      'If-Modified-Since in the form of RFC 850',
      { ifModifiedSince: 'Sunday, 06-Nov-94 08:49:37 GMT' },
      '304',
    ],
    ['If-Modified-Since in the form of asctime', { ifModifiedSince: 'Sun Nov  6 08:49:37 1994' }, '304'],
    ['If-Range tag hit', { range, ifRange: ETAG }, '206 0-1'],
    ['If-Range tag miss', { range, ifRange: '"x"' }, '200'],
    ['If-Range is strong', { range, ifRange: 'W/"abc"' }, '200'],
    ['If-Range takes no *', { range, ifRange: '*' }, '200'],
    ['If-Range takes no list', { range, ifRange: '"abc", "x"' }, '200'],
    ['If-Range date same', { range, ifRange: SAME }, '206 0-1'],
    ['If-Range date later', { range, ifRange: LATER }, '200'],
    ['If-Range date earlier', { range, ifRange: EARLIER }, '200'],
    ['If-Range rubbish', { range, ifRange: 'abc' }, '200'],
    ['If-Range miss hides a 416', { range: 'bytes=5000-', ifRange: '"x"' }, '200'],
    ['If-Range hit shows a 416', { range: 'bytes=5000-', ifRange: ETAG }, '416'],
    ['If-Range without Range', { ifRange: '"x"' }, '200'],
    ['Range on HEAD', { range }, '206 0-1', 'HEAD'],
    ['Range on POST', { range }, '200', 'POST'],
  ])('%s', (_name, conditions, expected, method = 'GET') => {
    expect(answer(conditions, { method })).toBe(expected)
  })
})

describe('whatever a client sends', () => {
  const token = fc.constantFrom(
    'bytes',
    '=',
    '-',
    ',',
    ' ',
    '0',
    '1',
    '9',
    '999',
    '1000',
    'x',
    '"',
    '99999999999999999999',
  )
  const text = fc.oneof(
    fc.string(),
    fc.array(token, { maxLength: 40 }).map((parts) => parts.join('')),
  )
  const field = fc.option(
    fc.oneof(
      text,
      text.map((rest) => `bytes=${rest}`),
      fc.constantFrom(ETAG, SAME, '*'),
    ),
    {
      nil: undefined,
    },
  )
  const conditions = fc.record({
    range: field,
    ifRange: field,
    ifMatch: field,
    ifNoneMatch: field,
    ifModifiedSince: field,
    ifUnmodifiedSince: field,
  })
  const sizes = fc.oneof(fc.nat(1200), fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER))

  it('never throws, and every range lies in the file, ascending and apart', () => {
    fc.assert(
      fc.property(conditions, sizes, (given, size) => {
        const decision = decide('GET', given, { size, etag: ETAG, lastModified: MODIFIED }, NOW)
        if (decision.status !== 206) return
        let before = -1
        for (const { start, end } of decision.ranges) {
          expect(start).toBeGreaterThan(before)
          expect(end).toBeGreaterThan(start)
          expect(end).toBeLessThanOrEqual(size)
          before = end
        }
        expect(decision.ranges.length).toBeLessThanOrEqual(16)
      }),
      { numRuns: 2_000 },
    )
  })

  it('a well-formed list covers exactly the bytes asked for', () => {
    const size = 60
    const spec = fc.oneof(
      fc
        .tuple(fc.nat(80), fc.nat(20))
        .map(([first, more]) => ({ text: `${first}-${first + more}`, first, last: first + more })),
      fc.nat(80).map((first) => ({ text: `${first}-`, first, last: size })),
      fc
        .integer({ min: 0, max: 80 })
        .map((count) => ({ text: `-${count}`, first: size - count, last: size })),
    )
    fc.assert(
      fc.property(fc.array(spec, { minLength: 1, maxLength: 16 }), (specs) => {
        const wanted = new Set<number>()
        for (const { first, last } of specs) {
          for (let at = Math.max(0, first); at <= last && at < size; at += 1) wanted.add(at)
        }
        const range = `bytes=${specs.map(({ text: part }) => part).join(',')}`
        const decision = decide('GET', { range }, { size, etag: ETAG, lastModified: MODIFIED }, NOW)
        const got = new Set<number>()
        if (decision.status === 206) {
          for (const { start, end } of decision.ranges) for (let at = start; at < end; at += 1) got.add(at)
        }
        expect(decision.status).toBe(wanted.size === 0 ? 416 : 206)
        expect([...got].sort()).toEqual([...wanted].sort())
      }),
      { numRuns: 1_000 },
    )
  })
})
