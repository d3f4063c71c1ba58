import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { type LinkAnswer, type RefusalCause, linkSchema } from '@obb/contracts'
import { Accounts } from '@obb/core/accounts'
import { Fetches } from '@obb/core/fetches'
import { Files } from '@obb/core/files'
import { HostCatalog } from '@obb/core/hosts'
import { AccountPool } from '@obb/core/pool'
import { FetchQueue, QueueError } from '@obb/core/queue'
import { StoreHealth } from '@obb/core/store-state'
import { TrafficLedger } from '@obb/core/traffic'
import { Gateway, PROXY_URL, rapidGatorUrl } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const DAY = 86_400_000

describe('POST /unrestrict', () => {
  let gateway: Gateway
  let n = 0

  beforeAll(async () => {
    gateway = await Gateway.start()
    await gateway.poolAccount()
  })
  afterAll(() => gateway.close())

  async function unrestrict(key: string, url: string, password?: string) {
    await gateway.fetcherAlive()
    return gateway.call(key, 'POST', '/unrestrict', { url, password })
  }
  const link = async (key: string, url: string): Promise<LinkAnswer> =>
    successOf(await unrestrict(key, url), linkSchema)
  const entries = (accountId: string) => TrafficLedger.entries(gateway.database, accountId)

  it('200: a pending link with every field, charged once', async () => {
    const { id, apiKey } = await gateway.user({ traffic: 5000 })
    const { url } = await gateway.knownFile(++n)
    const answer = await link(apiKey, url)
    expect(answer).toEqual({
      linkId: expect.stringMatching(/^[0-9A-Za-z]{22,}$/),
      download_ready: false,
      remote_status: 'pending',
      link: null,
      filename: `file ${n}.bin`,
      filesize: '1000',
      hostDomain: 'rapidgator.net',
      maxchunks: 16,
      resumable: true,
      poll_after_seconds: 2,
      reusedExisting: false,
      progress: 0,
      bytes_done: 0,
      queue_position: 1,
      attempt: 0,
      expires_at: gateway.clock.now() + 7 * DAY,
    })
    expect((await entries(id)).map(({ kind, bytes }) => [kind, bytes])).toEqual([
      ['grant', 5000],
      ['charge', -1000],
    ])
  })

  it('200: the same again is free and the same link, by every alias and spelling of the URL', async () => {
    const { id, apiKey } = await gateway.user()
    const { url } = await gateway.knownFile(++n)
    const first = await link(apiKey, url)
    const spellings = [
      url,
      ` ${url}\n`.trimEnd(),
      url.replace('https:', 'http:'),
      url.replace('rapidgator.net', 'www.RapidGator.net'),
      url.replace(/\/file-.*$/, ''),
    ]
    for (const spelling of spellings) {
      expect(await link(apiKey, spelling)).toMatchObject({ linkId: first.linkId, reusedExisting: true })
    }
    expect(await link(apiKey, url.replace('rapidgator.net', 'rg.to'))).toMatchObject({ linkId: first.linkId })
    expect(await entries(id)).toHaveLength(2)
  })

  it('200: a file that is stored is ready at once, charged for another account, whoever fetches', async () => {
    const [one, two] = [await gateway.user(), await gateway.user()]
    const { url, file } = await gateway.knownFile(++n)
    await link(one.apiKey, url)
    await gateway.fetched(file.id)
    gateway.clock.advance(60_000) // the fetcher is gone by now
    const answer = successOf(await gateway.call(two.apiKey, 'POST', '/unrestrict', { url }), linkSchema)
    expect(answer).toMatchObject({
      download_ready: true,
      remote_status: 'done',
      link: `${PROXY_URL}/download/${answer.linkId}/file%20${n}.bin`,
      reusedExisting: false,
      progress: 1,
      hashes: { sha256: 'a'.repeat(64), md5: 'b'.repeat(32), crc32c: 'c'.repeat(8) },
    })
    expect(await entries(two.id)).toHaveLength(2)
  })

  it('200: a password makes a file of its own', async () => {
    const { apiKey } = await gateway.user()
    const { url } = await gateway.knownFile(++n)
    await gateway.knownFile(n, 1000, 'sesame')
    const open = await link(apiKey, url)
    const locked = successOf(await unrestrict(apiKey, url, 'sesame'), linkSchema)
    expect(locked.linkId).not.toBe(open.linkId)
    const empty = successOf(await unrestrict(apiKey, url, ''), linkSchema)
    expect(empty.linkId).toBe(open.linkId)
  })

  it('200: an expired link makes way for a new one, which is charged', async () => {
    const { id, apiKey } = await gateway.user()
    const { url, file } = await gateway.knownFile(++n)
    const first = await link(apiKey, url)
    await gateway.fetched(file.id)
    gateway.clock.advance(7 * DAY)
    const second = await link(apiKey, url)
    expect([second.linkId === first.linkId, second.reusedExisting]).toEqual([false, false])
    expect(await entries(id)).toHaveLength(3)
  })

  it('401 with 1, 403 with 2', async () => {
    const { apiKey, email } = await gateway.user()
    const { url } = await gateway.knownFile(++n)
    expectRefusal(await unrestrict('obb_', url), 'key_invalid')
    await gateway.app.get(Accounts).setState(email, 'suspended')
    expectRefusal(await unrestrict(apiKey, url), 'account_suspended')
    const expired = await gateway.user({ expiresAt: new Date(gateway.clock.now()) })
    expectRefusal(await unrestrict(expired.apiKey, url), 'account_expired')
  })

  describe('by a key that was good a moment ago', () => {
    async function seen(plan: Parameters<Gateway['user']>[0] = {}) {
      const user = await gateway.user(plan)
      const { url, file } = await gateway.knownFile(++n)
      await link(user.apiKey, url)
      await gateway.fetched(file.id)
      return { ...user, url, accounts: new Accounts(gateway.database, gateway.clock) }
    }

    it.each<[string, RefusalCause, (accounts: Accounts, email: string) => Promise<unknown>]>([
      ['rotated', 'key_invalid', (accounts, email) => accounts.rotateKey(email)],
      ['suspended', 'account_suspended', (accounts, email) => accounts.setState(email, 'suspended')],
      [
        'expired',
        'account_expired',
        (accounts, email) => accounts.setPlan(email, { expiresAt: new Date(0) }),
      ],
    ])(
      'its own refusal once it is %s, whatever else is wrong with the request',
      async (_, cause, arrange) => {
        const { accounts, apiKey, email, id, url } = await seen()
        const other = await gateway.knownFile(++n)
        await arrange(accounts, email)
        expectRefusal(await unrestrict(apiKey, url), cause)
        expectRefusal(await unrestrict(apiKey, other.url), cause)
        expectRefusal(await unrestrict(apiKey, 'https://nowhere.test/x'), cause)
        expectRefusal(await gateway.call(apiKey, 'POST', '/unrestrict', { url: 7 }), cause)
        expect(await entries(id)).toHaveLength(2)
      },
    )

    it('a link that is there, and the cap for others, once the account has a cap', async () => {
      const { accounts, apiKey, email, url } = await seen()
      await accounts.setPlan(email, { dailyPerHost: 1000 })
      expect(await link(apiKey, url)).toMatchObject({ reusedExisting: true })
      const { url: another } = await gateway.knownFile(++n)
      expectRefusal(await unrestrict(apiKey, another), 'host_usage_exceeded')
    })
  })

  it('402 with 52 when the traffic does not reach, and nothing is charged', async () => {
    const { id, apiKey } = await gateway.user({ traffic: 1999 })
    await link(apiKey, (await gateway.knownFile(++n)).url)
    const refused = expectRefusal(
      await unrestrict(apiKey, (await gateway.knownFile(++n)).url),
      'traffic_insufficient',
    )
    expect(refused.retry_in_seconds).toBe(60)
    expect(await entries(id)).toHaveLength(2)
  })

  it('429 with 54 until enough of the 24 hours has passed', async () => {
    const { apiKey } = await gateway.user({ dailyPerHost: 1500 })
    await link(apiKey, (await gateway.knownFile(++n)).url)
    gateway.clock.advance(3_600_000)
    const { url } = await gateway.knownFile(++n)
    const refused = expectRefusal(await unrestrict(apiKey, url), 'host_usage_exceeded')
    expect(refused.retry_in_seconds).toBe(23 * 3600)
    gateway.clock.advance(23 * 3_600_000)
    await gateway.knownFile(n)
    await link(apiKey, url)
  })

  it('429 with 55 and a short wait when neither slot nor queue has room', async () => {
    const catalog = gateway.app.get(HostCatalog)
    await catalog.update('RapidGator', { maxDownloads: 1, maxQueued: 1 })
    const { apiKey } = await gateway.user()
    for (let made = 0; made < 2; made++) await link(apiKey, (await gateway.knownFile(++n)).url)
    const refused = expectRefusal(await unrestrict(apiKey, (await gateway.knownFile(++n)).url), 'slots_full')
    expect(refused.retry_in_seconds).toBeGreaterThanOrEqual(15)
    expect(refused.retry_in_seconds).toBeLessThanOrEqual(60)
    await catalog.update('RapidGator', { maxDownloads: 100, maxQueued: 1000 })
  })

  it('400 with 101 for a host that is unknown or switched off, and for a folder', async () => {
    const { apiKey } = await gateway.user()
    expectRefusal(await unrestrict(apiKey, 'https://unknown.example/x'), 'url_unsupported')
    expectRefusal(await unrestrict(apiKey, 'https://rapidgator.net/folder/7/x.html'), 'folder_unlisted')
    expectRefusal(await unrestrict(apiKey, 'https://1fichier.com/dir/abcd1234'), 'folder_given')
    const catalog = gateway.app.get(HostCatalog)
    await catalog.update('RapidGator', { enabled: false })
    expectRefusal(await unrestrict(apiKey, rapidGatorUrl(++n)), 'url_unsupported')
    await catalog.update('RapidGator', { enabled: true })
  })

  const REFUSED: [RefusalCause, boolean][] = [
    ['file_blocked', false],
    ['file_restricted', false],
    ['file_gone', false],
    ['upstream_error', true],
    ['password_required', false],
    ['password_wrong', false],
  ]
  it.each(REFUSED)(
    'the refusal %s of a host, from memory, with a time only where time heals',
    async (cause, heals) => {
      const { id, apiKey } = await gateway.user()
      const { url, file } = await gateway.knownFile(++n)
      await gateway.app.get(Files).refuse(file.id, { cause, until: gateway.clock.now() + 61_001 })
      const refused = expectRefusal(await unrestrict(apiKey, url), cause)
      expect(refused.retry_in_seconds).toBe(heals ? 62 : undefined)
      expect(await entries(id)).toHaveLength(1)
    },
  )

  it.each(['password_required', 'password_wrong'] as const)(
    '403 for %s, whatever the key says of errors: JDownloader asks for the password then',
    async (cause) => {
      const { email, apiKey } = await gateway.user()
      const { url, file } = await gateway.knownFile(++n)
      await gateway.app.get(Files).refuse(file.id, { cause, until: gateway.clock.now() + 60_000 })
      expectRefusal(await unrestrict(apiKey, url), cause, 403)
      await gateway.app.get(Accounts).setErrorsAs200(email, true)
      expectRefusal(await unrestrict(apiKey, url), cause, 403)
    },
  )

  it('503 with 105 while no fetcher is alive, for what is not stored, and nothing is charged', async () => {
    gateway.clock.advance(60_000)
    const { id, apiKey } = await gateway.user()
    const known = (await gateway.knownFile(++n)).url
    for (const url of [rapidGatorUrl(++n), known]) {
      const refused = expectRefusal(await gateway.call(apiKey, 'POST', '/unrestrict', { url }), 'no_fetcher')
      expect(refused.retry_in_seconds).toBeGreaterThan(0)
    }
    expect(await entries(id)).toHaveLength(1)
  })

  it.each<[string, (fileId: string) => Promise<unknown>, () => Promise<unknown>]>([
    [
      'its host is away',
      (id) =>
        gateway.app
          .get(Files)
          .refuse(id, { cause: 'host_unavailable', until: gateway.clock.now() + 600_000 }),
      () => Promise.resolve(),
    ],
    [
      'the circuit of its host is open',
      () =>
        gateway.database.query(
          `INSERT INTO host_health (platform, failures, open_until) VALUES ('RapidGator', 3, $1)`,
          [new Date(gateway.clock.now() + 600_000)],
        ),
      () => gateway.database.query('DELETE FROM host_health'),
    ],
    [
      'all accounts of its host rest',
      () =>
        gateway.database.query('UPDATE host_account SET cool_until = $1', [
          new Date(gateway.clock.now() + 600_000),
        ]),
      () => gateway.database.query('UPDATE host_account SET cool_until = NULL'),
    ],
    [
      'the store is away',
      () => new StoreHealth(gateway.database, gateway.clock).recordFailure('away', 'S3: ECONNREFUSED'),
      () => new StoreHealth(gateway.database, gateway.clock).recordRecovery(),
    ],
  ])(
    'a pending link with a poll that grows while %s, whether its facts are fresh or not',
    async (_name, begin, end) => {
      const { id, apiKey } = await gateway.user()
      const call = jest.spyOn(gateway.app.get(FetchQueue), 'call')
      for (const age of [0, 3_600_000]) {
        const { url, file } = await gateway.knownFile(++n)
        gateway.clock.advance(age)
        await gateway.fetcherAlive()
        await begin(file.id)
        const made = await link(apiKey, url)
        expect(made).toMatchObject({ remote_status: 'pending', filesize: '1000', poll_after_seconds: 2 })
        gateway.clock.advance(60_000)
        const later = successOf(await gateway.call(apiKey, 'GET', `/link/${made.linkId}`), linkSchema)
        expect(later).toMatchObject({ remote_status: 'pending' })
        expect(later.poll_after_seconds).toBeGreaterThanOrEqual(12)
        expect(await link(apiKey, url)).toMatchObject({ linkId: made.linkId, reusedExisting: true })
        await gateway.fetcherAlive()
        await end()
      }
      expect(call).not.toHaveBeenCalled()
      call.mockRestore()
      expect((await entries(id)).filter(({ kind }) => kind === 'charge')).toHaveLength(2)
    },
  )

  it('a pending link where the question to the host waits too long and size and price are known, else 503 with 105', async () => {
    const { id, apiKey } = await gateway.user()
    const known = (await gateway.knownFile(++n)).url
    const unknown = rapidGatorUrl(++n)
    const old = (await gateway.knownFile(++n)).url
    gateway.clock.advance(3_600_000)
    const call = jest.spyOn(gateway.app.get(FetchQueue), 'call')
    call.mockRejectedValue(new QueueError('TIMEOUT', 'no answer'))
    expect(await link(apiKey, known)).toMatchObject({ remote_status: 'pending', filesize: '1000' })
    const refused = expectRefusal(await unrestrict(apiKey, unknown), 'host_unavailable')
    expect(refused.retry_in_seconds).toBeGreaterThan(0)
    gateway.clock.advance(24 * 3_600_000)
    expectRefusal(await unrestrict(apiKey, old), 'host_unavailable')
    call.mockRestore()
    expect((await entries(id)).map(({ kind, bytes }) => [kind, bytes]).slice(1)).toEqual([['charge', -1000]])
  })

  it('503 with 105 while the store takes no files, before a host is asked; what is stored is given as ever', async () => {
    const store = new StoreHealth(gateway.database, gateway.clock)
    const { id, apiKey } = await gateway.user()
    const known = (await gateway.knownFile(++n)).url
    const waiting = (await gateway.knownFile(++n)).url
    const mine = successOf(await unrestrict(apiKey, waiting), linkSchema)
    const stored = await gateway.knownFile(++n)
    await gateway.database.query(
      `UPDATE source_file SET state = 'done', object_key = 'a/1', sha256 = $2, done_at = now() WHERE id = $1`,
      [stored.file.id, 'ab'.repeat(32)],
    )
    await store.recordFailure('full', 'S3 UploadPart: 507 InsufficientStorage')
    expect((await gateway.send('GET', '/health')).code).toBe(200)
    expect(await gateway.send('GET', '/health/ready')).toMatchObject({
      code: 503,
      body: {
        status: 105,
        data: {
          checks: expect.arrayContaining([expect.objectContaining({ name: 'store', detail: 'full' })]),
        },
      },
    })
    const other = await gateway.user()
    for (const [key, url] of [
      [apiKey, known],
      [apiKey, rapidGatorUrl(++n)],
      [other.apiKey, waiting],
    ] as const) {
      expect(expectRefusal(await unrestrict(key, url), 'store_full').retry_in_seconds).toBeGreaterThan(0)
    }
    expect(successOf(await unrestrict(apiKey, waiting), linkSchema)).toMatchObject({
      linkId: mine.linkId,
      reusedExisting: true,
    })
    const again = successOf(await unrestrict(apiKey, stored.url), linkSchema)
    expect(again).toMatchObject({ remote_status: 'done', download_ready: true })
    expect(await entries(id)).toHaveLength(3)
    await store.recordRecovery()
    successOf(await unrestrict(apiKey, known), linkSchema)
  })

  it('429 with 107 when no account of the pool is left, with the time when one is back', async () => {
    const pool = gateway.app.get(AccountPool)
    const { apiKey } = await gateway.user()
    const { url } = await gateway.knownFile(++n)
    for (const { id } of await pool.list()) await pool.setEnabled(id, false)
    for (const each of [url, rapidGatorUrl(++n)]) {
      expect(expectRefusal(await unrestrict(apiKey, each), 'pool_exhausted').retry_in_seconds).toBe(120)
    }
    for (const { id } of await pool.list()) await pool.setEnabled(id, true)
    await gateway.database.query('UPDATE host_account SET cool_until = $1', [
      new Date(gateway.clock.now() + 33_000),
    ])
    const unknown = await unrestrict(apiKey, rapidGatorUrl(++n))
    expect(expectRefusal(unknown, 'pool_exhausted').retry_in_seconds).toBe(33)
    await gateway.database.query('UPDATE host_account SET cool_until = NULL')
  })

  it('429 with 107 and no time where nobody added an account of the platform', async () => {
    const { id, apiKey } = await gateway.user()
    const pool = gateway.app.get(AccountPool)
    for (const account of await pool.list()) await pool.remove(account.id)
    const known = (await gateway.knownFile(++n)).url
    for (const url of [known, rapidGatorUrl(++n)]) {
      const answer = await unrestrict(apiKey, url)
      expect(expectRefusal(answer, 'pool_empty').retry_in_seconds).toBeUndefined()
      expect(answer.headers.has('retry-after')).toBe(false)
    }
    expect(await entries(id)).toHaveLength(1)
    await gateway.poolAccount()
  })

  it('the text of a cause is the same for every file and time, without any figure, id or URL', async () => {
    const [one, two] = [await gateway.user({ traffic: 1 }), await gateway.user({ traffic: 900 })]
    const texts = new Set<string>()
    for (const { apiKey } of [one, two]) {
      const { url } = await gateway.knownFile(++n)
      texts.add(expectRefusal(await unrestrict(apiKey, url), 'traffic_insufficient').msg)
      gateway.clock.advance(61_000)
    }
    expect([...texts]).toEqual([expect.stringMatching(/^[A-Za-z ,;'.]+$/)])
  })

  it('with errors as 200 every failure but 401, 403 and 404 is HTTP 200 with the same envelope', async () => {
    const { apiKey, email } = await gateway.user({ traffic: 1 })
    await gateway.app.get(Accounts).setErrorsAs200(email, true)
    const { url, file } = await gateway.knownFile(++n)
    expectRefusal(await unrestrict(apiKey, url), 'traffic_insufficient', 200)
    expectRefusal(await unrestrict(apiKey, 'ftp://x'), 'url_unsupported', 200)
    const refuse = (cause: RefusalCause) =>
      gateway.app.get(Files).refuse(file.id, { cause, until: gateway.clock.now() + 60_000 })
    await refuse('upstream_error')
    expect(expectRefusal(await unrestrict(apiKey, url), 'upstream_error', 200).retry_in_seconds).toBe(60)
    await refuse('file_gone')
    expectRefusal(await unrestrict(apiKey, url), 'file_gone', 404)
    await refuse('file_blocked')
    expectRefusal(await unrestrict(apiKey, url), 'file_blocked', 403)
  })

  it('with errors as 200 also for what fails before the key is looked at', async () => {
    const { apiKey, email } = await gateway.user()
    await gateway.app.get(Accounts).setErrorsAs200(email, true)
    expectRefusal(await gateway.call(apiKey, 'DELETE', '/unrestrict'), 'method_not_allowed', 200)
    expectRefusal(await gateway.call(apiKey, 'GET', '/nothing'), 'route_unknown', 404)
    for (const [type, body] of [
      ['application/json', '{'],
      ['text/plain', 'x'],
    ] as const) {
      const headers = { 'x-api-key': apiKey, 'content-type': type }
      const url = `http://127.0.0.1:${gateway.port}/api/external/v1/unrestrict`
      const response = await fetch(url, { method: 'POST', headers, body })
      expect([response.status, ((await response.json()) as { status: number }).status]).toEqual([200, 900])
    }
  })

  it('500 with 999 for a mistake of ours: one line in the log, nothing of it in the answer', async () => {
    const { apiKey } = await gateway.user()
    const { url } = await gateway.knownFile(++n)
    await gateway.fetcherAlive()
    await gateway.database.query('ALTER TABLE link RENAME TO mislaid')
    gateway.takeLog()
    const answer = await gateway.call(apiKey, 'POST', '/unrestrict', { url, password: 'a-secret-password' })
    await gateway.database.query('ALTER TABLE mislaid RENAME TO link')
    expectRefusal(answer, 'internal')
    const log = gateway.takeLog()
    expect(log).toHaveLength(1)
    expect(log[0]).toContain('request failed')
    expect(log[0]).not.toContain('a-secret-password')
    expect(log[0]).not.toContain(apiKey)
  })

  it("understands the main client's request to the letter, over one connection", async () => {
    const { apiKey } = await gateway.user()
    const { url } = await gateway.knownFile(++n)
    await gateway.fetcherAlive()
    const head = [
      'Host: portal.test',
      'Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
      'Accept-Encoding: gzip',
      'User-Agent: JDownloader',
      `Authorization: Bearer ${apiKey}`,
      'Connection: keep-alive',
    ]
    const get = (path: string) =>
      ['GET /api/external/v1' + path + ' HTTP/1.1', ...head, 'Content-Type: application/json', '', ''].join(
        '\r\n',
      )
    const body = `{\r\n  "url" : "${url}"\r\n}\r\n`
    const post = [
      'POST /api/external/v1/unrestrict HTTP/1.1',
      ...head,
      'Content-Type: application/json; charset=UTF-8',
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n')
    const connection = await gateway.connection()
    const ask = async (request: string) => {
      connection.write(request)
      const answer = await connection.answer()
      expect(answer?.status).toBe(200)
      expect(answer?.headers['content-type']).toBe('application/json; charset=utf-8')
      expect(answer?.headers['connection']).not.toBe('close')
      return JSON.parse(answer?.text ?? '').data
    }
    expect(await ask(get('/account'))).toMatchObject({ accountType: 'premium' })
    expect(await ask(get('/hosts/grouped'))).toHaveProperty('supportedhosts')
    const { linkId } = await ask(post)
    expect(await ask(post)).toMatchObject({ linkId, reusedExisting: true }) // silently sent again
    expect(await ask(get(`/link/${linkId}`))).toMatchObject({ linkId, poll_after_seconds: 2 })
    connection.close()
  })

  it('a new request after a failure makes a new attempt and a new charge, the old one is given back', async () => {
    const { id, apiKey } = await gateway.user()
    const { url, file } = await gateway.knownFile(++n)
    const first = await link(apiKey, url)
    const fetches = new Fetches(gateway.database, gateway.clock)
    const claimed = await fetches.claim({ fileId: file.id, generation: file.generation }, 'w', 60_000)
    const claim = { fileId: file.id, claim: claimed?.claim ?? 0, worker: 'w' }
    await fetches.fail(claim, { cause: 'upstream_error', until: gateway.clock.now() + 60_000 })
    expect(expectRefusal(await unrestrict(apiKey, url), 'upstream_error').retry_in_seconds).toBe(60)
    gateway.clock.advance(60_000)
    await gateway.app.get(Files).record(file.id, { fileId: 'x', state: 'available', name: 'x', size: 1000 })
    const second = await link(apiKey, url)
    expect([second.linkId === first.linkId, second.reusedExisting]).toEqual([false, false])
    expect((await entries(id)).map(({ kind, bytes }) => [kind, bytes]).slice(1)).toEqual([
      ['charge', -1000],
      ['refund', 1000],
      ['charge', -1000],
    ])
  })
})
