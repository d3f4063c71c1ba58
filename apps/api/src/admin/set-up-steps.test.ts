import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ADMIN_API, setUpViewSchema, storeViewSchema } from '@obb/contracts'
import { Invitations } from '@obb/core/sign-in'
import { StoreHealth } from '@obb/core/store-state'
import { ADMIN_TOKEN, Gateway } from '../testing/gateway.js'
import { type Person, People } from '../testing/people.js'
import type { Browser } from '../testing/browser.js'
import { expectRefusal, successOf } from '../testing/strict.js'

let gateway: Gateway
let operator: Person & { page: Browser }

beforeAll(async () => {
  gateway = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1' })
  operator = await new People(gateway).signedIn('operator')
})
afterAll(() => gateway.close())

const view = async () => successOf(await operator.page.call('GET', 'admin/set-up'), setUpViewSchema)
const steps = async () => (await view()).steps

describe('a test of the store', () => {
  const test = () => operator.page.call('POST', 'admin/store/test')

  it('needs somebody who reaches it', async () => {
    expectRefusal(await test(), 'no_fetcher')
  })

  it('waits for a fetcher, and tells what it found', async () => {
    await gateway.fetcherAlive()
    const health = new StoreHealth(gateway.database, gateway.clock)
    const asked = test()
    let found = false
    while (!found) {
      await health.runTest(async () => {
        found = true
        await health.recordFailure('full', 'S3 PutObject: 507')
      })
    }
    const store = successOf(await asked, storeViewSchema)
    const testedAt = new Date(gateway.clock.now()).toISOString()
    expect(store).toMatchObject({ state: 'full', reason: 'S3 PutObject: 507', testedAt })
    expect(await gateway.lastChange()).toMatchObject({ who: operator.email, action: 'POST /store/test' })
    await health.recordRecovery()
  })
})

describe('the steps of the set-up', () => {
  it('are done by what there is, and not by what was clicked', async () => {
    const open = { storage: false, hostAccount: false, user: false, file: false }
    expect(await steps()).toEqual(open)
    await gateway.database.query(
      `INSERT INTO installation (only_one, id, owned, home, created_at) VALUES (true, 'x', '{}', 'here', now())`,
    )
    expect(await steps()).toEqual({ ...open, storage: true })
    await new StoreHealth(gateway.database, gateway.clock).recordFailure('away', 'ECONNREFUSED')
    expect(await steps()).toEqual(open)
    await new StoreHealth(gateway.database, gateway.clock).recordRecovery()
    const account = await gateway.poolAccount()
    const setTrial = (until: string | null) =>
      gateway.database.query('UPDATE host_account SET trial_until = $2 WHERE id = $1', [account, until])
    await setTrial('2100-01-01')
    expect((await steps()).hostAccount).toBe(false) // being tried, and nobody's yet
    await setTrial(null)
    expect((await steps()).hostAccount).toBe(true)
    await gateway.database.query('UPDATE host_account SET enabled = false WHERE id = $1', [account])
    expect((await steps()).hostAccount).toBe(false)
    const invitation = { email: null, role: 'user', traffic: 0, dailyPerHost: null } as const
    await gateway.app.get(Invitations).add(invitation, 1_000)
    expect((await steps()).user).toBe(true)
    gateway.clock.advance(1_000)
    expect((await steps()).user).toBe(false) // nobody came
    await gateway.user() // has a key, and cannot sign in
    expect((await steps()).user).toBe(false)
    await new People(gateway).person()
    expect((await steps()).user).toBe(true)
    const { url, file } = await gateway.knownFile(1)
    await gateway.database.query('UPDATE host_account SET enabled = true WHERE id = $1', [account])
    await gateway.fetcherAlive()
    expect((await gateway.call(operator.apiKey, 'POST', '/unrestrict', { url })).code).toBe(200)
    expect((await steps()).file).toBe(false)
    await gateway.fetched(file.id)
    expect((await steps()).file).toBe(true)
  })

  it('are no longer recalled once an operator says so, which stands in the audit log', async () => {
    expect((await view()).dismissed).toBe(false)
    const set = await operator.page.call('PATCH', 'admin/set-up', { dismissed: true })
    expect(successOf(set, setUpViewSchema).dismissed).toBe(true)
    expect((await view()).dismissed).toBe(true)
    expect(await gateway.lastChange()).toMatchObject({
      ...{ who: operator.email, action: 'PATCH /set-up', changes: { dismissed: [false, true] } },
    })
    await operator.page.call('PATCH', 'admin/set-up', { dismissed: false })
    expect((await view()).dismissed).toBe(false)
    expectRefusal(await operator.page.call('PATCH', 'admin/set-up', { file: true }), 'request_invalid')
  })
})

describe('the addresses of the set-up', () => {
  /** What `of` tells whoever comes through a reverse proxy. */
  const behindProxy = async (of: Gateway) => {
    const headers = {
      ...{ authorization: `Bearer ${ADMIN_TOKEN}` },
      ...{ 'x-forwarded-proto': 'https', 'x-forwarded-host': 'obb.example.org' },
    }
    const answer = await of.send('GET', `${ADMIN_API}/set-up`, headers, undefined, of.adminPort)
    return successOf(answer, setUpViewSchema).addresses
  }

  it('are those that whoever asks is told, with how they are known', async () => {
    expect(await behindProxy(gateway)).toEqual({
      api: { url: 'https://obb.example.org', source: 'proxy' },
      proxy: { url: 'http://proxy.test', source: 'setting' },
      unbelievedProxy: null,
    })
  })

  it('tell of a reverse proxy that is not believed', async () => {
    const other = await Gateway.start()
    const addresses = await behindProxy(other)
    await other.close()
    expect([addresses.unbelievedProxy, addresses.api.source]).toEqual(['127.0.0.1', 'host'])
  })
})
