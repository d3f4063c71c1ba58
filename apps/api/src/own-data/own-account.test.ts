import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { doneSchema } from '@obb/contracts'
import { Secret, TOTP } from 'otpauth'
import { Gateway } from '../testing/gateway.js'
import { PASSWORD, People } from '../testing/people.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const MINUTE = 60_000

let gateway: Gateway
let people: People
beforeAll(async () => {
  gateway = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1' })
  people = new People(gateway)
  await gateway.poolAccount()
})
afterAll(() => gateway.close())

const stateOf = async (id: string) =>
  (await gateway.database.query(`SELECT state, role, email FROM account WHERE id = $1`, [id]))[0]

describe('DELETE /account', () => {
  it('removes who is signed in as an operator would, and leaves the ledger and the files of others', async () => {
    const [me, other] = [await people.signedIn(), await people.signedIn()]
    await gateway.fetcherAlive()
    const { url, file } = await gateway.knownFile(1, 400)
    const mine = (await me.page.call('POST', 'unrestrict', { url })).body.data.linkId as string
    const theirs = (await other.page.call('POST', 'unrestrict', { url })).body.data.linkId as string
    await gateway.fetched(file.id)

    successOf(await me.page.call('DELETE', 'account', { password: PASSWORD }), doneSchema)

    expect(me.page.cookies.size).toBe(0)
    expect((await me.page.call('GET', 'session')).body.data.user).toBeNull()
    expectRefusal(await gateway.call(me.apiKey, 'GET', '/account'), 'key_invalid')
    const again = await people.browser().call('POST', 'session', { email: me.email, password: PASSWORD })
    expectRefusal(again, 'sign_in_failed')
    expect(await stateOf(me.id)).toEqual({ state: 'removed', role: 'user', email: `removed ${me.id}` })
    const links = await gateway.database.query(
      `SELECT l.id, l.end_reason AS end, f.state FROM link l JOIN source_file f ON f.id = l.file_id
        WHERE l.id = ANY($1) ORDER BY l.id = $2`,
      [[mine, theirs], theirs],
    )
    expect(links).toEqual([
      { id: mine, end: 'removed', state: 'done' },
      { id: theirs, end: null, state: 'done' },
    ])
    const { entries } = (await gateway.admin('GET', `/ledger?id=${me.id}`)).body.data
    expect(entries.map(({ kind }: { kind: string }) => kind)).toEqual(['grant', 'charge'])
    expect(await gateway.lastChange()).toMatchObject({
      ...{ who: me.email, target: me.email, action: 'DELETE /account', outcome: 'ok' },
      changes: { id: [me.id, null] },
    })
    expect((await gateway.admin('POST', '/users', { email: me.email, traffic: 1000 })).code).toBe(200)
  })

  it('wants the password, and the code where there is a second factor', async () => {
    const { page, id } = await people.signedIn()
    for (const shown of [{}, { password: 'not mine' }])
      expectRefusal(await page.call('DELETE', 'account', shown), 'current_password_wrong')
    const { secret } = (await page.call('POST', 'totp', { password: PASSWORD })).body.data
    const code = () =>
      new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: gateway.clock.now() })
    expect((await page.call('POST', 'totp/confirm', { code: code() })).code).toBe(200)
    expectRefusal(await page.call('DELETE', 'account', { password: PASSWORD }), 'second_factor_needed')
    gateway.clock.advance(MINUTE)
    const wrong = { password: PASSWORD, code: code() === '000000' ? '000001' : '000000' }
    expectRefusal(await page.call('DELETE', 'account', wrong), 'second_factor_wrong')
    expect((await stateOf(id)).state).toBe('active')
    successOf(await page.call('DELETE', 'account', { password: PASSWORD, code: code() }), doneSchema)
    expect((await stateOf(id)).state).toBe('removed')
  })

  it('asks nothing more of who has neither password nor passkey', async () => {
    const { page, id } = await people.signedIn()
    await gateway.database.query('UPDATE sign_in SET password_hash = NULL WHERE account_id = $1', [id])
    successOf(await page.call('DELETE', 'account', {}), doneSchema)
    expect((await stateOf(id)).state).toBe('removed')
  })

  it('leaves an operator: the last one stays, and the attempt stands in the audit log', async () => {
    const [one, other] = [await people.signedIn('operator'), await people.signedIn('operator')]
    successOf(await other.page.call('DELETE', 'account', { password: PASSWORD }), doneSchema)
    expectRefusal(await one.page.call('DELETE', 'account', { password: PASSWORD }), 'last_operator')
    expect(await stateOf(one.id)).toMatchObject({ state: 'active', role: 'operator' })
    expect(await gateway.lastChange()).toMatchObject({ who: one.email, outcome: 'last_operator' })
    expect((await one.page.call('GET', 'account')).code).toBe(200)
  })
})
