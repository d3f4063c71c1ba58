import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  ADMIN_ACTIONS,
  ADMIN_API,
  type AuditEntryView,
  auditPageSchema,
  keyRotatedSchema,
  storeViewSchema,
  sweepViewSchema,
  keyShownSchema,
  userCreatedSchema,
} from '@obb/contracts'
import { AuditLog, AuthFailures } from '@obb/core/audit'
import { HostBreaker } from '@obb/core/health'
import { HostError } from '@obb/host-adapters'
import { gatewayDocument } from '../docs/gateway-document.js'
import { ADMIN_TOKEN, Gateway } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const PASSWORD = 'operators-secret-password'
const NEW_PASSWORD = 'operators-newest-password'
const sha = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8)
const OPERATOR = `token ${sha(ADMIN_TOKEN)}`
const SEALED = /^sealed [0-9a-f]{8}$/

let gateway: Gateway
/** What must stand in no entry and no line. */
const secrets = [ADMIN_TOKEN, PASSWORD, NEW_PASSWORD, 'hunter2']

beforeAll(async () => {
  gateway = await Gateway.start()
})
afterAll(() => gateway.close())

async function entries(query = ''): Promise<AuditEntryView[]> {
  await gateway.app.get(AuthFailures).flush()
  return successOf(await gateway.admin('GET', `/audit${query}`), auditPageSchema).items
}

async function newUser(traffic = 0): Promise<{ email: string; apiKey: string; id: string }> {
  const email = `u${randomUUID().slice(0, 8)}@example.test`
  const user = successOf(await gateway.admin('POST', '/users', { email, traffic }), userCreatedSchema)
  secrets.push(user.apiKey)
  return user
}

async function newBlock(): Promise<string> {
  const block = { kind: 'name', value: `*${randomUUID()}*`, reason: 'r' }
  return (await gateway.admin('POST', '/blocks', block)).body.data.id
}

async function newKey(): Promise<{ email: string; id: string; apiKey: string }> {
  const { email } = await newUser()
  const answer = await gateway.admin('POST', '/users/keys', { email, name: 'tv' })
  const { id, apiKey } = successOf(answer, keyShownSchema)
  secrets.push(apiKey)
  return { email, id, apiKey }
}

interface Case {
  path: string
  body?: object
  /** What its entry says; `target` of what it makes is known from its answer. */
  expected: { target?: unknown; outcome?: string; changes: object }
}

const account = () => gateway.poolAccount()

/** What changes something that has an id, and a name. */
const NAMED = / \/(accounts|blocks)\b|^PATCH \/files|^POST \/invitations/

