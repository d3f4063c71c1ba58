import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  type DeviceStarted,
  EXTERNAL_API,
  type RefusalCause,
  deviceKeySchema,
  deviceStartedSchema,
  deviceWaitingSchema,
  doneSchema,
} from '@obb/contracts'
import { Accounts } from '@obb/core/accounts'
import { AuthFailures } from '@obb/core/audit'
import type { Browser } from '../testing/browser.js'
import { type Answer, Gateway } from '../testing/gateway.js'
import { PASSWORD, People } from '../testing/people.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const INTERVAL_MS = 5_000
const ALL = ['read', 'submit', 'download']

let gateway: Gateway
let people: People
let networks = 0
beforeAll(async () => {
  gateway = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1' })
  people = new People(gateway)
})
afterAll(() => gateway.close())

/** A client without a browser, in a network of its own. */
class Device {
  readonly address = `10.200.${++networks}.1`
  started: DeviceStarted

  send(path: string, body: unknown): Promise<Answer> {
    const headers = { 'x-forwarded-for': this.address, 'user-agent': 'nas/1.0' }
    return gateway.send('POST', `${EXTERNAL_API}/device/${path}`, headers, body)
  }

  static async asking(name = 'NAS'): Promise<Device> {
    const device = new Device()
    device.started = successOf(await device.send('code', { client_name: name }), deviceStartedSchema)
    return device
  }

  /** As often as it may. */
  poll(): Promise<Answer> {
    gateway.clock.advance(INTERVAL_MS)
    return this.send('token', { device_code: this.started.device_code })
  }

  get code(): string {
    return this.started.user_code
  }
}

const allow = (page: Browser, { code }: Device, more: object = {}) =>
  page.call('POST', 'device/allow', { code, name: 'my NAS', scopes: ALL, ...more })

/** The RFC's name is in the body, the envelope is ours. */
function expectError(answer: Answer, cause: RefusalCause) {
  const failure = expectRefusal(answer, cause)
  expect([answer.code, failure.error]).toEqual([400, cause])
  return failure
}

describe('a client without a browser', () => {
  it('is given a key with the name and scopes that its user chose, once', async () => {
    const { page, id, email } = await people.signedIn()
    const device = await Device.asking()
    expect(device.started).toMatchObject({ interval: 5, expires_in: 600 })
    expect(device.started.verification_uri_complete).toBe(
      `http://127.0.0.1:${gateway.port}/device?code=${device.code}`,
    )
    expect(device.code).toMatch(/^[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}$/)
    expect(expectError(await device.poll(), 'authorization_pending').retry_in_seconds).toBe(5)
    const waiting = successOf(await page.call('POST', 'device', { code: device.code }), deviceWaitingSchema)
    expect(waiting).toMatchObject({ name: 'NAS', client: 'nas/1.0', address: device.address })
    successOf(await allow(page, device, { name: 'living room', scopes: ['read'] }), doneSchema)
    expect(await gateway.lastChange()).toMatchObject({
      who: email,
      action: 'POST /device/allow',
      outcome: 'ok',
    })
    const key = successOf(await device.poll(), deviceKeySchema)
    expect(key).toMatchObject({ token_type: 'Bearer', scope: 'read', name: 'living room' })
    expect((await gateway.call(key.access_token, 'GET', '/account')).code).toBe(200)
    expectRefusal(
      await gateway.call(key.access_token, 'POST', '/unrestrict', { url: 'x' }),
      'key_scope_missing',
    )
    expectError(await device.poll(), 'expired_token')
    const keys = await gateway.database.query(
      'SELECT name FROM api_key WHERE account_id = $1 ORDER BY name',
      [id],
    )
    expect(keys).toEqual([{ name: 'default' }, { name: 'living room' }])
  })

  it('takes the code however it is typed', async () => {
    const { page } = await people.signedIn()
    const device = await Device.asking()
    const typed = ` ${device.code.toLowerCase().replace('-', ' ')} `
    expect((await page.call('POST', 'device', { code: typed })).code).toBe(200)
  })

  it('fills no audit log where its user has such a key by now', async () => {
    const { page } = await people.signedIn()
    const device = await Device.asking()
    successOf(await allow(page, device, { name: 'twice' }), doneSchema)
    expect((await page.call('POST', 'keys', { name: 'twice' })).code).toBe(200)
    for (let n = 0; n < 3; n++) expectRefusal(await device.poll(), 'conflict')
    const entries = await gateway.database.query(`SELECT 1 FROM audit_entry WHERE who = 'device twice'`)
    expect(entries).toEqual([])
  })

  it('is told that it was denied', async () => {
    const { page } = await people.signedIn()
    const device = await Device.asking()
    successOf(await page.call('POST', 'device/deny', { code: device.code }), doneSchema)
    expectError(await device.poll(), 'access_denied')
    expectRefusal(await allow(page, device), 'device_code_unknown')
    expectError(await device.poll(), 'access_denied')
  })

  it('waits five seconds longer after each time it came too early', async () => {
    const { page } = await people.signedIn()
    const device = await Device.asking()
    const again = () => device.send('token', { device_code: device.started.device_code })
    expectError(await again(), 'authorization_pending')
    expect(expectError(await again(), 'slow_down').retry_in_seconds).toBe(10)
    expect(expectError(await device.poll(), 'slow_down').retry_in_seconds).toBe(15)
    await allow(page, device)
    expectError(await again(), 'slow_down')
    gateway.clock.advance(20_000)
    expect((await again()).code).toBe(200)
  })

  it('has ten minutes, and so has its user', async () => {
    const { page } = await people.signedIn()
    const device = await Device.asking()
    gateway.clock.advance(10 * 60_000)
    expectRefusal(await page.call('POST', 'device', { code: device.code }), 'device_code_unknown')
    expectRefusal(await allow(page, device), 'device_code_unknown')
    expectError(await device.poll(), 'expired_token')
  })

  it('has nothing of a user who was suspended meanwhile', async () => {
    const { page, email } = await people.signedIn()
    const device = await Device.asking()
    await allow(page, device)
    await gateway.app.get(Accounts).setState(email, 'suspended')
    expectError(await device.poll(), 'access_denied')
  })

  it('has both codes hashed at rest', async () => {
    const device = await Device.asking()
    const rows = await gateway.database.query('SELECT row_to_json(g)::text AS row FROM device_grant g')
    for (const secret of [device.started.device_code, device.code, device.code.replace('-', '')])
      expect(JSON.stringify(rows)).not.toContain(secret)
  })

  it('can only send what a client of this kind sends', async () => {
    const device = await Device.asking()
    for (const client_name of ['', 'a\nb', 'x'.repeat(65), undefined])
      expectRefusal(await device.send('code', { client_name }), 'request_invalid')
    expectRefusal(await device.send('code', { client_name: 'x'.repeat(5_000) }), 'body_too_large')
    expectRefusal(await device.send('token', {}), 'request_invalid')
  })
})

