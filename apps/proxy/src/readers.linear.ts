import { it } from '@jest/globals'
import { downloadName } from '@obb/contracts'
import { expectLinear, hostileShapes } from '@obb/testing/linear'
import { contentDisposition } from './download/disposition.js'
import { metalinkFrame } from './download/metalink.js'
import { isKnownPath } from './http/routes.js'
import { decide } from './range/index.js'
import { readRangeRequest } from './small-ranges/range-request.js'

const HEAD = 'GET /download/AAAAAAAAAAAAAAAAAAAAAAAA HTTP/1.1\r\nHost: a\r\n'
const PIECE = { size: 1, sha256: 'ab', md5: null, pieces: undefined }
const FILE = { size: 1_000_000, etag: '"a"', lastModified: 0 }

/** What anybody may send to the proxy, with or without a link. */
const READERS: Record<string, readonly [read: (text: string) => unknown, ...prefixes: string[]]> = {
  Range: [(range) => decide('GET', { range }, FILE, 0), 'bytes=', 'bytes=0-1,', 'bytes=x'],
  'If-Range': [(ifRange) => decide('GET', { range: 'bytes=0-', ifRange }, FILE, 0), '"', 'Sun, 06 Nov '],
  'If-Match': [(ifMatch) => decide('GET', { ifMatch }, FILE, 0), '"', 'W/"'],
  'If-None-Match': [(ifNoneMatch) => decide('GET', { ifNoneMatch }, FILE, 0), '"', 'W/"'],
  'If-Modified-Since': [(ifModifiedSince) => decide('GET', { ifModifiedSince }, FILE, 0), 'Sun, '],
  'If-Unmodified-Since': [(ifUnmodifiedSince) => decide('GET', { ifUnmodifiedSince }, FILE, 0), 'Sun, '],
  'a head': [(text) => readRangeRequest(text)],
  'a field of a head': [
    (text) => readRangeRequest(`${HEAD}${text}\r\n\r\n`),
    'X:',
    'X: a',
    'Range:',
    'Connection:',
  ],
  'a field of a head with a byte that none may have': [
    (text) => readRangeRequest(`${HEAD}X:${text}\u0001\r\n\r\n`),
  ],
  'a path': [(text) => isKnownPath(text), '/download/', '/download/a/'],
  'a file name': [(text) => contentDisposition(text), 'a.', 'a'],
  'a file name as a segment': [(text) => downloadName(text), 'a.', 'a', 'a\u0301\u0316'],
  'a name and a URL in a Metalink': [
    (text) => metalinkFrame({ ...PIECE, name: text, url: `http://a/${text}` }),
  ],
}

it.each(Object.entries(READERS))(
  '%s is read in time in proportion to its length',
  (_what, [read, ...prefixes]) => {
    expectLinear(read, hostileShapes(...prefixes))
  },
)