/** Every route of the admin API that writes. */
const CASES: Record<string, () => Promise<Case>> = {
  'POST /invitations': () =>
    Promise.resolve({
      path: '/invitations',
      body: { email: 'guest@example.test' },
      expected: {
        target: expect.any(String),
        changes: expect.objectContaining({ email: [null, 'guest@example.test'], role: [null, 'user'] }),
      },
    }),
  'DELETE /invitations/:id': async () => {
    const { id } = (await gateway.admin('POST', '/invitations', {})).body.data
    const changes = expect.objectContaining({ role: ['user', null] })
    return { path: `/invitations/${id}`, expected: { target: id, changes } }
  },
  'POST /users/reset': async () => {
    const { email } = await newUser()
    return { path: '/users/reset', body: { email }, expected: { target: email, changes: {} } }
  },
  'POST /users/sign-out': async () => {
    const { email } = await newUser()
    return { path: '/users/sign-out', body: { email }, expected: { target: email, changes: {} } }
  },
  'POST /users': async () => ({
    path: '/users',
    body: { email: 'Made@example.test', traffic: 5 },
    expected: {
      target: 'made@example.test',
      changes: expect.objectContaining({
        trafficMax: [null, 5],
        key: [null, expect.stringMatching(/^[0-9a-f]{8}$/)],
      }),
    },
  }),
  'PATCH /users': async () => {
    const { email } = await newUser()
    const caps = { hostCaps: [{}, { RapidGator: 7 }] }
    return {
      path: '/users',
      body: { email, weight: 3, hostCaps: { RapidGator: 7 } },
      expected: { target: email, changes: { weight: [1, 3], ...caps } },
    }
  },
  'DELETE /users': async () => {
    const { email, id } = await newUser()
    return {
      path: `/users?email=${email}`,
      expected: { target: email, changes: expect.objectContaining({ id: [id, null] }) },
    }
  },
  'POST /users/suspend': async () => {
    const { email } = await newUser()
    return {
      path: '/users/suspend',
      body: { email },
      expected: { target: email, changes: { state: ['active', 'suspended'] } },
    }
  },
  'POST /users/resume': async () => {
    const { email } = await newUser()
    await gateway.admin('POST', '/users/suspend', { email })
    return {
      path: '/users/resume',
      body: { email },
      expected: { target: email, changes: { state: ['suspended', 'active'] } },
    }
  },
  'POST /users/grant': async () => {
    const { email } = await newUser(1)
    return {
      path: '/users/grant',
      body: { email, traffic: 10 },
      expected: { target: email, changes: { trafficLeft: [1, 11], trafficMax: [1, 11] } },
    }
  },
  'POST /users/adjust': async () => {
    const { email } = await newUser(5)
    return {
      path: '/users/adjust',
      body: { email, traffic: -6, note: 'n' },
      expected: { target: email, outcome: 'request_invalid', changes: {} },
    }
  },
  'POST /keys/rotate': async () => {
    const { email, apiKey } = await newUser()
    return {
      path: '/keys/rotate',
      body: { email },
      expected: { target: email, changes: { key: [sha(apiKey), expect.stringMatching(/^[0-9a-f]{8}$/)] } },
    }
  },
  'POST /keys/set': async () => {
    const { email } = await newUser()
    return {
      path: '/keys/set',
      body: { email, errorsAs200: true },
      expected: { target: email, changes: { errorsAs200: [false, true] } },
    }
  },
  'POST /users/keys': async () => {
    const { email } = await newUser()
    return {
      path: '/users/keys',
      body: { email, name: 'tv', scopes: ['read'] },
      expected: {
        target: email,
        changes: expect.objectContaining({ name: [null, 'tv'], scopes: [null, ['read']] }),
      },
    }
  },
  'PATCH /users/keys/:id': async () => {
    const { email, id } = await newKey()
    return {
      path: `/users/keys/${id}`,
      body: { networks: ['192.0.2.7'] },
      expected: { target: email, changes: { networks: [[], ['192.0.2.7/32']] } },
    }
  },
  'PATCH /users/notifications': async () => {
    const { email } = await newUser()
    return {
      path: '/users/notifications',
      body: { email, webhook: 'https://a.test/a-secret-path', events: { link_failed: ['webhook'] } },
      expected: {
        target: email,
        changes: {
          link_failed: [[], ['webhook']],
          webhook: [null, expect.stringMatching(/^https:\/\/a\.test [0-9a-f]{8}$/)],
        },
      },
    }
  },
  'POST /users/notifications/test': async () => {
    const { email } = await newUser()
    return {
      path: '/users/notifications/test',
      body: { email, channel: 'mail' },
      expected: { target: email, outcome: 'mail_off', changes: {} },
    }
  },
  'POST /users/keys/:id/rotate': async () => {
    const { email, id, apiKey } = await newKey()
    return {
      path: `/users/keys/${id}/rotate`,
      expected: { target: email, changes: { key: [sha(apiKey), expect.stringMatching(/^[0-9a-f]{8}$/)] } },
    }
  },
  'DELETE /users/keys/:id': async () => {
    const { email, id } = await newKey()
    return {
      path: `/users/keys/${id}`,
      expected: { target: email, changes: expect.objectContaining({ name: ['tv', null] }) },
    }
  },
  'POST /accounts': async () => ({
    path: '/accounts',
    body: {
      ...{ platform: 'RapidGator', untested: true, proxy: 'http://u:hunter2@p.test:1' },
      credentials: { email: 'another@example.test', password: PASSWORD },
    },
    expected: {
      target: expect.stringMatching(/^[0-9a-f-]{36}$/),
      changes: expect.objectContaining({
        platform: [null, 'RapidGator'],
        credentials: [null, expect.stringMatching(SEALED)],
        proxy: [null, expect.stringMatching(SEALED)],
      }),
    },
  }),
  'PATCH /accounts/:id': async () => {
    const id = await account()
    return {
      path: `/accounts/${id}`,
      body: { credentials: { password: NEW_PASSWORD }, untested: true, maxDownloads: 2 },
      expected: {
        target: id,
        changes: {
          maxDownloads: [null, 2],
          credentials: [expect.stringMatching(SEALED), expect.stringMatching(SEALED)],
        },
      },
    }
  },
  'DELETE /accounts/:id': async () => {
    const id = await account()
    return {
      path: `/accounts/${id}`,
      expected: { target: id, changes: expect.objectContaining({ platform: ['RapidGator', null] }) },
    }
  },
  'POST /accounts/:id/enable': async () => {
    const id = await account()
    await gateway.admin('POST', `/accounts/${id}/disable`)
    return { path: `/accounts/${id}/enable`, expected: { target: id, changes: { enabled: [false, true] } } }
  },
  'POST /accounts/:id/disable': async () => {
    const id = await account()
    return { path: `/accounts/${id}/disable`, expected: { target: id, changes: { enabled: [true, false] } } }
  },
  'POST /accounts/:id/check': async () => {
    const id = await account()
    return { path: `/accounts/${id}/check`, expected: { target: id, outcome: 'no_fetcher', changes: {} } }
  },
  'PATCH /hosts/:platform': async () => ({
    path: '/hosts/rapidgator',
    body: { maxDownloads: 4, origins: { api: 'http://u:hunter2@127.0.0.1:1/' } },
    expected: {
      target: 'RapidGator',
      changes: {
        maxDownloads: [expect.any(Number), 4],
        origins: [{}, { api: 'http://127.0.0.1:1/' }],
      },
    },
  }),
  'POST /hosts/:platform/try': async () => {
    const breaker = new HostBreaker(gateway.database, gateway.clock)
    for (let failure = 0; failure < 3; failure++)
      await breaker.recordFailure('RapidGator', new HostError('HOST_DOWN', 'text'))
    return {
      path: '/hosts/rapidgator/try',
      expected: { target: 'RapidGator', changes: { openUntil: [expect.any(String), null] } },
    }
  },
  'PATCH /files/:id': async () => {
    const { file } = await gateway.knownFile(1)
    return {
      path: `/files/${file.id}`,
      body: { pinned: true },
      expected: { target: file.id, changes: { pinned: [false, true] } },
    }
  },
  'DELETE /files/:id': async () => {
    const id = randomUUID()
    return { path: `/files/${id}`, expected: { target: id, changes: {} } }
  },
  'POST /files/sweeps': async () => ({
    path: '/files/sweeps',
    body: { dryRun: true },
    expected: { target: expect.stringMatching(/^[0-9a-f-]{36}$/), changes: { dryRun: [null, true] } },
  }),
  'POST /blocks': async () => ({
    path: '/blocks',
    body: { kind: 'name', value: '*.never', reason: 'r' },
    expected: {
      target: expect.stringMatching(/^[0-9a-f-]{36}$/),
      changes: { kind: [null, 'name'], value: [null, '*.never'], reason: [null, 'r'] },
    },
  }),
  'DELETE /blocks/:id': async () => {
    const id = await newBlock()
    return {
      path: `/blocks/${id}`,
      expected: { target: id, changes: expect.objectContaining({ reason: ['r', null] }) },
    }
  },
  'POST /secrets/reseal': async () => ({
    path: '/secrets/reseal',
    expected: { target: null, changes: expect.objectContaining({ credentials: [null, 0] }) },
  }),
  'PATCH /set-up': async () => ({
    path: '/set-up',
    body: { dismissed: true },
    expected: { target: null, changes: { dismissed: [false, true] } },
  }),
  'PATCH /status-page': async () => ({
    path: '/status-page',
    body: { published: true },
    expected: { target: 'status page', changes: { published: [false, true] } },
  }),
  'POST /mail/test': async () => ({
    path: '/mail/test',
    body: { to: 'somebody@example.test' },
    expected: { target: 'somebody@example.test', outcome: 'mail_off', changes: {} },
  }),
  'POST /store/test': async () => ({
    path: '/store/test',
    expected: { target: null, outcome: 'no_fetcher', changes: {} },
  }),
  'POST /store/adopt': async () => ({
    path: '/store/adopt',
    expected: { target: null, outcome: 'conflict', changes: {} },
  }),
}

