import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { HostContext } from '../adapter.js'
import { MemorySession } from '../../conformance/memory-session.js'
import { HostError } from '../errors.js'
import { type OwnedHostHttp, createHostHttp } from '@obb/host-http'
import { withCookies } from './cookie-http.js'
import type { CookieLogin } from './cookie-http.js'

let server: Server
let http: OwnedHostHttp
let origin: string
let seen: string[]
let logins: number

/** A website: `/login` sets cookies and redirects home, `/out` sends to another host. */
function website({ url = '', headers, method = '' }: IncomingMessage, response: ServerResponse): void {
  seen.push(`${method} ${url} ${headers.cookie ?? '-'}`)
  if (url === '/login') {
    const cookies = [`sid=${++logins}; HttpOnly; Expires=Tue, 01 Jan 2130 00:00:00 GMT`, 'deep=1; Path=/deep']
    response.writeHead(302, { 'set-cookie': cookies, location: '/home' }).end()
  } else if (url === '/out') {
    response.writeHead(302, { location: `${origin.replace('127.0.0.1', 'localhost')}/elsewhere` }).end()
  } else response.end('page')
}

beforeEach(async () => {
  seen = []
  logins = 0
  server = createServer(website)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const resolver = () => Promise.resolve([{ address: '127.0.0.1', family: 4 as const }])
  http = createHostHttp({ allowNetworks: ['127.0.0.0/8'], resolver })
})
afterEach(async () => {
  await http.close()
  server.close()
})

const login: CookieLogin = {
  platform: 'Sample',
  async login(client) {
    await client.request({ url: `${origin}/login`, form: { password: 'p' } })
    return 1000
  },
}
const context = (session = new MemorySession(() => 0)): HostContext => ({
  http,
  session,
  origin: () => origin,
  switches: new Set<string>(),
  now: () => 0,
  signal: new AbortController().signal,
})

describe('cookies of a login', () => {
  it('are sent with every call to where they belong, from the redirect on', async () => {
    await withCookies(context(), login, async (client) => {
      await client.request({ url: `${origin}/a` })
      await client.request({ url: `${origin}/deep/b` })
      expect(client.header(`${origin}/deep/`)).toContain('deep=1')
      expect(client.header(origin.replace('127.0.0.1', 'localhost'))).toBeUndefined()
    })
    expect(seen).toEqual([
      'POST /login -',
      'GET /home sid=1',
      'GET /a sid=1',
      expect.stringMatching(/^GET \/deep\/b (deep=1; sid=1|sid=1; deep=1)$/),
    ])
  })

  it('do not follow a redirect to another host, nor does a body', async () => {
    await withCookies(context(), login, (client) =>
      client.request({ url: `${origin}/out`, form: { a: 'b' } }),
    )
    expect(seen.slice(-2)).toEqual(['POST /out sid=1', 'GET /elsewhere -'])
    const answer = await withCookies(context(), login, (client) =>
      client.request({ url: `${origin}/out`, redirects: 'none' }),
    )
    expect([answer.status, answer.headers['location']]).toEqual([302, expect.stringContaining('/elsewhere')])
  })

  it('are shared by all who use the account, and replaced once when the host forgot them', async () => {
    const ctx = context()
    const use = () =>
      withCookies(ctx, login, async (client) => {
        const { headers } = await client.request({ url: `${origin}/a` })
        if (logins === 1 && seen.length > 12) throw new HostError('SESSION_EXPIRED', 'forgotten')
        return headers
      })
    await Promise.all(Array.from({ length: 10 }, use))
    expect(logins).toBe(1)
    await Promise.all(Array.from({ length: 10 }, use))
    expect(logins).toBe(2)
  })
})
