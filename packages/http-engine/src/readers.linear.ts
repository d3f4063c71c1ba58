import { it } from '@jest/globals'
import { expectLinear, hostileShapes } from '@obb/testing/linear'
import { ChunkedDecoder } from './chunked.js'
import { findHeadEnd, parseField, parseHead } from './head.js'

/** What a host, or an S3, may send in place of an answer. */
const READERS: Record<string, readonly [read: (text: string) => unknown, ...prefixes: string[]]> = {
  'a head': [
    (text) => parseHead(text, 'GET'),
    'HTTP/1.1 200 ',
    'HTTP/1.1 200 OK\r\n',
    'HTTP/1.1 200 OK\r\na:',
  ],
  'a head of bare LF': [
    (text) => parseHead(`HTTP/1.1 200 OK\n${text}`, 'GET', true),
    'a: b\n',
    'a: b\n c',
    'content-length: 5, 5',
  ],
  'the end of a head that comes piece by piece': [
    (text) => {
      const bytes = Buffer.from(text, 'latin1')
      for (let seen = 0; seen < bytes.length; seen += 512) findHeadEnd(bytes.subarray(0, seen + 512), 0, seen)
    },
    'HTTP/1.1 200 OK\r\n',
    'HTTP/1.1 200 OK\n',
  ],
  'a head of many fields': [
    (text) => parseHead(`HTTP/1.1 200 OK${text}`, 'GET'),
    '\r\na: b',
    '\r\nset-cookie: a',
  ],
  'a field': [(text) => parseField(text), 'a:', 'a: b'],
  'a Connection field': [(text) => parseHead(`HTTP/1.1 200 OK\r\nconnection:${text}`, 'GET'), 'close'],
  chunks: [
    (text) => new ChunkedDecoder().decode(Buffer.from(text, 'latin1')),
    '1\r\na\r\n',
    '0\r\n',
    '1;',
    '1;a="',
  ],
  'chunks that come byte by byte': [
    (text) => {
      const decoder = new ChunkedDecoder()
      for (const byte of Buffer.from(text, 'latin1')) decoder.decode(Buffer.of(byte))
    },
    '1\r\na\r\n',
    '1;',
  ],
}

it.each(Object.entries(READERS))(
  '%s is read in time in proportion to its length',
  (_what, [read, ...prefixes]) => {
    expectLinear(read, hostileShapes(...prefixes))
  },
)
