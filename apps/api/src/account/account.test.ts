import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { accountSchema } from '@obb/contracts'
import { Accounts } from '@obb/core/accounts'
import { HostCatalog } from '@obb/core/hosts'
import { Gateway } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const DAY = 86_400_000

describe('GET /account', () => {
  let gateway: Gateway

  beforeAll(async () => {
    gateway = await Gateway.start()
  })
  afterAll(() => gateway.close())

  const account = async (key: string) => successOf(await gateway.call(key, 'GET', '/account'), accountSchema)

  it('200: premium with traffic bought, its figures as integers, no expiry as null', async () => {
    const { apiKey } = await gateway.user({ traffic: 1_099_511_627_776, dailyPerHost: 64_424_509_440 })
    const hosts = gateway.app.get(HostCatalog).all()
    const capped = hosts.filter(({ enabled }) => enabled).map(({ platform }) => platform)
    expect(capped).toContain('RapidGator')
    expect(await account(apiKey)).toEqual({
      accountType: 'premium',
      trafficleft: 1_099_511_627_776,
      trafficmax: 1_099_511_627_776,
      trafficmax_daily: 64_424_509_440,
      timeleft: null,
      login_check_interval: 1_800_000,
      limits: capped.map((platform) => ({ platform, used: 0, max: 64_424_509_440, resets_at: null })),
    })
  })

  it('200: its use of each host in 24 hours, with the cap that holds there and when it begins to free up', async () => {
    await gateway.poolAccount()
    await gateway.fetcherAlive()
    const { apiKey, id } = await gateway.user()
    expect((await account(apiKey)).limits).toEqual([])
    const start = gateway.clock.now()
    for (const n of [1, 2]) {
      const { url } = await gateway.knownFile(n, 400)
      expect((await gateway.call(apiKey, 'POST', '/unrestrict', { url })).code).toBe(200)
      gateway.clock.advance(5_000)
      await gateway.fetcherAlive()
    }
    const row = { platform: 'RapidGator', used: 800, max: null, resets_at: start + DAY }
    expect((await account(apiKey)).limits).toEqual([row])
    await gateway.database.query('UPDATE account SET host_caps = $2 WHERE id = $1', [id, { RapidGator: 700 }])
    expect((await account(apiKey)).limits).toEqual([{ ...row, max: 700 }])
    gateway.clock.set(start + DAY)
    expect((await account(apiKey)).limits).toEqual([
      { platform: 'RapidGator', used: 400, max: 700, resets_at: start + DAY + 5_000 },
    ])
    gateway.clock.advance(5_000)
    expect((await account(apiKey)).limits).toEqual([{ ...row, used: 0, max: 700, resets_at: null }])
  })

  it('200: the largest quota is written out, never in exponent form', async () => {
    const { apiKey } = await gateway.user({ traffic: Number.MAX_SAFE_INTEGER })
    const connection = await gateway.connection()
    connection.write(`GET /api/external/v1/account HTTP/1.1\r\nHost: x\r\nX-Api-Key: ${apiKey}\r\n\r\n`)
    expect((await connection.answer())?.text).toContain('"trafficmax":9007199254740991,')
    connection.close()
  })

  it('200: free without traffic', async () => {
    const { apiKey } = await gateway.user({ traffic: 0 })
    expect(await account(apiKey)).toMatchObject({ accountType: 'free', trafficleft: 0, trafficmax: 0 })
  })

  it('200: whole seconds until it expires, and 403 with 2 from then on', async () => {
    const { apiKey } = await gateway.user({ expiresAt: new Date(gateway.clock.now() + DAY + 999) })
    expect((await account(apiKey)).timeleft).toBe(86_400)
    gateway.clock.advance(DAY + 999)
    expectRefusal(await gateway.call(apiKey, 'GET', '/account'), 'account_expired')
  })

  it('200 for a burst of 40 checks', async () => {
    const { apiKey } = await gateway.user()
    const burst = Array.from({ length: 40 }, () => gateway.call(apiKey, 'GET', '/account'))
    expect((await Promise.all(burst)).map((answer) => answer.code)).toEqual(burst.map(() => 200))
  })

  it('403 with 2 for a suspended account, also as HTTP 403 for a key that wants errors as 200', async () => {
    const { apiKey, email } = await gateway.user()
    await gateway.app.get(Accounts).setState(email, 'suspended')
    expectRefusal(await gateway.call(apiKey, 'GET', '/account'), 'account_suspended')
    await gateway.app.get(Accounts).setErrorsAs200(email, true)
    expectRefusal(await gateway.call(apiKey, 'GET', '/account'), 'account_suspended', 403)
  })

  it('401 with 1 from the very next request after a rotation, and the new key works', async () => {
    const { apiKey, email } = await gateway.user()
    await account(apiKey)
    const rotated = await gateway.app.get(Accounts).rotateKey(email)
    expectRefusal(await gateway.call(apiKey, 'GET', '/account'), 'key_invalid')
    await account(rotated)
  })

  it('takes the key as X-Api-Key or Bearer, in any case of the scheme', async () => {
    const { apiKey } = await gateway.user()
    for (const headers of [
      { 'x-api-key': apiKey },
      { 'X-API-KEY': apiKey },
      { authorization: `Bearer ${apiKey}` },
      { authorization: `bearer  ${apiKey}` },
      { authorization: 'Basic dXNlcjpwYXNz', 'x-api-key': apiKey },
    ]) {
      expect((await gateway.send('GET', '/api/external/v1/account', headers as never)).code).toBe(200)
    }
  })

  it('401 with 1 for what is no key, and nothing of it in the log', async () => {
    const { apiKey } = await gateway.user()
    gateway.takeLog()
    const letters = apiKey.slice(4)
    const wrong: Record<string, string>[] = [
      {},
      { authorization: '' },
      { authorization: 'Bearer' },
      { authorization: apiKey },
      { authorization: `Basic ${apiKey}` },
      { authorization: `Bearer ${apiKey} ${apiKey}` },
      ...[
        apiKey.slice(0, -1),
        `${apiKey}x`,
        `OBB_${letters}`,
        `obb_${'x'.repeat(32)}`,
        `obb_${letters.slice(1)}-`,
        `obb_${letters.slice(1)}\u00e9`,
        `obb_ ${letters.slice(1)}`,
        'null',
        `obb_${'9'.repeat(8000)}`,
        `obb_${'%00'.repeat(10)}xx`,
      ].flatMap((key) => [{ authorization: `Bearer ${key}` }, { 'x-api-key': key }]),
    ]
    for (const headers of wrong) {
      expectRefusal(await gateway.send('GET', '/api/external/v1/account', headers), 'key_invalid')
    }
    const log = gateway.takeLog()
    expect(log.length).toBeLessThanOrEqual(wrong.length)
    expect(log.join('')).not.toContain('obb_')
    expect(log.join('')).not.toContain(letters.slice(1))
  })

  it('401 for two keys in one request, whichever the second is', async () => {
    const { apiKey } = await gateway.user()
    const connection = await gateway.connection()
    const lines = ['Host: x', `X-Api-Key: ${apiKey}`, `X-Api-Key: ${apiKey}`]
    connection.write(`GET /api/external/v1/account HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
    expect((await connection.answer())?.status).toBe(401)
    connection.close()
  })
})
