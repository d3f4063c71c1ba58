import { it } from '@jest/globals'
import { expectLinear, hostileShapes } from '@obb/testing/linear'
import { ChunkedDecoder } from './chunked.js'
import { parseField, parseHead } from './head.js'

/** What a host, or an S3, may send in place of an answer. */
const READERS: Record<string, readonly [read: (text: string) => unknown, ...prefixes: string[]]> = {
  'a head': [
    (text) => parseHead(text, 'GET'),
    'HTTP/1.1 200 ',
    'HTTP/1.1 200 OK\r\n',
    'HTTP/1.1 200 OK\r\na:',
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