describe('the answer to a client', () => {
  it('is that of who answers first', async () => {
    const [one, other] = [await people.signedIn(), await people.signedIn()]
    const device = await Device.asking()
    successOf(await allow(one.page, device), doneSchema)
    for (const path of ['device', 'device/deny'])
      expectRefusal(await other.page.call('POST', path, { code: device.code }), 'device_code_unknown')
    expectRefusal(await allow(other.page, device), 'device_code_unknown')
    const { access_token: key } = successOf(await device.poll(), deviceKeySchema)
    const [row] = await gateway.database.query(
      `SELECT account_id AS id FROM api_key WHERE name = 'my NAS' AND revoked_at IS NULL AND account_id = $1`,
      [one.id],
    )
    expect(row).toEqual({ id: one.id })
    expect((await gateway.call(key, 'GET', '/account')).code).toBe(200)
  })

  it('is not given where there is a key of that name, and can be given with another', async () => {
    const { page } = await people.signedIn()
    const device = await Device.asking()
    expectRefusal(await allow(page, device, { name: 'default' }), 'conflict')
    expectError(await device.poll(), 'authorization_pending')
    successOf(await allow(page, device, { name: 'another' }), doneSchema)
    expect((await device.poll()).code).toBe(200)
  })

  it('is given by nobody who is not signed in, or by pages of others', async () => {
    const device = await Device.asking()
    for (const path of ['device', 'device/allow', 'device/deny'])
      expectRefusal(await people.browser().call('POST', path, { code: device.code }), 'signed_out')
    const { page } = await people.signedIn()
    const evil = { origin: 'https://evil.example' }
    expectRefusal(await page.call('POST', 'device/allow', {}, evil), 'origin_foreign')
    expectError(await device.poll(), 'authorization_pending')
  })
})

describe('guesses', () => {
  it('at codes of others are slowed down and counted', async () => {
    const { page, email } = await people.signedIn()
    const codes = new Set<number>()
    for (let n = 0; n < 11; n++)
      codes.add((await page.call('POST', 'device', { code: `BCDF-GHJ${'BCDFGHJKLMN'[n]}` })).code)
    expect([...codes]).toEqual([404, 429])
    await gateway.app.get(AuthFailures).flush()
    const [row] = await gateway.database.query(
      `SELECT count, outcome FROM audit_entry WHERE who = $1 AND kind = 'auth_failure'`,
      [email],
    )
    expect(row).toEqual({ count: 10, outcome: 'device_code_unknown' })
  })

  it('at device codes are slowed down, and those who wait are not', async () => {
    const device = new Device()
    const answers = []
    for (let n = 0; n < 31; n++) answers.push(await device.send('token', { device_code: `guess ${n}` }))
    expectError(answers[0]!, 'expired_token')
    expectRefusal(answers[30]!, 'rate_limited')
    const patient = await Device.asking()
    for (let n = 0; n < 40; n++) expectError(await patient.poll(), 'authorization_pending')
  })

  it('keep no network from signing in, and neither do the codes that it is given', async () => {
    const { email } = await people.person()
    const device = new Device()
    for (let n = 0; n < 31; n++) {
      await device.send('code', { client_name: 'another page' })
      await device.send('token', { device_code: `guess ${n}` })
    }
    const page = people.browser({ 'x-forwarded-for': device.address })
    expect((await page.call('POST', 'session', { email, password: PASSWORD })).code).toBe(200)
  })

  it('cannot make the server keep more than a few codes of a network', async () => {
    const device = new Device()
    const codes = new Set<number>()
    for (let n = 0; n < 31; n++) codes.add((await device.send('code', { client_name: 'flood' })).code)
    expect([...codes]).toEqual([200, 429])
  })
})
