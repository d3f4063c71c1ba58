import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { ADMIN_API, type HostAccountView, type HostView } from '@obb/contracts'
import { run } from '../main.js'
import { testIo } from '../testing/test-io.js'
import { ok, refused, sendJson, TestServer } from '../testing/test-server.js'

const HOST: HostView = {
  ...{ platform: 'RapidGator', enabled: true, domains: ['rapidgator.net'], maxChunks: 16, maxDownloads: 3 },
  ...{ maxQueued: 100, solo: false, bandwidth: null, canaryUrl: null, resumable: true, needsAccount: true },
  ...{ accounts: 1, traffic: null, switches: [], origins: {}, originOverrides: {} },
  credentials: [
    { name: 'email', label: 'E-mail', required: true, secret: false },
    { name: 'password', label: 'Password', required: true, secret: true },
  ],
  health: {
    ...{ working: true, openUntil: null, failures: 0, successRate: 1, speed: 1, lastError: null },
    ...{ lastErrorAt: null, canaryAt: null, canaryError: null },
  },
}
const account = (label: string): HostAccountView => ({
  ...{ id: label, platform: 'RapidGator', label, enabled: true, offReason: null, coolUntil: null },
  ...{
    premium: true,
    validUntil: null,
    trafficLeft: null,
    trafficTotal: null,
    checkedAt: null,
    downloads: 0,
  },
  ...{ maxDownloads: null, connections: 0, maxConnections: null, bandwidth: null, proxy: null },
})
const FILE = [
  'version: 1',
  ...['RapidgatorNet:', '\ta@b.test:secret-a', '\tbad@b.test:secret-b', '\tnew@b.test:secret-c'],
  ...['Nowhere:', '\tx:secret-d'],
].join('\n')

let home: string
let server: TestServer
let accounts: HostAccountView[]
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'obb-import-'))
  await writeFile(join(home, 'accounts.cfg'), FILE)
  accounts = [account('a@b.test')]
  server = await TestServer.start(({ path, method, body }, response) => {
    if (path === `${ADMIN_API}/hosts`) return sendJson(response, 200, ok([HOST]))
    if (method !== 'POST') return sendJson(response, 200, ok({ items: accounts, next: null }))
    const { email = '' } = (body as { credentials: Record<string, string> }).credentials
    if (email.startsWith('bad'))
      return sendJson(response, 422, refused(900, 'The host refuses this account.'))
    accounts.push(account(email))
    return sendJson(response, 200, ok({ id: email, tested: true }))
  })
})
afterEach(async () => {
  await server.close()
  await rm(home, { recursive: true })
})

async function obb(...args: string[]) {
  const io = testIo(home, { OBB_ADMIN_API: server.url, OBB_ADMIN_TOKEN: 'x'.repeat(40) })
  const code = await run(['--json', 'account', 'import', 'accounts.cfg', ...args], io)
  const { accounts: rows } = JSON.parse(io.stdout.text) as { accounts: { outcome: string }[] }
  return { code, outcomes: rows.map(({ outcome }) => outcome), text: io.stdout.text + io.stderr.text }
}

describe('obb account import', () => {
  it('adds what is new, goes on after a refusal, tells each row, and does nothing more the second time', async () => {
    const first = await obb()
    expect([first.code, first.outcomes]).toEqual([1, ['known', 'refused', 'added', 'unknown_host']])
    expect(accounts.map(({ label }) => label)).toEqual(['a@b.test', 'new@b.test'])
    const second = await obb()
    expect(second.outcomes).toEqual(['known', 'refused', 'known', 'unknown_host'])
    expect(accounts).toHaveLength(2)
    expect(first.text + second.text).not.toContain('secret-')
  })

  it('adds nothing in a dry run', async () => {
    const { outcomes } = await obb('--dry-run')
    expect([outcomes, accounts.length]).toEqual([['known', 'would_add', 'would_add', 'unknown_host'], 1])
  })
})
