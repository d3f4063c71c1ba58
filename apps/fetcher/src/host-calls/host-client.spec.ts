import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { Documents } from '@obb/core/documents'
import { HostBreaker, HostWords } from '@obb/core/health'
import { openLog } from '@obb/core/log'
import { AccountPool, PgSessions } from '@obb/core/pool'
import { Vault } from '@obb/core/secrets'
import { TestDatabase, aPolicy } from '@obb/core/testing'
import { type HostContext, HostError, type OwnedHostHttp, createHostHttp } from '@obb/host-adapters'
import { TestClock } from '@obb/testing/clock'
import type { HostFile } from './host-file.js'
import { DocumentThreads } from './document-threads.js'
import { HostAccess } from './host-access.js'
import { HostClient } from './host-client.js'

const clock = new TestClock()
const vault = new Vault(randomBytes(32))
const http = createHostHttp()

let db: TestDatabase
let pool: AccountPool
let breaker: HostBreaker
let hostClient: HostClient
let known: HostFile

beforeAll(async () => {
  db = await TestDatabase.open(clock)
  pool = new AccountPool(db.source, clock, vault)
  breaker = new HostBreaker(db.source, clock)
  const sessions = new PgSessions(db.source, clock, vault)
  const access = new HostAccess(http, sessions, clock, new Documents(db.source, clock), new DocumentThreads())
  hostClient = new HostClient(
    pool,
    access,
    breaker,
    new HostWords(db.source, clock),
    openLog('fetcher', 'silent'),
  )
})
afterAll(async () => {
  await http.close()
  await db.close()
})
beforeEach(() => {
  const policy = aPolicy({ platform: `P${randomBytes(4).toString('hex')}`, manifest: { needsAccount: true } })
  const ref = { fileId: '1', canonicalUrl: 'https://p.test/1', kind: 'file', hostDomain: 'p.test' } as const
  known = { policy, ref, secrets: {} }
})

const account = (label: string) =>
  pool.add({ platform: known.policy.platform, label, credentials: { apiKey: label }, proxy: null })
const ask = (question: (context: HostContext) => Promise<string>) =>
  hostClient.withAccount(known, true, new AbortController().signal, question)
const health = async () => (await breaker.all()).get(known.policy.platform)

describe('the time of a question', () => {
  const tick = () => new Promise((resolve) => setImmediate(resolve))
  const HOUR = 3_600_000

  beforeEach(async () => {
    await account('one')
    jest.useFakeTimers({ doNotFake: ['Date', 'hrtime', 'nextTick', 'queueMicrotask', 'setImmediate'] })
  })
  afterEach(() => void jest.useRealTimers())

  it('runs out at a host that is silent, and three times open its circuit', async () => {
    for (let silence = 1; silence <= 3; silence++) {
      let isAsked = false
      const asked = ask(({ signal }) => {
        isAsked = true
        return new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('cut'))))
      })
      const outcome = expect(asked).rejects.toMatchObject({ kind: 'HOST_TEMP' })
      while (!isAsked) await tick()
      jest.advanceTimersByTime(20_000)
      await outcome
      expect(await health()).toMatchObject({ failures: silence })
    }
    await expect(ask(() => Promise.resolve('unasked'))).rejects.toMatchObject({ kind: 'HOST_DOWN' })
  })

  it('does not pass at our own gate: however long it is shut, nothing is cut, and nothing counts', async () => {
    const answer = { status: 200, headers: {}, setCookie: [], url: 'https://p.test', text: 'answered' }
    const quick = { request: () => Promise.resolve(answer) } as unknown as OwnedHostHttp
    const held: (() => void)[] = []
    const gates = { now: () => 0, wait: () => new Promise<void>((pass) => held.push(pass)) }
    const sessions = new PgSessions(db.source, clock, vault)
    const access = new HostAccess(
      quick,
      sessions,
      clock,
      new Documents(db.source, clock),
      new DocumentThreads(),
      gates,
    )
    const gated = new HostClient(
      pool,
      access,
      breaker,
      new HostWords(db.source, clock),
      openLog('fetcher', 'silent'),
    )
    const requestGate = { minIntervalMs: 1000, burst: 1 }
    const { platform } = known.policy
    const question = {
      policy: aPolicy({ platform, manifest: { needsAccount: true, requestGate } }),
      secrets: {},
    }
    let answered = 0
    const asked = Array.from({ length: 6 }, async () => {
      const stop = new AbortController().signal
      const text = await gated.withAccount(question, true, stop, async ({ http: paced }) => {
        return (await paced.request({ url: 'https://p.test' })).text
      })
      answered++
      return text
    })
    for (let passed = 0; passed < 5; passed++) {
      while (answered <= passed || held.length < 5 - passed) await tick()
      jest.advanceTimersByTime(HOUR)
      held.shift()?.()
    }
    expect(await Promise.all(asked)).toEqual(Array(6).fill('answered'))
    expect((await health())?.failures ?? 0).toBe(0)
  })
})

describe('a question to a host', () => {
  it('goes on with the next account, and ends in what the last one was refused for', async () => {
    const ids = [await account('one'), await account('two')]
    const refusals = [new HostError('ACCOUNT_INVALID', 'no'), new HostError('ACCOUNT_QUOTA', 'used up')]
    const asked: (string | undefined)[] = []
    const answer = ask(({ account: by }) => {
      asked.push(by?.id)
      return Promise.reject(refusals.shift() as HostError)
    })
    await expect(answer).rejects.toMatchObject({ kind: 'ACCOUNT_QUOTA' })
    expect(asked.sort()).toEqual(ids.sort())
    const listed = (await pool.list()).filter(({ platform }) => platform === known.policy.platform)
    expect(listed.map(({ offReason }) => offReason?.split(':')[0]).sort()).toEqual([
      'ACCOUNT_INVALID',
      'ACCOUNT_QUOTA',
    ])
    expect(await health()).toMatchObject({ failures: 0, lastError: 'ACCOUNT_QUOTA' })
  })

  it('that nobody could ask says nothing of the host', async () => {
    await expect(ask(() => Promise.resolve('unasked'))).rejects.toMatchObject({ kind: 'ACCOUNT_BUSY' })
    expect(await health()).toBeUndefined()
  })

  it('that nobody could ask leaves the probe of a host that was down to the next one', async () => {
    for (let failure = 0; failure < 3; failure++)
      await breaker.recordFailure(known.policy.platform, new HostError('HOST_DOWN', 'down'))
    clock.set((await health())?.openUntil?.getTime())
    await expect(ask(() => Promise.resolve('unasked'))).rejects.toMatchObject({ kind: 'ACCOUNT_BUSY' })
    await account('one')
    expect(await ask(() => Promise.resolve('answered'))).toBe('answered')
    expect(await health()).toMatchObject({ failures: 0, openUntil: null })
  })
})
