import { createServer, type Server } from 'node:http'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import {
  ADMIN_API,
  type DoctorView,
  type HostAccountView,
  type HostView,
  type ProcessHealth,
  type StoreView,
  type SupportBundle,
} from '@obb/contracts'
import { run } from '../main.js'
import { testIo } from '../testing/test-io.js'
import { ok, refused, sendJson, TestServer } from '../testing/test-server.js'

const TOKEN = 'adm_0123456789abcdef0123456789abcdef'
const ACCOUNT: HostAccountView = {
  ...{ id: 'h1', platform: 'RapidGator', label: 'o***@example.org', enabled: true, offReason: null },
  ...{ coolUntil: null, premium: true, validUntil: null, trafficLeft: 5e11, trafficTotal: null },
  ...{ checkedAt: null, downloads: 0, maxDownloads: null, connections: 0, maxConnections: null },
  ...{ bandwidth: null, proxy: null },
}
const HOST: HostView = {
  ...{ platform: 'RapidGator', enabled: true, domains: ['rapidgator.net'], maxChunks: 16, maxDownloads: 3 },
  ...{ maxQueued: 100, solo: false, bandwidth: null, canaryUrl: null, resumable: true, needsAccount: true },
  ...{ accounts: 1, traffic: null, credentials: [], switches: [], origins: {}, originOverrides: {} },
  health: {
    ...{ working: true, openUntil: null, failures: 0, successRate: 1, speed: 1, lastError: null },
    ...{ lastErrorAt: null, canaryAt: null, canaryError: null },
  },
}

const STORE: StoreView = {
  ...{ state: 'ok', reason: null, since: null, retryAt: null, place: '/srv/files', stored: 5e9 },
  ...{ quota: null, growth: null, testedAt: null, room: 1e12, lacking: null },
  ...{ installation: 'obb-0123456789ab', copied: [] },
}

let home: string
let server: TestServer
let supervisor: Server
let doctor: DoctorView
let accounts: HostAccountView[]
/** Undefined: asking for them is refused. */
let hosts: HostView[] | undefined
let store: StoreView
let processes: ProcessHealth[]
let isProxyThere: boolean

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'obb-doctor-'))
  doctor = {
    readiness: { ready: true, checks: [{ name: 'database', status: 'ok' }] },
    secrets: { checked: 3, unreadable: 0, older: 0 },
    mail: null,
    webhooks: [],
    nightlyBackup: null,
    oidc: null,
    addresses: { api: null, proxy: null },
  }
  accounts = [ACCOUNT]
  hosts = [HOST]
  store = STORE
  processes = [{ app: 'fetcher', pid: 7, readiness: { ready: true, checks: [] } }]
  isProxyThere = true
  server = await TestServer.start(({ path }, response) => {
    const answers: Record<string, unknown> = {
      [`${ADMIN_API}/doctor`]: doctor,
      [`${ADMIN_API}/hosts`]: hosts,
      [`${ADMIN_API}/store`]: store,
      [`${ADMIN_API}/support`]: BUNDLE,
      '/health': { status: 'ok' },
      ...(isProxyThere && { '/proxy/download/health': { status: 'ok' } }),
    }
    const answer = path.startsWith(`${ADMIN_API}/accounts`) ? { items: accounts, next: null } : answers[path]
    if (path === `${ADMIN_API}/hosts` && hosts === undefined)
      sendJson(response, 500, refused(900, 'Internal error.', { action: 'Try again.' }))
    else if (answer === undefined) sendJson(response, 404, refused(900, 'There is no such route.'))
    else sendJson(response, 200, ok(answer))
  })
  const control = join(home, 'control.sock')
  supervisor = createServer((request, response) =>
    sendJson(response, 200, ok(request.url === '/log' ? log : processes)),
  ).listen(control)
  await once(supervisor, 'listening')
  const { url: api } = server
  const ready = { api, admin: api, proxy: `${api}/proxy`, apiKey: '', adminToken: TOKEN, control }
  await writeFile(join(home, 'ready.json'), JSON.stringify(ready))
})
afterEach(async () => {
  await server.close()
  supervisor.close()
  await rm(home, { recursive: true })
})

/** Of an account at a host where people have no e-mail. */
const NICKNAME = 'captain-of-ours'

const log = [
  {
    app: 'api',
    lines: [
      '{"level":40,"msg":"no answer of https://ana:pw@s3.example.org/x for ana@example.org"}',
      `{"level":40,"msg":"${NICKNAME} is refused"}`,
    ],
  },
]
const BUNDLE: SupportBundle = {
  ...{ format: 'obb support 1', madeAt: '2027-01-01T00:00:00.000Z', versions: { obb: '1' }, settings: [] },
  ...{ readiness: { ready: true, checks: [] }, findings: [], counts: null, migrations: null, log: null },
}

