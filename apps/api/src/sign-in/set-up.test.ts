import { afterEach, describe, expect, it } from '@jest/globals'
import { sessionSchema } from '@obb/contracts'
import { AuthFailures } from '@obb/core/audit'
import { Gateway } from '../testing/gateway.js'
import { People } from '../testing/people.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const SETUP_CODE = 'ABCD-EFGH-JKMN'
const OPERATOR = { email: 'boss@example.test', password: 'a long enough one' }

let gateway: Gateway
let people: People
async function fresh(env: Record<string, string> = { SETUP_CODE }): Promise<void> {
  gateway = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1', ...env })
  people = new People(gateway)
}
afterEach(() => gateway.close())

describe('a fresh server', () => {
  it('is set up once, by who has the code, however it is typed', async () => {
    await fresh()
    const page = people.browser()
    expect(successOf(await page.call('GET', 'session'), sessionSchema).setUp).toBe(true)
    const answer = await page.call('POST', 'set-up', {
      code: ' abcd efghjkmn',
      language: 'zh-TW',
      ...OPERATOR,
    })
    const { user, setUp } = successOf(answer, sessionSchema)
    expect([setUp, user?.email, user?.role, user?.language]).toEqual([
      false,
      OPERATOR.email,
      'operator',
      'zh-TW',
    ])
    expect((await page.call('GET', 'admin/users')).code).toBe(200)
    expect((await page.call('GET', 'account')).body.data.trafficleft).toBeTruthy()
    for (const code of [SETUP_CODE, 'wrong'])
      expectRefusal(
        await people.browser().call('POST', 'set-up', { code, ...OPERATOR, email: 'other@example.test' }),
        'set_up_done',
      )
    const entry = await gateway.lastChange()
    expect(entry).toMatchObject({
      who: 'set-up code',
      action: 'POST /set-up',
      target: OPERATOR.email,
      outcome: 'ok',
    })
  })

  it('takes the account over whose e-mail is given, and nobody stays signed in to it or can sign in otherwise', async () => {
    await fresh()
    const { email, id } = await gateway.user()
    await gateway.database.query('INSERT INTO sign_in (account_id) VALUES ($1)', [id])
    await gateway.database.query(
      `INSERT INTO linked_identity (issuer, subject, account_id, linked_at) VALUES ('https://id.test', 'x', $1, now())`,
      [id],
    )
    await gateway.database.query(
      `INSERT INTO session (hash, id, account_id, created_at, seen_at, expires_at, address)
       VALUES ('x', gen_random_uuid(), $1, now(), now(), now() + interval '1 day', '127.0.0.1')`,
      [id],
    )
    const page = people.browser()
    expect((await page.call('POST', 'set-up', { code: SETUP_CODE, ...OPERATOR, email })).code).toBe(200)
    const users = (await page.call('GET', 'admin/users')).body.data.items
    expect(users).toEqual([expect.objectContaining({ id, email, role: 'operator' })])
    expect(await gateway.database.query('SELECT 1 FROM session')).toHaveLength(1)
    expect(await gateway.database.query('SELECT 1 FROM linked_identity')).toEqual([])
  })

  it('is taken by one alone of many who have the code at once', async () => {
    await fresh()
    const answers = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        people
          .browser()
          .call('POST', 'set-up', { code: SETUP_CODE, ...OPERATOR, email: `boss${n}@example.test` }),
      ),
    )
    expect(answers.map(({ code }) => code).sort()).toEqual([200, 403, 403, 403, 403, 403])
    const [{ count }] = await gateway.database.query(`SELECT count(*) FROM account WHERE role = 'operator'`)
    expect(count).toBe(1)
    const sessions = await gateway.database.query('SELECT 1 FROM session')
    expect(sessions).toHaveLength(1)
  })

  it('is not taken without the code, nor by guessing it, from one network or many', async () => {
    await fresh()
    const wrong = (page = people.browser()) =>
      page.call('POST', 'set-up', { code: 'WRONG-WRONG-1', ...OPERATOR })
    const page = people.browser()
    expectRefusal(await wrong(page), 'set_up_code_wrong')
    for (let n = 0; n < 9; n++) await wrong(page)
    expectRefusal(await wrong(page), 'rate_limited')
    for (let n = 0; n < 50; n++) expectRefusal(await wrong(), 'set_up_code_wrong')
    expectRefusal(await wrong(), 'rate_limited')
    expect((await page.call('GET', 'session')).body.data).toMatchObject({ setUp: true, user: null })
    await gateway.app.get(AuthFailures).flush()
    const [row] = await gateway.database.query(
      `SELECT who, outcome, count FROM audit_entry WHERE kind = 'auth_failure' AND address = $1`,
      [page.headers['x-forwarded-for']],
    )
    expect(row).toEqual({ who: 'set-up code', outcome: 'set_up_code_wrong', count: 10 })
  })

  it('without a code is not taken at all, and says what else makes an operator', async () => {
    await fresh({})
    const answer = await people.browser().call('POST', 'set-up', { code: '', ...OPERATOR })
    const { details } = expectRefusal(answer, 'set_up_code_wrong')
    expect(details?.join()).toMatch(/SETUP_CODE.*obb user role/)
  })
})

describe('the last operator', () => {
  it('is neither demoted, suspended nor removed, by nobody', async () => {
    await fresh()
    const boss = await people.signedIn('operator')
    const query = `email=${encodeURIComponent(boss.email)}`
    const tries = (call: (method: string, path: string, body?: unknown) => ReturnType<Gateway['admin']>) => [
      call('PATCH', 'users', { email: boss.email, role: 'user' }),
      call('POST', 'users/suspend', { email: boss.email }),
      call('DELETE', `users?${query}`),
    ]
    for (const answer of await Promise.all(
      tries((method, path, body) => gateway.admin(method, `/${path}`, body)),
    ))
      expectRefusal(answer, 'last_operator')
    for (const answer of await Promise.all(
      tries((method, path, body) => boss.page.call(method, `admin/${path}`, body)),
    ))
      expectRefusal(answer, 'last_operator')
    const second = await people.person('operator')
    expect(
      (await boss.page.call('DELETE', `admin/users?email=${encodeURIComponent(second.email)}`)).code,
    ).toBe(200)
  })

  it('stays where two demote each other at once', async () => {
    await fresh()
    const [one, other] = [await people.signedIn('operator'), await people.signedIn('operator')]
    const demote = (by: typeof one, whom: typeof one) =>
      by.page.call('PATCH', 'admin/users', { email: whom.email, role: 'user' })
    const codes = (await Promise.all([demote(one, other), demote(other, one)])).map(({ code }) => code)
    expect(codes.filter((code) => code === 200)).toHaveLength(1)
    const [{ count }] = await gateway.database.query(`SELECT count(*) FROM account WHERE role = 'operator'`)
    expect(count).toBe(1)
  })
})