describe('the audit log', () => {
  it('knows of every route of the admin API that writes', async () => {
    const { paths } = await gatewayDocument()
    const writing = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods)
        .filter((method) => path.startsWith(ADMIN_API) && method !== 'get')
        .map(
          (method) =>
            `${method.toUpperCase()} ${path.slice(ADMIN_API.length).replaceAll(/\{(\w+)\}/g, ':$1')}`,
        ),
    )
    expect(Object.keys(CASES).sort()).toEqual(writing.sort())
    // Each has a sentence at the portal: one more is of the portal alone.
    expect([...Object.keys(CASES), 'POST /users/view'].sort()).toEqual([...ADMIN_ACTIONS].sort())
  })

  it.each(Object.entries(CASES))(
    'tells who, from where, what and before and after: %s',
    async (action, prepare) => {
      const { path, body, expected } = await prepare()
      gateway.clock.advance(1_000)
      gateway.takeLog()
      const answer = await gateway.admin(action.split(' ')[0] ?? '', path, body)
      const { apiKey } = (answer.body.data ?? {}) as { apiKey?: string }
      if (apiKey !== undefined) secrets.push(apiKey)
      const [entry] = await entries('?limit=1')
      const told = { who: OPERATOR, address: '127.0.0.1', action, outcome: 'ok', ...expected }
      expect(entry).toEqual({
        targetName: NAMED.test(action) ? expect.any(String) : null,
        ...told,
        id: expect.any(String),
        at: new Date(gateway.clock.now()).toISOString(),
        kind: 'change',
        count: 1,
      })
      const lines = gateway.takeLog().map((line) => JSON.parse(line) as { msg: string })
      expect(lines.filter(({ msg }) => msg === 'audit: change')).toEqual([expect.objectContaining(told)])
    },
  )

  it('tells of a body that is not valid, too, and reads nothing into what it says', async () => {
    await gateway.admin('POST', '/users/suspend', { email: ['x'], extra: { email: 'a@b.test' } })
    expect((await entries('?limit=1'))[0]).toMatchObject({
      target: null,
      outcome: 'request_invalid',
      changes: {},
    })
    await gateway.admin('DELETE', `/blocks/${'x'.repeat(50)}`)
    expect((await entries('?limit=1'))[0]).toMatchObject({
      target: null,
      outcome: 'request_invalid',
      changes: {},
    })
  })

  it('names what an id stands for, also once it is gone, and never by its secrets', async () => {
    const { file } = await gateway.knownFile(7)
    await gateway.admin('PATCH', `/files/${file.id}`, { pinned: true })
    const id = (await gateway.admin('POST', '/blocks', { kind: 'name', value: '*.gone', reason: 'r' })).body
      .data.id
    await gateway.admin('DELETE', `/blocks/${id}`)
    expect((await entries('?limit=3')).map(({ targetName }) => targetName)).toEqual([
      ...['*.gone', '*.gone', 'file 7.bin'],
    ])
  })

  it('has an entry without an outcome of what was never finished', async () => {
    const audit = gateway.app.get(AuditLog)
    await audit.begin({ who: OPERATOR, address: '127.0.0.1', action: 'PATCH /users', target: 'cut@off.test' })
    expect(await entries('?what=cut@off')).toEqual([
      expect.objectContaining({ outcome: null, changes: null }),
    ])
  })

  it('holds no key, token or password', async () => {
    const rows = JSON.stringify(await gateway.database.query('SELECT * FROM audit_entry'))
    for (const secret of secrets) expect(rows).not.toContain(secret)
  })

  it('is read in pages without a gap, and by who, what and since when', async () => {
    const all = (await entries('?limit=1000')).map(({ id }) => id)
    const paged: string[] = []
    for (let after = ''; ;) {
      const answer = await gateway.admin('GET', `/audit?limit=7${after}`)
      const { items, next } = successOf(answer, auditPageSchema)
      paged.push(...items.map(({ id }) => id))
      if (next === null) break
      after = `&after=${next}`
    }
    expect(paged).toEqual(all)
    for (const { action } of await entries('?what=%2FBLOCKS')) expect(action).toContain('/blocks')
    expect(await entries('?who=key')).toEqual([])
    expect((await entries(`?who=${encodeURIComponent(OPERATOR.slice(0, 9))}`)).length).toBeGreaterThan(20)
    gateway.clock.advance(3_600_000)
    const since = encodeURIComponent(new Date(gateway.clock.now()).toISOString())
    expect(await entries(`?since=${since}`)).toEqual([])
    const { email } = await newUser()
    expect((await entries(`?since=${since}`)).map(({ target }) => target)).toEqual([email])
    for (const query of ['limit=0', 'limit=1001', 'after=x', 'since=soon', 'other=1']) {
      expectRefusal(await gateway.admin('GET', `/audit?${query}`), 'request_invalid')
    }
  })
})