async function obb(...args: string[]): Promise<{ code: number; text: string }> {
  const io = testIo(home, { OBB_HOME: home })
  const code = await run(args, io)
  return { code, text: io.stdout.text + io.stderr.text }
}

describe('obb doctor', () => {
  it('says of each thing in one line that it is ok, and ends with 0', async () => {
    const { code, text } = await obb('doctor')
    expect([code, text.trim().split('\n')]).toEqual([
      0,
      [
        'ok       fetcher',
        'ok       database',
        'ok       secrets key: opens all 3 values',
        `ok       API at ${server.url}`,
        `ok       downloads at ${server.url}/proxy`,
        'ok       accounts: 1, all of them usable',
        'ok       hosts: 1 enabled, all of them work',
      ],
    ])
  })

  it('says what fails and what to do, and ends with 1; the others are looked at all the same', async () => {
    const queue = {
      name: 'queue',
      status: 'failing',
      detail: 'ECONNREFUSED',
      action: 'Check Redis.',
    } as const
    doctor.readiness = { ready: false, checks: [queue] }
    const store = { name: 'store', status: 'failing', detail: 'away', action: 'Check the disk.' } as const
    processes = [
      { app: 'fetcher', pid: 7, readiness: { ready: false, checks: [store] } },
      { app: 'proxy', pid: null, readiness: null },
    ]
    doctor.secrets = { checked: 3, unreadable: 2, older: 0 }
    doctor.webhooks = [{ email: 'a@a.test', since: '2027-01-01T00:00:00.000Z', error: 'it answered 500' }]
    doctor.addresses.proxy = `${server.url}/elsewhere`
    doctor.nightlyBackup = {
      ...{ since: '2027-01-01T00:00:00.000Z', madeAt: '2027-01-01T03:00:00.000Z' },
      ...{ failedAt: '2027-01-02T03:00:00.000Z', failure: 'ENOSPC' },
    }
    const { code, text } = await obb('doctor')
    expect(code).toBe(1)
    expect(text).toContain('failing  fetcher: store: away. Check the disk.\n')
    expect(text).toContain('failing  proxy: does not answer. ')
    expect(text).toContain(
      'warning  webhook of a@a.test: fails since 2027-01-01T00:00:00.000Z: it answered 500. ',
    )
    expect(text).toContain(
      'warning  nightly backup: failed at 2027-01-02T03:00:00.000Z: ENOSPC; the newest one is of 2027-01-01T03:00:00.000Z. ',
    )
    expect(text).toContain('failing  queue: ECONNREFUSED. Check Redis.\n')
    expect(text).toMatch(/failing {2}secrets key: does not open 2 of 3 values\. Set SECRETS_KEY/)
    expect(text).toMatch(/failing {2}downloads at \S+\/elsewhere: .*\. Check PUBLIC_PROXY_URL/)
    expect(text).toContain('ok       accounts: 1')
  })

  it('says what is about to run out', async () => {
    store = { ...STORE, growth: 5e11 }
    hosts = [{ ...HOST, traffic: { left: 2e9, perDay: 1e9, renewsAt: null } }]
    const { code, text } = await obb('doctor')
    expect([code, text.match(/^warning .*$/gm)]).toEqual([
      0,
      [
        expect.stringMatching(/^warning {2}traffic at RapidGator: used up at about \S+Z, as it was used/),
        expect.stringMatching(/^warning {2}room of the store: full at about \S+Z, as it grew/),
      ],
    ])
  })

  it('says what to do where the gateway refuses to tell', async () => {
    hosts = undefined
    const { code, text } = await obb('doctor')
    expect([code, text.match(/^failing .*$/gm)]).toEqual([
      1,
      ['failing  hosts: Internal error. (status 900). Try again.'],
    ])
  })

  it('tells once what the gateway and the processes beside it find alike', async () => {
    const secrets = { name: 'secrets', status: 'failing', detail: 'opens none', action: 'Set it.' } as const
    const queue = { name: 'queue', status: 'failing', detail: 'CLOSED', action: 'Check Redis.' } as const
    doctor.readiness = { ready: false, checks: [queue, secrets] }
    doctor.secrets = { checked: 3, unreadable: 3, older: 0 }
    processes = [
      { app: 'api', pid: 6, readiness: doctor.readiness },
      { app: 'fetcher', pid: 7, readiness: { ready: false, checks: [{ ...queue, detail: 'TIMEOUT' }] } },
    ]
    const failing = (await obb('doctor')).text.match(/^failing {2}.*?(?=:)/gm)
    expect(failing).toEqual(['failing  queue', 'failing  secrets key'])
  })

  it('tells a database that is away once, and not what cannot be known meanwhile', async () => {
    const away = { name: 'database', status: 'failing', detail: 'ECONNREFUSED', action: 'Check it.' } as const
    const unknown = { status: 'failing', detail: 'not known while the database is away' } as const
    const checks = [away, { name: 'clock', ...unknown } as const, { name: 'store', ...unknown } as const]
    doctor = { ...doctor, readiness: { ready: false, checks }, secrets: null }
    processes = [{ app: 'fetcher', pid: 7, readiness: { ready: false, checks } }]
    const { code, text } = await obb('doctor')
    expect([code, text.match(/^failing .*$/gm)]).toEqual([1, ['failing  database: ECONNREFUSED. Check it.']])
  })

  it('tells of an OpenID provider whether it answers', async () => {
    const issuer = 'https://id.example.test'
    doctor = { ...doctor, oidc: { issuer, fault: null } }
    expect((await obb('doctor')).text).toContain(`ok       OpenID provider ${issuer}\n`)
    doctor = { ...doctor, oidc: { issuer, fault: 'fetch failed: ENOTFOUND' } }
    const { code, text } = await obb('doctor')
    expect(code).toBe(1)
    expect(text).toContain(`failing  OpenID provider ${issuer}: fetch failed: ENOTFOUND. Check OIDC_ISSUER`)
  })

  it.each<[string, Partial<HostAccountView>, RegExp]>([
    [
      'that is off',
      { enabled: false, offReason: 'wrong password' },
      /off: wrong password.*account enable h1/,
    ],
    ['that ended', { validUntil: '2020-01-01T00:00:00.000Z' }, /ended on 2020/],
    ['that is not premium', { premium: false }, /is not premium/],
    ['without traffic', { trafficLeft: 0 }, /0 B of traffic left/],
    ['that rests', { coolUntil: '2999-01-01T00:00:00.000Z' }, /rests until 2999/],
  ])('warns of an account %s, and ends with 0', async (_what, changes, line) => {
    accounts = [ACCOUNT, { ...ACCOUNT, ...changes }]
    const { code, text } = await obb('doctor')
    expect([code, text]).toEqual([0, expect.stringMatching(line)])
    expect(text.match(/^warning .*$/gm)).toHaveLength(1)
  })

  it('warns of a host whose circuit is open, and of one whose canary is gone', async () => {
    const { health } = HOST
    hosts = [
      { ...HOST, health: { ...health, working: false, lastError: 'HOST_DOWN' } },
      { ...HOST, platform: 'Http', health: { ...health, canaryError: 'FILE_GONE' } },
      { ...HOST, platform: 'Off', enabled: false, health: { ...health, working: false } },
    ]
    const { text } = await obb('doctor')
    expect(text.match(/^warning .*$/gm)).toEqual([
      expect.stringMatching(/host RapidGator: does not work: HOST_DOWN.*\.\/obb host try RapidGator/),
      expect.stringContaining('host Http: canary: FILE_GONE'),
    ])
  })

  it('is JSON with --json, with the same exit code', async () => {
    isProxyThere = false
    const { code, text } = await obb('--json', 'doctor')
    const findings = JSON.parse(text) as { name: string; status: string }[]
    expect([code, findings.filter(({ status }) => status === 'failing').map(({ name }) => name)]).toEqual([
      1,
      [`downloads at ${server.url}/proxy`],
    ])
  })

  it('says that OBB does not run, where nobody answers', async () => {
    await server.close()
    const { code, text } = await obb('doctor')
    server = await TestServer.start((_request, response) => response.end())
    expect([code, text]).toEqual([1, expect.stringMatching(/failing {2}gateway: OBB is not running at/)])
  })
})

describe('obb support', () => {
  it('writes one private file, with the warnings of the processes here and nobody named in them', async () => {
    accounts = [{ ...ACCOUNT, label: NICKNAME }]
    const { code, text } = await obb('support', '-o', 'for-a-friend.json')
    expect([code, text]).toEqual([0, expect.stringContaining('Warnings of the log in it: 2.')])
    const file = join(home, 'for-a-friend.json')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual({
      ...BUNDLE,
      log: {
        api: [
          '{"level":40,"msg":"no answer of https://‹user›@‹host›/… for ‹mail›"}',
          '{"level":40,"msg":"‹hidden› is refused"}',
        ],
      },
    })
  })
})
