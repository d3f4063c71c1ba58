import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals'
import { type HostRow, hostGroupsSchema, hostsSchema } from '@obb/contracts'
import { HostCatalog } from '@obb/core/hosts'
import { AccountPool } from '@obb/core/pool'
import { Gateway } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const GIB = 2 ** 30
const DOMAINS = ['rapidgator.asia', 'rapidgator.net', 'rg.to']

describe('GET /hosts and /hosts/grouped', () => {
  let gateway: Gateway
  let key: string

  beforeAll(async () => {
    gateway = await Gateway.start()
    key = (await gateway.user({ traffic: 10 * GIB })).apiKey
  })
  afterAll(() => gateway.close())

  const rows = async (apiKey = key) => successOf(await gateway.call(apiKey, 'GET', '/hosts'), hostsSchema)
  const groups = async (apiKey = key) =>
    successOf(await gateway.call(apiKey, 'GET', '/hosts/grouped'), hostGroupsSchema)
  const rapidGator = async () =>
    (await groups()).supportedhosts.find(({ platform }) => platform === 'RapidGator')

  it('200: a platform without an account is listed, does not work, and says null for unknown, never 0', async () => {
    expect(await rapidGator()).toEqual({
      platform: 'RapidGator',
      host: 'rapidgator.net',
      domains: DOMAINS,
      maxChunks: 16,
      maxDownloads: 5,
      resumable: true,
      currently_working: false,
      trafficleft: null,
      trafficmax_daily: 0,
      trafficmax: 0,
      traffic24h_used: 0,
    })
  })

  it('200: the sum over the accounts of the operator, the same on every hostname', async () => {
    const [first] = [await gateway.poolAccount(500 * GIB), await gateway.poolAccount(400 * GIB)]
    const { supportedhosts } = await rows()
    const figures: Omit<HostRow, 'host'> = {
      maxChunks: 16,
      maxDownloads: 5,
      resumable: true,
      currently_working: true,
      trafficleft: 900 * GIB,
      trafficmax_daily: 2048 * GIB,
      trafficmax: 2048 * GIB,
      traffic24h_used: 0,
    }
    expect(supportedhosts.filter(({ host }) => DOMAINS.includes(host))).toEqual(
      ['rapidgator.net', 'rapidgator.asia', 'rg.to'].map((host) => ({ host, ...figures })),
    )
    await gateway.app.get(AccountPool).setEnabled(first, false)
    expect(await rapidGator()).toMatchObject({ trafficleft: 400 * GIB, trafficmax_daily: 1024 * GIB })
  })

  it('200: null as soon as one account tells nothing, 0 when all are exhausted', async () => {
    const unknown = await gateway.poolAccount(null)
    expect(await rapidGator()).toMatchObject({ trafficleft: null, currently_working: true })
    await gateway.app.get(AccountPool).setEnabled(unknown, false)
    const pool = gateway.app.get(AccountPool)
    for (const { id } of await pool.list()) await pool.recordCheck(id, { premium: true, trafficLeft: 0 })
    expect(await rapidGator()).toMatchObject({ trafficleft: 0 })
  })

  it('both views show the same hostnames with the same figures, each once', async () => {
    const byRow = (await rows()).supportedhosts
    const hosts = byRow.map(({ host }) => host)
    expect(new Set(hosts).size).toBe(hosts.length)
    const { supportedhosts } = await groups()
    const expanded = supportedhosts.flatMap(({ platform: _, host: __, domains, ...figures }) =>
      domains.map((host) => ({ host, ...figures })),
    )
    const sorted = (list: HostRow[]) => [...list].sort((a, b) => (a.host < b.host ? -1 : 1))
    expect(sorted(expanded)).toEqual(sorted(byRow))
    for (const group of supportedhosts) {
      expect(group.domains).toContain(group.host)
      expect(group.domains).toEqual([...group.domains].sort())
    }
  })

  it("shows this account's own use of the last 24 hours and nobody else's", async () => {
    const other = await gateway.user()
    await gateway.fetcherAlive()
    await gateway.poolAccount()
    const { url } = await gateway.knownFile(1, 12_345)
    expect((await gateway.call(key, 'POST', '/unrestrict', { url })).code).toBe(200)
    expect(await rapidGator()).toMatchObject({ traffic24h_used: 12_345 })
    const theirs = (await rows(other.apiKey)).supportedhosts.find(({ host }) => host === 'rg.to')
    expect(theirs?.traffic24h_used).toBe(0)
    gateway.clock.advance(24 * 3_600_000)
    expect(await rapidGator()).toMatchObject({ traffic24h_used: 0 })
  })

  it('200: does not work while its circuit is open, nor with no account but expired ones', async () => {
    const works = async () => (await rapidGator())?.currently_working
    expect(await works()).toBe(true)
    await gateway.database.query(
      `INSERT INTO host_health (platform, failures, open_until) VALUES ('RapidGator', 3, $1)`,
      [new Date(gateway.clock.now() + 30_000)],
    )
    expect(await works()).toBe(false)
    gateway.clock.advance(30_000)
    expect(await works()).toBe(true)
    await gateway.database.query('UPDATE host_account SET valid_until = $1', [new Date(gateway.clock.now())])
    expect(await works()).toBe(false)
    await gateway.database.query('UPDATE host_account SET valid_until = NULL')
  })

  it('200: is kept once for all accounts, and told to each while the database is away', async () => {
    const other = await gateway.user()
    const now = await rows()
    await gateway.call(other.apiKey, 'GET', '/account') // knows that account's use
    const away = Object.assign(new Error('away'), { code: 'ECONNREFUSED' })
    const asked = jest.spyOn(gateway.app.get(AccountPool), 'trafficByPlatform').mockRejectedValue(away)
    expect(await rows(other.apiKey)).toEqual({
      ...now,
      supportedhosts: now.supportedhosts.map((row) => ({ ...row, traffic24h_used: 0 })),
    })
    expect(asked).toHaveBeenCalled()
    asked.mockRestore()
  })

  it("follows the operator's settings and tells when something changed", async () => {
    const before = await groups()
    expect(before.supportedhosts.map(({ platform }) => platform)).not.toContain('Http')
    // Later than any platform was reviewed.
    gateway.clock.set(Math.max(gateway.clock.now(), before.updated_at) + 60_000)
    const catalog = gateway.app.get(HostCatalog)
    await catalog.update('RapidGator', { maxChunks: 7, maxDownloads: 2 })
    await catalog.update('Http', { enabled: true })
    const after = await groups()
    expect(after.supportedhosts.map(({ platform }) => platform)).toContain('Http')
    expect(await rapidGator()).toMatchObject({ maxChunks: 7, maxDownloads: 2 })
    expect(after.updated_at).toBe(gateway.clock.now())
    expect(after.updated_at).toBeGreaterThan(before.updated_at)
    await catalog.update('RapidGator', { enabled: false })
    expect(await rapidGator()).toBeUndefined()
  })

  it('lists no row that the main client drops, and no usenet', async () => {
    const names = (await rows()).supportedhosts.map(({ host }) => host)
    const dropped = [
      'http',
      'https',
      'directhttp',
      'file',
      'up',
      'upload',
      'video',
      'torrent',
      'ftp',
      'usenet',
    ]
    expect(names.filter((name) => dropped.includes(name))).toEqual([])
  })

  it('lists usenet only where the operator switches its row on, not for NZBs alone', async () => {
    const catalog = gateway.app.get(HostCatalog)
    const listed = async () => [
      (await rows()).supportedhosts.some(({ host }) => host === 'usenet'),
      (await groups()).supportedhosts.some(({ platform }) => platform === 'Usenet'),
    ]
    await catalog.update('Usenet', { enabled: true })
    expect(await listed()).toEqual([false, false])
    await catalog.update('Usenet', { switches: { listed: true } })
    expect(await listed()).toEqual([true, true])
    await catalog.update('Usenet', { enabled: false })
    expect(await listed()).toEqual([false, false])
  })

  it.each(['/hosts', '/hosts/grouped'])(
    '%s: 401 with 1 without a key, 403 with 2 when expired',
    async (path) => {
      expectRefusal(await gateway.call('', 'GET', path), 'key_invalid')
      const { apiKey } = await gateway.user({ expiresAt: new Date(gateway.clock.now() - 1) })
      expectRefusal(await gateway.call(apiKey, 'GET', path), 'account_expired')
    },
  )
})
