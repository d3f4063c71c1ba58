import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { HostAccount } from '@obb/core/pool'
import { type FakeContent, patternContent } from '@obb/host-adapters/testing'
import type { Readable } from 'node:stream'
import { FetchRig } from './fetch-rig.js'
import { PoolRefusal } from './pool-refusal.js'

const MIB = 1024 * 1024
/** Three parts. */
const SIZE = 17 * MIB

/** Calls back as soon as a range is asked for. */
class Watched implements FakeContent {
  readonly size = SIZE
  readonly asked: number[] = []
  onRead: () => void = () => undefined
  private readonly content = patternContent(SIZE, 5)

  read(start: number, end: number): Readable {
    this.asked.push(start)
    this.onRead()
    return this.content.read(start, end)
  }
}

describe('an attempt to fetch a file', () => {
  let rig: FetchRig
  let content: Watched

  beforeEach(async () => {
    rig = await FetchRig.start()
    content = new Watched()
  })
  afterEach(() => rig.close())

  const account = (id: string) => rig.db.source.manager.findOneByOrFail(HostAccount, { id })
  const outcome = (running: Promise<void>): Promise<unknown> => running.catch((error: unknown) => error)

  it('stores the file with one account, one login and one direct link, and gives the account back', async () => {
    await rig.operatorAccount()
    const file = await rig.wanted(content)
    const fetch = rig.begun(await rig.scheduled())
    expect(await rig.leases()).toBe(1)
    await rig.parts.attempt.run(fetch)
    expect(['user/login', 'file/download'].map((call) => rig.calls(call))).toEqual([1, 1])
    expect(content.asked.sort((a, b) => a - b)).toEqual([0, 8 * MIB, 16 * MIB])
    expect(await rig.isWhole(file, content)).toBe(true)
    expect(fetch.gained).toBe(true)
    expect(await rig.leases()).toBe(0)
  })

  it.each([
    ['is frozen', { frozen: true }, { enabled: false, coolUntil: null }],
    ['has no traffic', { trafficLeft: 0 }, { enabled: true, coolUntil: expect.any(Date) }],
  ])(
    'goes on with the next account where one %s, which is set aside with the reason',
    async (_, fault, aside) => {
      const bad = await rig.operatorAccount(fault)
      const file = await rig.wanted(content)
      const fetch = rig.begun(await rig.scheduled())
      const good = await rig.operatorAccount()
      await rig.parts.attempt.run(fetch)
      expect(await rig.isWhole(file, content)).toBe(true)
      expect(await account(bad)).toMatchObject({ ...aside, offReason: expect.stringMatching(/^ACCOUNT_/) })
      expect(await account(good)).toMatchObject({ enabled: true, coolUntil: null, offReason: null })
      expect(await rig.leases()).toBe(0)
    },
  )

  it('ends in what the pool says when no account is left, and has not touched the host for more', async () => {
    await rig.operatorAccount({ trafficLeft: 0 })
    await rig.operatorAccount({ trafficLeft: 0 })
    await rig.wanted(content)
    expect(await outcome(rig.parts.attempt.run(rig.begun(await rig.scheduled())))).toBeInstanceOf(PoolRefusal)
    expect(rig.calls('file/download')).toBe(2)
    expect(content.asked).toEqual([])
    expect(await rig.leases()).toBe(0)
  })

  it('logs in once more where a direct link is refused to the session, and goes on', async () => {
    const id = await rig.operatorAccount()
    const file = await rig.wanted(content)
    const refusals = [{ status: 401, body: 'This download session is not for you' }]
    Object.defineProperty(rig.host.knobs, 'linkAnswer', { get: () => refusals.shift() })
    await rig.parts.attempt.run(rig.begun(await rig.scheduled()))
    expect(await rig.isWhole(file, content)).toBe(true)
    expect(rig.calls('user/login')).toBe(2)
    expect((await account(id)).enabled).toBe(true)
  })

  it('switches an account off whose new session is refused as well, and tries no third', async () => {
    const id = await rig.operatorAccount()
    await rig.wanted(content)
    rig.host.knobs.linkAnswer = { status: 401, body: 'This download session is not for you' }
    expect(await outcome(rig.parts.attempt.run(rig.begun(await rig.scheduled())))).toBeInstanceOf(PoolRefusal)
    expect(rig.calls('user/login')).toBe(2)
    expect(await account(id)).toMatchObject({
      enabled: false,
      offReason: expect.stringContaining('ACCOUNT_INVALID'),
    })
  })

  it('asks for a new direct link as long as each brings a part', async () => {
    await rig.operatorAccount()
    const file = await rig.wanted(content)
    rig.host.knobs.linkRequests = 1
    await rig.parts.attempt.run(rig.begun(await rig.scheduled()))
    expect(rig.calls('file/download')).toBe(3)
    expect(content.asked.sort((a, b) => a - b)).toEqual([0, 8 * MIB, 16 * MIB])
    expect(await rig.isWhole(file, content)).toBe(true)
  })

  it('takes two direct links that bring nothing, and no third', async () => {
    await rig.operatorAccount()
    await rig.wanted(content)
    rig.host.knobs.linkRequests = 0
    const fetch = rig.begun(await rig.scheduled())
    expect(await outcome(rig.parts.attempt.run(fetch))).toMatchObject({
      name: 'HostError',
      kind: 'LINK_EXPIRED',
    })
    expect(rig.calls('file/download')).toBe(2)
    expect(fetch.gained).toBe(false)
  })

  it('goes on with another account after two pages in place of the file, and the first one rests', async () => {
    const ids = [await rig.operatorAccount(), await rig.operatorAccount()]
    const file = await rig.wanted(content)
    const page = { status: 403, body: '<html>new words</html>' }
    const toFirst = () => (rig.calls('file/download') <= 2 ? page : undefined)
    Object.defineProperty(rig.host.knobs, 'linkAnswer', { get: toFirst, configurable: true })
    await rig.parts.attempt.run(rig.begun(await rig.scheduled()))
    expect(await rig.isWhole(file, content)).toBe(true)
    const reasons = await Promise.all(ids.map(async (id) => (await account(id)).offReason))
    expect(reasons.filter((reason) => reason === null)).toHaveLength(1)
    expect(reasons.filter((reason) => reason?.startsWith('ACCOUNT_QUOTA'))).toHaveLength(1)
  })

  it('rests no account where two of them get a page: it is the host, and other files go on', async () => {
    const ids = [await rig.operatorAccount(), await rig.operatorAccount()]
    await rig.wanted(content)
    rig.host.knobs.linkAnswer = { status: 200, body: '<html>new words</html>' }
    expect(await outcome(rig.parts.attempt.run(rig.begun(await rig.scheduled())))).toMatchObject({
      kind: 'HOST_TEMP',
      elsewhere: true,
    })
    expect(rig.calls('file/download')).toBe(4)
    for (const id of ids) expect(await account(id)).toMatchObject({ enabled: true, coolUntil: null })
    expect(await rig.leases()).toBe(0)
  })

  it('that is broken off leaves its parts to the next one, which asks for the others alone', async () => {
    await rig.operatorAccount()
    const file = await rig.wanted(content)
    rig.host.knobs.linkRequests = 1
    const stop = new AbortController()
    const stopped = new Error('stopped')
    content.onRead = () => {
      if (content.asked.length === 2) stop.abort(stopped)
    }
    const first = rig.begun(await rig.scheduled(), stop.signal)
    expect(await outcome(rig.parts.attempt.run(first))).toBe(stopped)
    expect([first.gained, await rig.leases()]).toEqual([true, 0])

    content.onRead = () => undefined
    const before = content.asked.splice(0)
    const claim = { fileId: file.id, claim: 1, worker: 'one' }
    await rig.parts.fetches.wait(claim, rig.clock.now(), { failedAttempt: false, restart: false })
    await rig.parts.attempt.run(rig.begun(await rig.scheduled()))
    expect(content.asked).not.toContain(before[0])
    expect(await rig.isWhole(file, content)).toBe(true)
  })

  it('takes the size that the direct link tells for what the file is', async () => {
    await rig.operatorAccount()
    const file = await rig.wanted(content, { size: SIZE - 1 })
    await rig.parts.attempt.run(rig.begun(await rig.scheduled()))
    expect((await rig.fileNow(file)).size).toBe(SIZE)
    expect(await rig.isWhole(file, content)).toBe(true)
  })
})
