import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { PORTAL_API, doneSchema, linkListSchema, linkSchema, sessionSchema } from '@obb/contracts'
import { VIEW_MS } from '@obb/core/sign-in'
import { EventStreams } from '../events/event-streams.js'
import { KnownRoutes } from '../failures/known-routes.js'
import { Gateway, PROXY_URL } from '../testing/gateway.js'
import { PASSWORD, People } from '../testing/people.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const ID = '0192f3c4-0000-4000-8000-000000000000'
/** The two ways out of a view. */
const ENDS = [`DELETE ${PORTAL_API}/view`, `DELETE ${PORTAL_API}/session`]

let gateway: Gateway
let people: People
let n = 0
beforeAll(async () => {
  gateway = await Gateway.start({ TRUSTED_PROXIES: '127.0.0.1' })
  people = new People(gateway)
  await gateway.poolAccount()
})
afterAll(() => gateway.close())

type Someone = Awaited<ReturnType<People['signedIn']>>

const whoIs = async ({ page }: Pick<Someone, 'page'>) => {
  const { user, viewing } = successOf(await page.call('GET', 'session'), sessionSchema)
  return { email: user?.email, role: user?.role, viewing }
}

/** An operator who looks on as somebody, who has a link to a whole file. */
async function view(): Promise<{ operator: Someone; user: Someone; linkId: string }> {
  const [operator, user] = [await people.signedIn('operator'), await people.signedIn()]
  await gateway.fetcherAlive()
  const { url, file } = await gateway.knownFile(++n, 400)
  const { linkId } = successOf(await user.page.call('POST', 'unrestrict', { url }), linkSchema)
  await gateway.fetched(file.id)
  successOf(await operator.page.call('POST', 'admin/users/view', { email: user.email }), doneSchema)
  return { operator, user, linkId }
}