describe('attempts to get in that fail', () => {
  const WRONG = `obb_${'w'.repeat(32)}`
  const byCount = (a: AuditEntryView, b: AuditEntryView) =>
    b.count - a.count || (a.action < b.action ? -1 : 1)

  it('are one entry a minute of an address and a route, with how many they were and what was shown', async () => {
    gateway.clock.advance(60_000)
    gateway.takeLog()
    for (let n = 0; n < 30; n++) await gateway.call(WRONG, 'GET', '/account')
    for (let n = 0; n < 3; n++) await gateway.admin('GET', '/users', undefined, `${ADMIN_TOKEN}x`)
    await gateway.admin('GET', '/hosts', undefined, 'password1')
    await gateway.send('POST', '/api/external/v1/unrestrict', {}, { url: 'x' })
    const lines = gateway.takeLog().filter((line) => line.includes('audit: not let in'))
    expect(lines).toHaveLength(4)
    const minute = new Date(gateway.clock.now() - (gateway.clock.now() % 60_000)).toISOString()
    const attempt = {
      address: '127.0.0.1',
      at: minute,
      kind: 'auth_failure',
      outcome: 'key_invalid',
      target: null,
    }
    const found = await entries(`?since=${encodeURIComponent(minute)}`)
    expect(found.filter(({ kind }) => kind === 'auth_failure').sort(byCount)).toEqual(
      [
        { who: `key ${sha(WRONG)}`, action: 'GET /api/external/v1/account', count: 30 },
        { who: `token ${sha(`${ADMIN_TOKEN}x`)}`, action: `GET ${ADMIN_API}/users`, count: 3 },
        { who: 'no token by its form', action: `GET ${ADMIN_API}/hosts`, count: 1 },
        { who: 'no key', action: 'POST /api/external/v1/unrestrict', count: 1 },
      ].map((each) => expect.objectContaining({ ...attempt, ...each })),
    )
    for (const secret of [WRONG, ADMIN_TOKEN, 'password1']) expect(lines.join()).not.toContain(secret)
  })

  it('with the admin token are held up after twenty in a minute; the right one never is', async () => {
    gateway.clock.advance(60_000)
    const wrong = []
    for (let n = 0; n < 21; n++) wrong.push((await gateway.admin('GET', '/store', undefined, 'x')).code)
    expect(wrong).toEqual([...Array<number>(20).fill(401), 429])
    expect(successOf(await gateway.admin('GET', '/store'), storeViewSchema)).toBeDefined()
    gateway.clock.advance(3_000)
    expect((await gateway.admin('GET', '/store', undefined, 'x')).code).toBe(401)
  })
})

