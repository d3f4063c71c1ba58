import type { IncomingMessage } from 'node:http'
import { it } from '@jest/globals'
import { expectLinear, hostileShapes } from '@obb/testing/linear'
import { DownloadUrls, Forwarding } from './index.js'

/** A request of a trusted proxy with these fields. */
function request(headers: Record<string, string>): IncomingMessage {
  const headersDistinct = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
  const socket = { remoteAddress: '127.0.0.1', localAddress: '127.0.0.1', localPort: 80 }
  return { headers, headersDistinct, socket } as unknown as IncomingMessage
}

const forwarding = new Forwarding(['127.0.0.0/8'])
const urls = new DownloadUrls({ forwarding, port: 80 })
const field = (name: string) => (text: string) => urls.base(request({ [name]: text }))

/** What clients and proxies before us may send. */
const READERS: Record<string, readonly [read: (text: string) => unknown, ...prefixes: string[]]> = {
  Host: [field('host'), 'a', '[::1]', 'a:1'],
  Forwarded: [field('forwarded'), 'for=127.0.0.1', 'for=127.0.0.1,', 'for="127.0.0.1', 'host=', 'host="\\'],
  'X-Forwarded-For': [field('x-forwarded-for'), '127.0.0.1', '127.0.0.1,', '[::1]:'],
  'X-Forwarded-Host': [field('x-forwarded-host'), 'a', 'a,'],
  'X-Forwarded-Proto': [field('x-forwarded-proto'), 'http', 'http,'],
  'X-Forwarded-Port': [field('x-forwarded-port'), '1', '1,'],
}

it.each(Object.entries(READERS))(
  '%s is read in time in proportion to its length',
  (_what, [read, ...prefixes]) => {
    expectLinear(read, hostileShapes(...prefixes))
  },
)
