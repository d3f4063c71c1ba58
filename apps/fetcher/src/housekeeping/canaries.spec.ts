import { randomBytes } from 'node:crypto'
import { afterAll, afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { Documents } from '@obb/core/documents'
import { HostBreaker, HostWords, type HostHealth } from '@obb/core/health'
import { HostCatalog } from '@obb/core/hosts'
import { openLog } from '@obb/core/log'
import { AccountPool, PgSessions } from '@obb/core/pool'
import { Vault } from '@obb/core/secrets'
import { TestDatabase, anAdapter } from '@obb/core/testing'
import { type FileInfo, type FileRef, HostError, createHostHttp, createRegistry } from '@obb/host-adapters'
import { sampleManifest } from '@obb/host-adapters/testing'
import { START, TestClock } from '@obb/testing/clock'
import { Canaries } from './canaries.js'
import { DocumentThreads } from '../host-calls/document-threads.js'
import { HostAccess } from '../host-calls/host-access.js'
import { HostClient } from '../host-calls/host-client.js'

const PLATFORMS = ['A', 'NotDue', 'Off', 'None']
/** How long a host takes to answer, ms. */
const ANSWER_MS = 5_000

describe('canaries', () => {
  const clock = new TestClock()
  const http = createHostHttp()
  let db: TestDatabase
  let breaker: HostBreaker
  let canaries: Canaries
  let asked: FileRef[]
  let answer: (signal: AbortSignal) => Promise<FileInfo[]>

  beforeEach(async () => {
    clock.set()
    asked = []
    db = await TestDatabase.open(clock)
    const log = openLog('fetcher', 'silent')
    const vault = new Vault(randomBytes(32))
    const adapters = PLATFORMS.map((id) => ({
      ...anAdapter(sampleManifest(id)),
      check: async ({ signal }: { signal: AbortSignal }, refs: readonly FileRef[]) => {
        asked.push(...refs)
        clock.advance(ANSWER_MS)
        return answer(signal)
      },
    }))
    breaker = new HostBreaker(db.source, clock)
    const catalog = new HostCatalog(createRegistry(adapters), db.source, clock, vault)
    for (const id of ['A', 'NotDue', 'Off']) {
      const canaryUrl = `https://${id.toLowerCase()}.test/1#key-of-${id}`
      await catalog.update(id, { canaryUrl, enabled: id !== 'Off' })
    }
    await breaker.claimCanary('NotDue', 1)
    const sessions = new PgSessions(db.source, clock, vault)
    const access = new HostAccess(
      http,
      sessions,
      clock,
      new Documents(db.source, clock),
      new DocumentThreads(),
    )
    const pool = new AccountPool(db.source, clock, vault)
    const words = new HostWords(db.source, clock)
    const hostClient = new HostClient(pool, access, breaker, words, log)
    canaries = new Canaries(catalog, breaker, hostClient, log)
  })
  afterEach(() => db.close())
  afterAll(() => http.close())

  /** told gives what was told of a platform that was asked at the beginning of the test. */
  async function told(platform = 'A'): Promise<Pick<HostHealth, 'canaryAt' | 'canaryError'> | undefined> {
    const health = (await breaker.all()).get(platform)
    return health && { canaryAt: health.canaryAt, canaryError: health.canaryError }
  }

  async function ended(): Promise<void> {
    while ((await told())?.canaryAt?.getTime() === START)
      await new Promise((resolve) => setImmediate(resolve))
  }

  it('are asked for where there is one, the platform is on and its time has come', async () => {
    answer = () => Promise.resolve([{ fileId: '1', state: 'available' }])
    await canaries.begin()
    await ended()
    expect(asked).toMatchObject([{ canonicalUrl: 'https://a.test/1', secret: 'key-of-A' }])
    expect(await told()).toEqual({ canaryAt: new Date(START + ANSWER_MS), canaryError: null })
    expect([await told('Off'), await told('None')]).toEqual([undefined, undefined])
  })

  it('tell the kind of what they ended in', async () => {
    answer = () => Promise.reject(new HostError('FILE_GONE', 'gone'))
    await canaries.begin()
    await ended()
    expect(await told()).toEqual({ canaryAt: new Date(START + ANSWER_MS), canaryError: 'FILE_GONE' })
  })

  it('are broken off when the worker stops, with nothing told of the platform', async () => {
    answer = (signal) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    await canaries.begin()
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve))
    await canaries.stop()
    expect(await told()).toEqual({ canaryAt: new Date(START), canaryError: null })
  })
})