describe('a client that goes away', () => {
  it.each([
    ['/unrestrict', 'application/json'],
    ['/nzb', 'application/x-nzb'],
  ])('amid its body is told of at debug only: %s', async (path, type) => {
    await gateway.admin('PATCH', '/hosts/Usenet', { enabled: true })
    const { apiKey } = await gateway.user()
    gateway.takeLog()
    const connection = await gateway.connection()
    const head = `POST /api/external/v1${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${apiKey}\r\n`
    connection.write(`${head}Content-Type: ${type}\r\nContent-Length: 100\r\n\r\n{"url"`)
    // Its head was read once the server has answered something on another connection.
    await gateway.send('GET', '/health')
    connection.socket.resetAndDestroy()
    while (!gateway.log.some((line) => line.includes('the client went away')))
      await gateway.send('GET', '/health')
    const levels = gateway.takeLog().map((line) => (JSON.parse(line) as { level: number }).level)
    expect(Math.max(...levels)).toBeLessThan(40)
  })
})

describe('the port of the admin API', () => {
  const PATHS = ['/users', '/audit', '/store']

  it('is the only one where it is: elsewhere it is no route, however its path is spelled', async () => {
    for (const path of PATHS) {
      for (const spelling of [`${ADMIN_API}${path}`, `/api/%61dmin/v1${path}`, `${ADMIN_API}${path}/`]) {
        const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
        for (const method of ['GET', 'POST', 'PUT']) {
          const answer = await gateway.send(method, spelling, headers, method === 'GET' ? undefined : {})
          expectRefusal(answer, 'route_unknown')
          expect(answer.headers.get('allow')).toBeNull()
        }
      }
    }
    const connection = await gateway.connection()
    connection.write(
      `GET http://a${ADMIN_API}/users HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${ADMIN_TOKEN}\r\n\r\n`,
    )
    expect((await connection.answer())?.status).toBe(404)
    connection.close()
  })

  it('has the health of the gateway, and nothing of the external API', async () => {
    const send = (path: string) => gateway.send('GET', path, {}, undefined, gateway.adminPort)
    expect((await send('/health')).code).toBe(200)
    for (const path of ['/', '/api/external/v1/account', '/api/external/v1/openapi.json']) {
      expectRefusal(await send(path), 'route_unknown')
    }
    successOf(await gateway.admin('POST', '/files/sweeps', { dryRun: true }), sweepViewSchema)
  })
})

it('a key that was rotated is told apart from a made-up one: its hash is that of its row', async () => {
  const { email, apiKey } = await newUser()
  successOf(await gateway.admin('POST', '/keys/rotate', { email }), keyRotatedSchema)
  await gateway.call(apiKey, 'GET', '/account')
  const found = await entries(`?who=${encodeURIComponent(`key ${sha(apiKey)}`)}`)
  expect(found).toHaveLength(1)
})
