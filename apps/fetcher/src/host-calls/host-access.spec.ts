import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { Documents } from '@obb/core/documents'
import { AccountPool, PgSessions } from '@obb/core/pool'
import { Vault } from '@obb/core/secrets'
import { TestDatabase, aPolicy } from '@obb/core/testing'
import type { HostHttp, HostRequest, OwnedHostHttp, SocketTarget } from '@obb/host-adapters'
import { TestClock } from '@obb/testing/clock'
import { DocumentThreads } from './document-threads.js'
import { HostAccess } from './host-access.js'

const PROXY = 'socks5://op:proxy-secret@p.test:1080'
const signal = new AbortController().signal
const clock = new TestClock()
const vault = new Vault(randomBytes(32))

let db: TestDatabase
beforeAll(async () => {
  db = await TestDatabase.open(clock)
})
afterAll(() => db.close())

/** A network that keeps by which way each request left. */
function network() {
  const left: string[] = []
  const by = (way: string): HostHttp => ({
    request: ({ url }: HostRequest) => {
      left.push(`${way} ${url}`)
      return Promise.resolve({ status: 200, headers: {}, setCookie: [], url, text: '' })
    },
    open: ({ url }: HostRequest) => {
      left.push(`${way} ${url}`)
      return Promise.reject(new Error('no body in this test'))
    },
    stream: ({ url }: HostRequest) => {
      left.push(`${way} ${url}`)
      return Promise.reject(new Error('no body in this test'))
    },
    connect: ({ host }: SocketTarget) => {
      left.push(`${way} ${host}`)
      return Promise.reject(new Error('no socket in this test'))
    },
  })
  const http: OwnedHostHttp = { ...by('direct'), through: by, close: () => Promise.resolve() }
  const none = new Documents(db.source, clock)
  return {
    left,
    access: new HostAccess(http, new PgSessions(db.source, clock, vault), clock, none, new DocumentThreads()),
  }
}

const policy = aPolicy({
  ...{ platform: 'P', origins: { api: 'https://p.test' } },
  manifest: { requestGate: { minIntervalMs: 0, burst: 10 } },
})
const account = (id: string, proxy?: string) => ({ id, credentials: { apiKey: 'k' }, proxy })

describe('what an adapter does for an account', () => {
  it('leaves through the proxy of the account, calls and downloads, and of no other', async () => {
    const { left, access } = network()
    const calls = [account('a', PROXY), account('b'), undefined, account('c', 'http://q.test:3128')]
    for (const each of calls) {
      const { http } = access.context(policy, each, signal)
      await http.request({ url: 'https://p.test/api' })
      await http.open({ url: 'https://p.test/file' }).catch(() => undefined)
    }
    const ways = left.map((line) => line.split(' ')[0])
    expect(ways).toEqual([
      ...[PROXY, PROXY, 'direct', 'direct', 'direct', 'direct'],
      ...['http://q.test:3128', 'http://q.test:3128'],
    ])
  })

  it('keeps the pace of its account and that of all accounts of the platform', async () => {
    const { left, access } = network()
    const strict = { minIntervalMs: 3_600_000, burst: 2 }
    const manifest = { ...policy.adapter.manifest, hostGate: strict }
    const gated = { ...policy, adapter: { ...policy.adapter, manifest } }
    const stop = new AbortController()
    const calls = ['a', 'b', 'c'].map((id) => access.context(gated, account(id), signal).http)
    const late = calls.map((http) => http.request({ url: 'https://p.test/api', signal: stop.signal }))
    const outcomes = Promise.allSettled(late)
    await Promise.all(late.slice(0, 2))
    stop.abort()
    expect((await outcomes).map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected'])
    expect(left).toHaveLength(2)
  })

  it('is told the credentials, not the proxy', async () => {
    const { access } = network()
    const of = { platform: 'P', label: 'one', credentials: { apiKey: 'k' } }
    const id = await new AccountPool(db.source, clock, vault).add(of)
    const context = access.context(policy, account(id, PROXY), signal, { password: 'sesame' })
    expect(context.account).toEqual({ id, credentials: { apiKey: 'k' } })
    expect(context.password).toBe('sesame')
    const session = { token: 'token', expiresAt: clock.now() + 1 }
    await context.session.obtain(() => Promise.resolve(session))
    expect(await context.session.obtain(() => Promise.reject(new Error('a login')))).toEqual(session)
    expect([context.origin('api'), context.now()]).toEqual(['https://p.test', clock.now()])
    expect(() => context.origin('cdn')).toThrow('P has no origin cdn')
  })
})
