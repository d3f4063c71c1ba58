import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import {
  ADMISSION_GATES,
  type ExplainAnswer,
  type GateAnswer,
  REFUSALS,
  type RefusalCause,
  URL_GATES,
  explainSchema,
  linkSchema,
} from '@obb/contracts'
import { Accounts } from '@obb/core/accounts'
import { BlockList } from '@obb/core/blocks'
import { SourceFile } from '@obb/core/files'
import { HostCatalog } from '@obb/core/hosts'
import { StoreHealth } from '@obb/core/store-state'
import { FetchQueue } from '@obb/core/queue'
import { Gateway, rapidGatorUrl } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const DAY = 86_400_000

describe('GET /explain', () => {
  let gateway: Gateway
  let user: { id: string; email: string; apiKey: string }
  let poolAccount: string
  let n = 0

  beforeAll(async () => {
    gateway = await Gateway.start()
    poolAccount = await gateway.poolAccount()
  })
  beforeEach(async () => {
    await gateway.fetcherAlive()
    user = await gateway.user({ traffic: 5000, dailyPerHost: 3000 })
  })
  afterAll(() => gateway.close())

  const explain = async (url: string): Promise<ExplainAnswer> =>
    successOf(
      await gateway.call(user.apiKey, 'GET', `/explain?url=${encodeURIComponent(url)}`),
      explainSchema,
    )
  const unrestrict = (url: string) => gateway.call(user.apiKey, 'POST', '/unrestrict', { url })
  const gateOf = (answer: ExplainAnswer, gate: string) => answer.gates.find((each) => each.gate === gate)

  it('200: every gate in the order of admission, what it would cost, and nothing done', async () => {
    const { url } = await gateway.knownFile(++n)
    const answer = await explain(url)
    expect(answer).toMatchObject({
      allowed: true,
      platform: 'RapidGator',
      filename: `file ${n}.bin`,
      filesize: '1000',
      cost: 1000,
    })
    expect(answer.gates.map(({ gate }) => gate)).toEqual([...URL_GATES, ...ADMISSION_GATES])
    expect(answer.gates.every(({ pass }) => pass)).toBe(true)
    expect(gateOf(answer, 'traffic')).toMatchObject({ used: 0, max: 5000 })
    expect(gateOf(answer, 'host_usage')).toMatchObject({ used: 0, max: 3000, resets_at: null })
    expect(gateOf(answer, 'slots')).toMatchObject({
      used: 0,
      running: 0,
      waiting: 0,
      max_running: 5,
      max_waiting: 100,
      max: 105,
    })
    expect((await gateway.database.query('SELECT 1 FROM link')).length).toBe(0)
  })

  it('200: a file that nobody asked for is not asked for here either, and its size is said to be unknown', async () => {
    const call = jest.spyOn(gateway.app.get(FetchQueue), 'call')
    const files = await gateway.database.manager.count(SourceFile)
    const answer = await explain(rapidGatorUrl(++n))
    expect(answer).toMatchObject({ allowed: true, filename: null, filesize: null, cost: null })
    expect(gateOf(answer, 'file')?.msg).toMatch(/size is unknown/)
    expect(call).not.toHaveBeenCalled()
    expect(await gateway.database.manager.count(SourceFile)).toBe(files)
    call.mockRestore()
  })

  it('200: with a live link, it, for nothing, whatever the gates behind it say', async () => {
    const { url } = await gateway.knownFile(++n)
    const { linkId } = (await unrestrict(url)).body.data
    await gateway.database.query('UPDATE account SET daily_per_host = 1 WHERE id = $1', [user.id])
    const answer = await explain(url)
    expect(answer).toMatchObject({ allowed: true, cost: 0 })
    expect(gateOf(answer, 'reuse')).toMatchObject({ pass: true, link_id: linkId })
    expect(gateOf(answer, 'host_usage')?.pass).toBe(false)
  })

  /** Each closes one gate; the answer must be the one that /unrestrict gives. */
  const closed: [string, string, (url: string) => Promise<unknown>, object][] = [
    [
      'block',
      'file_blocked',
      (url) => gateway.app.get(BlockList).add({ kind: 'url', value: canonical(url), reason: 'a notice' }),
      {},
    ],
    [
      'file',
      'file_gone',
      () =>
        gateway.database.query(
          `UPDATE source_file SET refusal = 'file_gone', refused_until = $2 WHERE host_file_id = $1`,
          [fileId(), new Date(gateway.clock.now() + 90_000)],
        ),
      { clears_in_seconds: 90 },
    ],
    ['fetcher', 'no_fetcher', () => gateway.database.query('DELETE FROM fetcher'), { clears_in_seconds: 15 }],
    [
      'store',
      'store_full',
      () =>
        new StoreHealth(gateway.database, gateway.clock).recordFailure(
          'full',
          'S3 UploadPart: 507 InsufficientStorage',
        ),
      {},
    ],
    [
      'store',
      'store_full',
      () => gateway.database.query('UPDATE store_health SET room = 999'),
      { clears_in_seconds: 60 },
    ],
    [
      'slots',
      'slots_full',
      () =>
        Promise.all([
          gateway.app.get(HostCatalog).update('RapidGator', { maxDownloads: 1, maxQueued: 0 }),
          gateway.knownFile(++n).then(({ url }) => unrestrict(url)),
        ]),
      { used: 1, max: 1, clears_in_seconds: 30 },
    ],
    [
      'host_usage',
      'host_usage_exceeded',
      async () => {
        for (const size of [1500, 1000]) await unrestrict((await gateway.knownFile(++n, size)).url)
        gateway.clock.advance(3_600_000)
        await gateway.fetcherAlive()
      },
      { used: 2500, max: 3000, clears_in_seconds: 23 * 3600 },
    ],
    [
      'traffic',
      'traffic_insufficient',
      () => gateway.database.query('UPDATE account SET traffic_left = 999 WHERE id = $1', [user.id]),
      { used: 4001, max: 5000 },
    ],
  ]
  const fileId = () => last.toString(16).padStart(32, '0')
  const canonical = (url: string) => gateway.app.get(HostCatalog).match(url)?.ref.canonicalUrl ?? ''
  let last = 0

  it.each(closed)('%s closed: the same refusal as /unrestrict, %s', async (gate, cause, close, more) => {
    const { url } = await gateway.knownFile((last = ++n))
    await close(url)
    const answer = await explain(url)
    const failure = expectRefusal(await unrestrict(url), cause as never)
    expect(answer).toMatchObject({ allowed: false, status: failure.status, msg: failure.msg })
    expect(answer.retry_in_seconds).toBe(failure.retry_in_seconds)
    expect(answer.gates.filter(({ pass }) => !pass)).toEqual([
      expect.objectContaining({ gate, status: failure.status, msg: failure.msg, ...more }),
    ])
    await gateway.database.query('DELETE FROM host_health')
    await gateway.database.query('UPDATE store_health SET trouble = NULL, room = NULL')
    await gateway.database.query('UPDATE host_account SET cool_until = NULL')
    await gateway.app.get(HostCatalog).update('RapidGator', { maxDownloads: 5, maxQueued: 100 })
  })

  it.each<[GateAnswer['gate'], RefusalCause, () => Promise<unknown>, number]>([
    [
      'store',
      'store_unavailable',
      () => new StoreHealth(gateway.database, gateway.clock).recordFailure('away', 'S3: ECONNREFUSED'),
      300,
    ],
    [
      'host_working',
      'host_unavailable',
      () =>
        gateway.database.query(
          `INSERT INTO host_health (platform, failures, open_until) VALUES ('RapidGator', 3, $1)
           ON CONFLICT (platform) DO UPDATE SET failures = 3, open_until = $1`,
          [new Date(gateway.clock.now() + 45_000)],
        ),
      45,
    ],
    [
      'pool',
      'pool_exhausted',
      () =>
        gateway.database.query('UPDATE host_account SET cool_until = $2 WHERE id = $1', [
          poolAccount,
          new Date(gateway.clock.now() + 20_000),
        ]),
      20,
    ],
  ])(
    '%s waits until it clears where the size is known, as /unrestrict does, else %s',
    async (gate, cause, close, seconds) => {
      const { url } = await gateway.knownFile(++n)
      await close()
      const answer = await explain(url)
      expect(answer.allowed).toBe(true)
      const waiting = answer.gates.filter(({ clears_in_seconds: clears }) => clears !== undefined)
      expect(waiting).toEqual([
        { gate, pass: true, msg: expect.any(String), clears_in_seconds: expect.any(Number) },
      ])
      expect(waiting[0]?.clears_in_seconds).toBeLessThanOrEqual(seconds)
      const unknown = rapidGatorUrl(++n)
      expect(await explain(unknown)).toMatchObject({ allowed: false, status: REFUSALS[cause].status })
      expectRefusal(await unrestrict(unknown), cause)
      successOf(await unrestrict(url), linkSchema)
      await gateway.database.query('DELETE FROM host_health')
      await gateway.database.query('UPDATE store_health SET trouble = NULL, room = NULL')
      await gateway.database.query('UPDATE host_account SET cool_until = NULL')
    },
  )

  it('200: after a day its size is not taken for granted any more', async () => {
    const { url } = await gateway.knownFile(++n, 4000)
    gateway.clock.advance(DAY - 1)
    await gateway.fetcherAlive()
    expect(await explain(url)).toMatchObject({ status: 54 })
    gateway.clock.advance(1)
    expect(await explain(url)).toMatchObject({ allowed: true })
  })

  it('200: name and size of what others asked for are told only as long as the host’s word is fresh', async () => {
    const { url } = await gateway.knownFile(++n)
    expect(await explain(url)).toMatchObject({ filename: `file ${n}.bin`, filesize: '1000', cost: 1000 })
    gateway.clock.advance(10 * 60_000)
    await gateway.fetcherAlive()
    expect(await explain(url)).toMatchObject({ allowed: true, filename: null, filesize: null, cost: null })
  })

  it('200: a file that is stored needs no host, no fetcher and no slot', async () => {
    const { url, file } = await gateway.knownFile(++n)
    await unrestrict(url)
    await gateway.fetched(file.id)
    user = await gateway.user({ traffic: 5000 })
    await gateway.database.query('DELETE FROM fetcher')
    expect(await explain(url)).toMatchObject({ allowed: true, cost: 1000 })
    expect((await unrestrict(url)).code).toBe(200)
  })

  it('200: a host that is unknown, and one that is switched off', async () => {
    const unknown = await explain('https://nobody.example/file/1')
    expect(unknown).toMatchObject({ allowed: false, status: 101, platform: null, cost: null })
    expect(unknown.gates).toEqual([expect.objectContaining({ gate: 'host_known', pass: false })])
    await gateway.app.get(HostCatalog).update('RapidGator', { enabled: false })
    const off = await explain(rapidGatorUrl(++n))
    expect(off).toMatchObject({ allowed: false, status: 101, platform: 'RapidGator' })
    expect(off.gates.map(({ gate, pass }) => [gate, pass])).toEqual([
      ['host_known', true],
      ['host_enabled', false],
    ])
    await gateway.app.get(HostCatalog).update('RapidGator', { enabled: true })
  })

  it('200 also for accounts that are suspended or expired: it says so', async () => {
    const { url } = await gateway.knownFile(++n)
    await gateway.app.get(Accounts).setState(user.email, 'suspended')
    const suspended = await explain(url)
    expect(suspended).toMatchObject({ allowed: false, status: 2 })
    expect(gateOf(suspended, 'account')?.pass).toBe(false)
    user = await gateway.user({ expiresAt: new Date(gateway.clock.now() + DAY) })
    gateway.clock.advance(DAY)
    expect(await explain(url)).toMatchObject({ allowed: false, status: 2 })
  })

  it('400 with 900 without a url, 401 with 1 without a key', async () => {
    expectRefusal(await gateway.call(user.apiKey, 'GET', '/explain'), 'request_invalid')
    expectRefusal(await gateway.call(user.apiKey, 'GET', '/explain?url='), 'request_invalid')
    expectRefusal(await gateway.call('', 'GET', '/explain?url=x'), 'key_invalid')
  })
})