describe('an operator who looks on as a user', () => {
  it('sees what the user sees, and who it is', async () => {
    const { operator, user } = await view()
    expect(await whoIs(operator)).toEqual({
      ...{ email: user.email, role: 'user' },
      viewing: { operator: operator.email, secondsLeft: VIEW_MS / 1_000 },
    })
    for (const path of ['account', 'hosts', 'ledger', 'usage', 'keys', 'passkeys'])
      expect((await operator.page.call('GET', path)).body).toEqual((await user.page.call('GET', path)).body)
    expect((await whoIs(user)).viewing).toBeNull()
  })

  it('changes nothing: every route of the portal that is no reading refuses it, but for the ways out', async () => {
    const { operator, user } = await view()
    const before = await gateway.database.query('SELECT * FROM account WHERE id = $1', [user.id])
    const writes = gateway.app
      .get(KnownRoutes)
      .all()
      .filter(({ method, url }) => url.startsWith(`${PORTAL_API}/`) && !['GET', 'HEAD'].includes(method))
      .filter(({ method, url }) => !ENDS.includes(`${method} ${url}`))
    expect(writes.length).toBeGreaterThan(60)
    for (const { method, url } of writes) {
      const path = url.slice(PORTAL_API.length + 1).replaceAll(/:\w+/g, ID)
      const answer = await operator.page.call(method, path, { email: user.email, password: PASSWORD })
      expect([method, url, answer.code]).toEqual([method, url, 403])
      expectRefusal(answer, 'view_read_only')
    }
    expect(await gateway.database.query('SELECT * FROM account WHERE id = $1', [user.id])).toEqual(before)
    expect((await whoIs(operator)).viewing).not.toBeNull()
  })

  it('is told nothing that files can be downloaded by, nor given what is the user’s own', async () => {
    const { operator, user, linkId } = await view()
    await user.page.call('POST', `links/${linkId}/shares`, {})
    const [own] = successOf(await user.page.call('GET', 'links'), linkListSchema).links
    const [seen] = successOf(await operator.page.call('GET', 'links'), linkListSchema).links
    expect(own?.link).toEqual(expect.any(String))
    expect(seen).toEqual({ ...own, link: null })
    const link = successOf(await operator.page.call('GET', `link/${linkId}`), linkSchema)
    expect([link.download_ready, link.link]).toEqual([true, null])
    for (const path of [`links/${linkId}/shares`, 'data'])
      expectRefusal(await operator.page.call('GET', path), 'view_read_only')
  })

  it('finds no download URL at any route that reads', async () => {
    const { operator, user, linkId } = await view()
    const reads = gateway.app
      .get(KnownRoutes)
      .all()
      .filter(({ method, url }) => method === 'GET' && url.startsWith(`${PORTAL_API}/`))
      .filter(({ url }) => !url.endsWith('/events'))
      .map(({ url }) => url.slice(PORTAL_API.length + 1).replaceAll(/:\w+/g, linkId))
    expect(reads.length).toBeGreaterThan(30)
    const told = async (page: Someone['page']) => {
      const answers = await Promise.all(reads.map(async (path) => page.call('GET', path)))
      return reads.filter((_, at) => JSON.stringify(answers[at]?.body).includes(PROXY_URL))
    }
    expect(await told(user.page)).not.toEqual([])
    expect(await told(operator.page)).toEqual([])
  })

  it('has the events of the user, without download URLs, until the view ends', async () => {
    const { operator, user } = await view()
    const response = await fetch(`http://127.0.0.1:${gateway.port}${PORTAL_API}/events`, {
      headers: { ...operator.page.headers, cookie: `obb=${operator.page.cookies.get('obb')}` },
    })
    const streams = gateway.app.get(EventStreams)
    let text = ''
    const isOver = (async () => {
      for await (const chunk of response.body ?? []) text += Buffer.from(chunk as Uint8Array).toString()
    })()
    const until = async (part: string) => {
      while (!text.includes(part)) {
        await streams.look()
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    await until(`"trafficLeft":${2 ** 30 - 400}`)
    const { url, file } = await gateway.knownFile(++n, 400)
    await gateway.database.query(`UPDATE source_file SET state = 'done', object_key = 'x' WHERE id = $1`, [
      file.id,
    ])
    const { linkId } = successOf(await user.page.call('POST', 'unrestrict', { url }), linkSchema)
    await until(linkId)
    expect(text).toContain('"download_ready":true')
    expect(text).not.toContain(PROXY_URL)

    successOf(await operator.page.call('DELETE', 'view'), doneSchema)
    gateway.clock.advance(10_000)
    await streams.look()
    await isOver
  })

  it('is no operator meanwhile', async () => {
    const { operator } = await view()
    expectRefusal(await operator.page.call('GET', 'admin/users'), 'operator_needed')
  })

  it('is so for thirty minutes, or until it is ended; beginning and end stand in the audit log', async () => {
    const { operator, user } = await view()
    const change = { who: operator.email, target: user.email, outcome: 'ok' }
    expect(await gateway.lastChange()).toMatchObject({ ...change, action: 'POST /users/view' })
    successOf(await operator.page.call('DELETE', 'view'), doneSchema)
    expect(await gateway.lastChange()).toMatchObject({ ...change, action: 'DELETE /view' })
    const own = { email: operator.email, role: 'operator', viewing: null }
    expect(await whoIs(operator)).toEqual(own)

    await operator.page.call('POST', 'admin/users/view', { email: user.email })
    gateway.clock.advance(VIEW_MS - 1_000)
    expect((await whoIs(operator)).viewing).toEqual({ operator: operator.email, secondsLeft: 1 })
    gateway.clock.advance(1_000)
    expect(await whoIs(operator)).toEqual(own)
    expect((await operator.page.call('GET', 'admin/users')).code).toBe(200)
  })

  it('ends with the session, with the role, and with the user', async () => {
    const [out, demoted, left] = [await view(), await view(), await view()]
    expect((await out.operator.page.call('DELETE', 'session')).code).toBe(200)
    expect((await whoIs(out.operator)).email).toBeUndefined()
    await gateway.database.query(`UPDATE account SET role = 'user' WHERE id = $1`, [demoted.operator.id])
    expect(await whoIs(demoted.operator)).toEqual({
      ...{ email: demoted.operator.email, role: 'user', viewing: null },
    })
    expect((await left.user.page.call('DELETE', 'account', { password: PASSWORD })).code).toBe(200)
    expect(await whoIs(left.operator)).toMatchObject({ email: left.operator.email, viewing: null })
  })

  it('is an operator who is signed in: no user, and no token', async () => {
    const [user, other] = [await people.signedIn(), await people.signedIn()]
    expectRefusal(await user.page.call('POST', 'admin/users/view', { email: other.email }), 'operator_needed')
    const operator = await people.signedIn('operator')
    expectRefusal(
      await operator.page.call('POST', 'admin/users/view', { email: 'nobody@example.test' }),
      'resource_unknown',
    )
    expectRefusal(await gateway.admin('POST', '/users/view', { email: other.email }), 'route_unknown')
  })
})
