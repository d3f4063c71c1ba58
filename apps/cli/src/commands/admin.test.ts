import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  ADMIN_API,
  type AuditEntryView,
  type BlockView,
  type FileView,
  type HostAccountView,
  type HostView,
  type KeyView,
  type LedgerView,
  type ListedInvitation,
  type NotificationsView,
  REFUSALS,
  type StatusPageView,
  type StoreView,
  type SweepView,
  type UserReset,
  type UserView,
} from '@obb/contracts'
import { notRunning } from '../admin-client.js'
import { ConnectionFault } from '../failure.js'
import { run } from '../main.js'
import { testIo, type TestIo } from '../testing/test-io.js'
import { ok, refused, sendJson, TestServer } from '../testing/test-server.js'

const TOKEN = 'adm_0123456789abcdef0123456789abcdef'
const KEY_ID = '01995b6f-03d2-7f5b-8a6e-c1d9b7e40f12'
const REMOVED_KEY = '01995b6f-03d2-7f5b-8a6e-c1d9b7e40f13'

const USER: UserView = {
  id: 'u1',
  email: 'a@example.org',
  state: 'active',
  role: 'user',
  trafficLeft: 5e11,
  trafficMax: 1e12,
  dailyPerHost: null,
  hostCaps: { RapidGator: 100e9 },
  weight: 2,
  solo: true,
  expiresAt: null,
  createdAt: '2027-01-01T00:00:00.000Z',
  errorsAs200: false,
  passkeys: 0,
  identities: 0,
}
const PAGE: StatusPageView = {
  published: true,
  announcement: { texts: { en: 'Hi', 'zh-TW': '嗨' }, since: '2027-01-01T00:00:00.000Z' },
  maintenance: null,
}
const NOTIFICATIONS: NotificationsView = {
  events: { link_finished: ['mail'], link_failed: [], host_works_again: ['webhook'], attention_needed: [] },
  mail: true,
  webhook: { origin: 'https://a.test', failingSince: null, error: null },
  hosts: ['RapidGator'],
  quiet: null,
}
const UNPUBLISHED: StatusPageView = { published: false, announcement: null, maintenance: null }
const KEY: KeyView = {
  id: '0192f3c4-0000-7000-8000-000000000000',
  name: 'tv',
  scopes: ['read', 'submit'],
  networks: ['192.0.2.0/24'],
  errorsAs200: false,
  createdAt: '2027-01-01T00:00:00.000Z',
  expiresAt: null,
  lastUsed: { at: '2027-01-02T00:00:00.000Z', client: 'curl/8', address: '192.0.2.7' },
  lastError: { at: '2027-01-03T00:00:00.000Z', status: 101, msg: 'Unsupported.' },
}
const ACCOUNT: HostAccountView = {
  id: 'h1',
  platform: 'RapidGator',
  label: 'o***@example.org',
  enabled: false,
  offReason: 'wrong password',
  coolUntil: null,
  premium: true,
  validUntil: '2027-06-01T00:00:00.000Z',
  trafficLeft: 123_456_789_012,
  trafficTotal: null,
  checkedAt: null,
  downloads: 1,
  maxDownloads: 3,
  connections: 4,
  maxConnections: null,
  bandwidth: 5_000_000,
  proxy: 'socks5://p:1',
}
const AUDIT_ENTRY: AuditEntryView = {
  id: '4',
  at: '2027-01-01T00:00:00.000Z',
  kind: 'change',
  who: 'token 1a2b3c4d',
  address: '127.0.0.1',
  action: 'PATCH /users',
  target: 'a@example.org',
  targetName: null,
  outcome: 'ok',
  changes: { weight: [1, 2] },
  count: 1,
}
const HOST: HostView = {
  platform: 'RapidGator',
  enabled: true,
  domains: ['rapidgator.net', 'rg.to'],
  maxChunks: 16,
  maxDownloads: 3,
  maxQueued: 100,
  solo: false,
  bandwidth: null,
  canaryUrl: 'https://rapidgator.net/file/1',
  health: {
    working: false,
    openUntil: '2027-01-01T00:05:00.000Z',
    failures: 3,
    successRate: 0.875,
    speed: 12_000_000,
    lastError: 'HOST_DOWN',
    lastErrorAt: '2027-01-01T00:00:00.000Z',
    canaryAt: '2027-01-01T00:10:00.000Z',
    canaryError: null,
  },
  resumable: true,
  needsAccount: true,
  accounts: 1,
  traffic: null,
  credentials: [{ name: 'email', label: 'E-mail', required: true, secret: false }],
  switches: [{ name: 'webPages', label: 'Web pages', on: true }],
  origins: { api: 'http://127.0.0.1:9000' },
  originOverrides: { api: 'http://127.0.0.1:9000' },
}
const LEDGER: LedgerView = {
  email: 'a@example.org',
  trafficLeft: 5e11,
  entries: [
    {
      id: '1',
      at: '2027-01-01T00:00:00.000Z',
      kind: 'grant',
      bytes: 1e12,
      platform: null,
      linkId: null,
      keyId: null,
      key: null,
      note: 'first',
    },
    {
      id: '2',
      at: '2027-01-02T00:00:00.000Z',
      kind: 'charge',
      bytes: -5e11,
      platform: 'RapidGator',
      linkId: 'L',
      keyId: KEY_ID,
      key: 'NAS',
      note: null,
    },
    {
      id: '3',
      at: '2027-01-03T00:00:00.000Z',
      kind: 'adjustment',
      bytes: -1e9,
      platform: null,
      linkId: null,
      keyId: null,
      key: null,
      note: 'counted twice',
    },
  ],
  next: null,
}
const BLOCK: BlockView = {
  id: 'b1',
  kind: 'name',
  value: '*.scr',
  reason: 'malware',
  createdAt: '2027-01-01T00:00:00.000Z',
}
const STREAMS = {
  ...{ total: 1, connections: 8, bytesPerSecond: 12_400_000 },
  proxies: [
    {
      ...{ id: 'one', startedAt: '2027-01-01T00:00:00.000Z', seenAt: '2027-01-01T00:00:00.000Z' },
      ...{ offload: 'x-accel', offloaded: 3, streams: 1, connections: 8, bytesPerSecond: 12_400_000 },
    },
  ],
  streams: [
    {
      ...{ linkId: 'a', isShared: true, name: 'film.mkv', platform: 'RapidGator', size: 1e9 },
      ...{ user: 'a@example.org', client: 'aria2', address: '', connections: 8, bytesPerSecond: 12_400_000 },
      ...{ sent: 5e8, distinct: 4e8, since: '2027-01-01T00:00:00.000Z' },
    },
  ],
}
const TOKEN_LINK: UserReset = {
  url: 'https://obb.example.org/reset?token=t',
  token: 't',
  expiresAt: '2027-01-02T00:00:00.000Z',
}
const INVITATION: ListedInvitation = {
  ...{ email: null, role: 'user', expiresAt: '2027-01-08T00:00:00.000Z' },
  ...{ id: 'i1', traffic: 0, dailyPerHost: null, createdAt: '2027-01-01T00:00:00.000Z' },
}
const COUNTS = { resealed: 2, current: 1, unreadable: 0 }
const STORE: StoreView = {
  ...{ state: 'full', reason: 'S3 UploadPart: 507 InsufficientStorage', since: '2027-01-01T00:00:00.000Z' },
  ...{ retryAt: '2027-01-01T00:00:10.000Z', place: '/srv/files', stored: 5e9, quota: 8e9 },
  ...{ growth: null, testedAt: '2027-01-01T00:00:05.000Z', room: null, lacking: null },
  ...{ installation: 'obb-0123456789ab', copied: ['obb-ba9876543210'] },
}
const SWEEP: SweepView = {
  ...{ id: 's1', dryRun: true, requestedAt: '2027-01-01T00:00:00.000Z' },
  ...{ finishedAt: '2027-01-01T00:00:03.000Z', objects: 5, bytes: 5000, orphans: 2, orphanBytes: 2000 },
  names: ['obb-0123456789ab/x/1'],
  failure: null,
}
const FILE: FileView = {
  id: 'f1',
  platform: 'RapidGator',
  fileId: 'x',
  name: 'a\u001b[31mb',
  size: 2000,
  state: 'downloading',
  bytesDone: 500,
  attempts: 1,
  refusal: null,
  sha256: null,
  worker: 'w1',
  links: 2,
  pinned: false,
  updatedAt: '2027-01-01T00:00:00.000Z',
}

let server: TestServer
/** `bodies`: those of the first answers, where they differ. */
let answer: { code: number; body: unknown; bodies?: unknown[] }
let directory: string
let io: TestIo

beforeEach(async () => {
  answer = { code: 200, body: ok(USER) }
  server = await TestServer.start((_request, response) =>
    sendJson(response, answer.code, answer.bodies?.shift() ?? answer.body),
  )
  directory = await mkdtemp(join(tmpdir(), 'obb-admin-'))
  io = testIo(directory, { OBB_ADMIN_API: server.url, OBB_ADMIN_TOKEN: TOKEN })
})

afterEach(async () => {
  await server.close()
  await rm(directory, { recursive: true, force: true })
})

const at = (path: string) => ADMIN_API + path

describe('every admin command', () => {
  it.each<[string, string, string, unknown, unknown]>([
    [
      'user add --email A@Example.org --traffic 1TB --daily-per-host 60GB --expires 2027-02-01',
      'POST',
      '/users',
      { email: 'a@example.org', traffic: 1e12, dailyPerHost: 60e9, expires: '2027-02-01T00:00:00.000Z' },
      { id: 'u1', email: 'a@example.org', apiKey: `obb_${'a'.repeat(32)}`, errorsAs200: false },
    ],
    [
      'user add --email a@example.org',
      'POST',
      '/users',
      { email: 'a@example.org', traffic: 0 },
      { id: 'u1', email: 'a@example.org', apiKey: `obb_${'a'.repeat(32)}`, errorsAs200: false },
    ],
    ...(
      [
        ['', true],
        [' on', true],
        [' off', false],
      ] as const
    ).map(([state, errorsAs200]): [string, string, string, unknown, unknown] => [
      `user add --email a@example.org --errors-as-200${state}`,
      'POST',
      '/users',
      { email: 'a@example.org', traffic: 0, errorsAs200 },
      { id: 'u1', email: 'a@example.org', apiKey: `obb_${'a'.repeat(32)}`, errorsAs200 },
    ]),
    [
      'user add --email a@example.org --daily-per-host none --host-cap RapidGator=100GB --expires never --weight 3 --solo on',
      'POST',
      '/users',
      {
        email: 'a@example.org',
        traffic: 0,
        dailyPerHost: null,
        hostCaps: { RapidGator: 100e9 },
        expires: null,
        weight: 3,
        solo: true,
      },
      { id: 'u1', email: 'a@example.org', apiKey: `obb_${'a'.repeat(32)}`, errorsAs200: false },
    ],
    [
      'user set --email a@example.org --daily-per-host 60GB --host-cap RapidGator=none --host-cap Http=1GB --solo off',
      'PATCH',
      '/users',
      { email: 'a@example.org', dailyPerHost: 60e9, hostCaps: { RapidGator: null, Http: 1e9 }, solo: false },
      USER,
    ],
    [
      'user adjust --email a@example.org --traffic -10GB --note twice',
      'POST',
      '/users/adjust',
      { email: 'a@example.org', traffic: -10e9, note: 'twice' },
      USER,
    ],
    [
      'user adjust --note back --traffic +1GB --email a@example.org',
      'POST',
      '/users/adjust',
      { email: 'a@example.org', traffic: 1e9, note: 'back' },
      USER,
    ],
    ['user list', 'GET', '/users?limit=1000', undefined, { items: [USER], next: null }],
    [
      'user list --limit 1 --after X',
      'GET',
      '/users?limit=1&after=X',
      undefined,
      { items: [USER], next: 'Y' },
    ],
    [
      'user links A@example.org --state error',
      'GET',
      '/users/links?state=error&limit=500&email=a%40example.org',
      undefined,
      { links: [], next: null },
    ],
    [
      'user links a@example.org --by none',
      'GET',
      '/users/links?key=none&limit=500&email=a%40example.org',
      undefined,
      { links: [], next: null },
    ],
    [
      'user usage A@example.org --days 7',
      'GET',
      '/users/usage?email=a%40example.org&days=7',
      undefined,
      { keys: [{ keyId: KEY_ID, key: 'NAS', bytes: 5e9, links: 2, chargedAt: '2027-01-02T00:00:00.000Z' }] },
    ],
    [
      'audit --who token --what users --since 2027-01-01 --limit 5 --after 7',
      'GET',
      '/audit?who=token&what=users&since=2027-01-01T00%3A00%3A00.000Z&after=7&limit=5',
      undefined,
      { items: [AUDIT_ENTRY], next: '3' },
    ],
    [
      'user role operator --email A@example.org',
      'PATCH',
      '/users',
      { email: 'a@example.org', role: 'operator' },
      USER,
    ],
    ...[
      ['', { send: false, endPasskeys: false }] as const,
      [' --send', { send: true, endPasskeys: false }] as const,
      [' --send --language zh-TW', { send: true, language: 'zh-TW', endPasskeys: false }] as const,
      [' --end-passkeys', { send: false, endPasskeys: true }] as const,
    ].map(([options, body]): [string, string, string, unknown, unknown] => [
      `user reset --email a@example.org${options}`,
      ...(['POST', '/users/reset', { email: 'a@example.org', ...body }, TOKEN_LINK] as const),
    ]),
    ['streams --limit 5', 'GET', '/streams?limit=5', undefined, STREAMS],
    [
      'mail test --to a@example.org',
      'POST',
      '/mail/test',
      { to: 'a@example.org' },
      { sent: true, error: null },
    ],
    [
      'notifications list --email A@example.org',
      'GET',
      '/users/notifications?email=a%40example.org',
      undefined,
      NOTIFICATIONS,
    ],
    [
      'notifications set --email a@example.org --on link_failed=mail,webhook --off link_finished ' +
        '--webhook https://a.test/hook --rotate-secret --wait RapidGator --wait-no-more DDownload',
      'PATCH',
      '/users/notifications',
      {
        email: 'a@example.org',
        events: { link_failed: ['mail', 'webhook'], link_finished: [] },
        webhook: 'https://a.test/hook',
        rotateSecret: true,
        hosts: { RapidGator: true, DDownload: false },
      },
      { ...NOTIFICATIONS, secret: 'whsec_c2VjcmV0' },
    ],
    [
      'notifications set --email a@example.org --webhook none',
      'PATCH',
      '/users/notifications',
      { email: 'a@example.org', webhook: null },
      NOTIFICATIONS,
    ],
    [
      'notifications set --email a@example.org --quiet 22:00-07:00@Europe/Berlin',
      'PATCH',
      '/users/notifications',
      { email: 'a@example.org', quiet: { from: '22:00', until: '07:00', timeZone: 'Europe/Berlin' } },
      { ...NOTIFICATIONS, quiet: { from: '22:00', until: '07:00', timeZone: 'Europe/Berlin' } },
    ],
    [
      'notifications set --email a@example.org --quiet none',
      'PATCH',
      '/users/notifications',
      { email: 'a@example.org', quiet: null },
      NOTIFICATIONS,
    ],
    [
      'notifications test --email a@example.org --channel webhook',
      'POST',
      '/users/notifications/test',
      { email: 'a@example.org', channel: 'webhook' },
      { sent: true, error: null },
    ],
    [
      'user sign-out --email a@example.org',
      'POST',
      '/users/sign-out',
      { email: 'a@example.org' },
      { email: 'a@example.org', sessions: 2 },
    ],
    [
      'invite add --email A@example.org --role operator --traffic 1TB --daily-per-host none --expires-in-hours 24',
      'POST',
      '/invitations',
      {
        email: 'a@example.org',
        role: 'operator',
        traffic: 1e12,
        dailyPerHost: null,
        expiresInHours: 24,
        send: false,
      },
      { id: 'i1', ...TOKEN_LINK },
    ],
    [
      'invite add',
      'POST',
      '/invitations',
      { role: 'user', traffic: 0, expiresInHours: 168, send: false },
      { id: 'i1', ...TOKEN_LINK },
    ],
    ['invite list', 'GET', '/invitations?limit=1000', undefined, { items: [INVITATION], next: null }],
    ['invite remove i1', 'DELETE', '/invitations/i1', undefined, { id: 'i1', removed: true }],
    ['user suspend --email a@example.org', 'POST', '/users/suspend', { email: 'a@example.org' }, USER],
    ['user resume --email a@example.org', 'POST', '/users/resume', { email: 'a@example.org' }, USER],
    [
      'user grant --email a@example.org --traffic 100GB',
      'POST',
      '/users/grant',
      { email: 'a@example.org', traffic: 100e9 },
      USER,
    ],
    [
      'key rotate --email a@example.org',
      'POST',
      '/keys/rotate',
      { email: 'a@example.org' },
      { apiKey: `obb_${'b'.repeat(32)}` },
    ],
    ...(['', ' on'] as const).map((state): [string, string, string, unknown, unknown] => [
      `key set --email a@example.org --errors-as-200${state}`,
      'POST',
      '/keys/set',
      { email: 'a@example.org', errorsAs200: true },
      USER,
    ]),
    [
      'key set --errors-as-200 off --email a@example.org',
      'POST',
      '/keys/set',
      { email: 'a@example.org', errorsAs200: false },
      USER,
    ],
    ['key list --email a@example.org', 'GET', '/users/keys?email=a%40example.org', undefined, [KEY]],
    [
      'key add --email a@example.org --name tv --scopes read,submit --networks 192.0.2.0/24 --expires 2027-01-31',
      'POST',
      '/users/keys',
      {
        ...{ email: 'a@example.org', name: 'tv', scopes: ['read', 'submit'], networks: ['192.0.2.0/24'] },
        expiresAt: '2027-01-31T00:00:00.000Z',
      },
      { ...KEY, apiKey: `obb_${'c'.repeat(32)}` },
    ],
    [
      'account add --platform RapidGator --set email=o@example.org --set password=a=b --proxy socks5://p:1',
      'POST',
      '/accounts',
      {
        platform: 'RapidGator',
        credentials: { email: 'o@example.org', password: 'a=b' },
        proxy: 'socks5://p:1',
      },
      { id: 'h1', tested: true },
    ],
    [
      'account add --platform RapidGator --set email=o@example.org --max-downloads 3 --max-connections none --bandwidth 5MB --proxy none',
      'POST',
      '/accounts',
      {
        platform: 'RapidGator',
        credentials: { email: 'o@example.org' },
        maxDownloads: 3,
        maxConnections: null,
        bandwidth: 5_000_000,
        proxy: null,
      },
      { id: 'h1', tested: true },
    ],
    [
      'account set h1 --max-downloads none --max-connections 20 --proxy http://u:p@p:3128',
      'PATCH',
      '/accounts/h1',
      { maxDownloads: null, maxConnections: 20, proxy: 'http://u:p@p:3128' },
      ACCOUNT,
    ],
    [
      'account add --platform RapidGator --set email=o@example.org --untested',
      'POST',
      '/accounts',
      { platform: 'RapidGator', credentials: { email: 'o@example.org' }, untested: true },
      { id: 'h1', tested: false },
    ],
    [
      'account set h1 --set password=new --max-downloads 2',
      'PATCH',
      '/accounts/h1',
      { credentials: { password: 'new' }, maxDownloads: 2 },
      ACCOUNT,
    ],
    ['account remove h1 --yes', 'DELETE', '/accounts/h1', undefined, { id: 'h1', removed: true }],
    ['file remove f1 --yes', 'DELETE', '/files/f1', undefined, { id: 'f1', removed: true, links: 2 }],
    ['account list', 'GET', '/accounts?limit=1000', undefined, { items: [ACCOUNT], next: null }],
    ['account enable h1', 'POST', '/accounts/h1/enable', {}, ACCOUNT],
    ['account disable h1', 'POST', '/accounts/h1/disable', {}, ACCOUNT],
    ['account check h/1', 'POST', '/accounts/h%2F1/check', {}, ACCOUNT],
    ['host list', 'GET', '/hosts', undefined, [HOST]],
    [
      'host words',
      'GET',
      '/host-words',
      undefined,
      [
        {
          ...{ platform: 'Katfile', words: 'wait for the # moon', takenFor: 'UNEXPECTED', count: 3 },
          ...{ firstAt: '2027-01-01T00:00:00.000Z', lastAt: '2027-01-02T00:00:00.000Z' },
        },
      ],
    ],
    ['host show RapidGator', 'GET', '/hosts/RapidGator', undefined, HOST],
    ['host enable Http', 'PATCH', '/hosts/Http', { enabled: true }, HOST],
    ['host try Http', 'POST', '/hosts/Http/try', {}, HOST],
    ['host disable Http', 'PATCH', '/hosts/Http', { enabled: false }, HOST],
    [
      'host set RapidGator --max-chunks 4 --max-downloads 2 --max-queued 0 --origin api=http://127.0.0.1:9000 --origin cdn=',
      'PATCH',
      '/hosts/RapidGator',
      { maxChunks: 4, maxDownloads: 2, maxQueued: 0, origins: { api: 'http://127.0.0.1:9000', cdn: null } },
      HOST,
    ],
    [
      'host set Http --switch webPages=on --switch other=off',
      'PATCH',
      '/hosts/Http',
      { switches: { webPages: true, other: false } },
      HOST,
    ],
    ['account set h1 --bandwidth none', 'PATCH', '/accounts/h1', { bandwidth: null }, ACCOUNT],
    ['host set Http --bandwidth 50MB', 'PATCH', '/hosts/Http', { bandwidth: 50_000_000 }, HOST],
    ['host set Http --bandwidth none', 'PATCH', '/hosts/Http', { bandwidth: null }, HOST],
    ['host set RapidGator --solo on', 'PATCH', '/hosts/RapidGator', { solo: true }, HOST],
    ...(
      [
        ['url', 'https://rapidgator.net/file/1'],
        ['file', 'RapidGator:1'],
        ['name', '*.scr'],
        ['sha256', 'ab'.repeat(32)],
      ] as const
    ).map(([kind, value]): [string, string, string, unknown, unknown] => [
      `block add --${kind} ${value} --reason malware`,
      'POST',
      '/blocks',
      { kind, value, reason: 'malware' },
      { ...BLOCK, kind, value, files: 1, links: 2, complete: true },
    ]),
    ['block list', 'GET', '/blocks?limit=1000', undefined, { items: [BLOCK], next: null }],
    ['block remove b1', 'DELETE', '/blocks/b1', undefined, { id: 'b1' }],
    [
      'secrets reseal',
      'POST',
      '/secrets/reseal',
      {},
      { credentials: COUNTS, proxy: COUNTS, session: COUNTS, file: COUNTS, totp: COUNTS },
    ],
    ['ledger --email a@example.org', 'GET', '/ledger?email=a%40example.org&limit=1000', undefined, LEDGER],
    ['file list', 'GET', '/files?limit=1000', undefined, { items: [FILE], next: null }],
    ['status show', 'GET', '/status-page', undefined, PAGE],
    ['status publish', 'PATCH', '/status-page', { published: true }, PAGE],
    ['status unpublish', 'PATCH', '/status-page', { published: false }, PAGE],
    [
      'status announce Hi --zh-tw 嗨',
      'PATCH',
      '/status-page',
      { announcement: PAGE.announcement?.texts },
      PAGE,
    ],
    ['status announce --over', 'PATCH', '/status-page', { announcement: null }, UNPUBLISHED],
    [
      'maintenance on --note Disks --zh-tw 磁碟 --until 2027-01-31T21:00Z --ends',
      'PATCH',
      '/status-page',
      {
        maintenance: {
          note: { en: 'Disks', 'zh-TW': '磁碟' },
          until: '2027-01-31T21:00:00.000Z',
          endsByItself: true,
        },
      },
      PAGE,
    ],
    ['maintenance on', 'PATCH', '/status-page', { maintenance: { endsByItself: false } }, PAGE],
    ['maintenance off', 'PATCH', '/status-page', { maintenance: null }, PAGE],
    ['maintenance show', 'GET', '/status-page', undefined, PAGE],
    ['store show', 'GET', '/store', undefined, STORE],
    ['store test', 'POST', '/store/test', {}, { ...STORE, state: 'ok', reason: null }],
    ['store adopt', 'POST', '/store/adopt', {}, STORE],
    ['file sweep', 'POST', '/files/sweeps', { dryRun: false }, SWEEP],
    ['file sweep --dry-run', 'POST', '/files/sweeps', { dryRun: true }, SWEEP],
    ['file pin f1', 'PATCH', '/files/f1', { pinned: true }, FILE],
    ['file unpin f1', 'PATCH', '/files/f1', { pinned: false }, FILE],
  ])(
    '%s asks as the contract says, and --json prints the data alone',
    async (line, method, path, body, data) => {
      answer.body = ok(data)
      expect([await run([...line.split(' '), '--json'], io), io.stderr.text]).toEqual([0, ''])
      const [request] = server.requests
      expect([request?.method, request?.path, request?.body]).toEqual([method, at(path), body])
      expect(request?.headers.authorization).toBe(`Bearer ${TOKEN}`)
      expect(io.stdout.text).toBe(`${JSON.stringify(data)}\n`)
      // The same for people: some text, and no JSON.
      io = testIo(directory, io.env)
      expect(await run(line.split(' '), io)).toBe(0)
      expect(io.stdout.text.trim()).not.toMatch(/^([{[].*)?$/)
    },
  )
})

describe('a key by its name', () => {
  const id = KEY.id

  it.each<[string, string, string, unknown, unknown]>([
    [
      'key set --email a@example.org --name tv --rename film --networks none --expires never',
      'PATCH',
      `/users/keys/${id}`,
      { name: 'film', networks: [], expiresAt: null },
      KEY,
    ],
    [
      'key rotate --email a@example.org --name tv',
      'POST',
      `/users/keys/${id}/rotate`,
      {},
      { ...KEY, apiKey: `obb_${'d'.repeat(32)}` },
    ],
    [
      'key remove --email a@example.org --name tv --yes',
      'DELETE',
      `/users/keys/${id}`,
      undefined,
      { id, removed: true },
    ],
  ])('is found among those of its user: %s', async (line, method, path, body, data) => {
    answer.bodies = [ok([KEY]), ok(data)]
    expect([await run([...line.split(' '), '--json'], io), io.stderr.text]).toEqual([0, ''])
    const [list, request] = server.requests
    expect([list?.method, list?.path]).toEqual(['GET', at('/users/keys?email=a%40example.org')])
    expect([request?.method, request?.path, request?.body]).toEqual([method, at(path), body])
    expect(io.stdout.text).toBe(`${JSON.stringify(data)}\n`)
  })

  it('that the user has not is said to be missing', async () => {
    answer.body = ok([KEY])
    expect(await run(['key', 'remove', '--email', 'a@example.org', '--name', 'other', '--yes'], io)).toBe(1)
    expect(io.stderr.text).toContain('has no key "other"')
    expect(server.requests).toHaveLength(1)
  })
})

describe('the audit log as CSV', () => {
  it('is all that the filter shows, page after page, and no other form beside', async () => {
    answer.bodies = [ok({ items: [AUDIT_ENTRY], next: '3' }), ok({ items: [AUDIT_ENTRY], next: null })]
    expect(await run(['audit', '--csv', '--what', 'users'], io)).toBe(0)
    const [head, ...lines] = io.stdout.text.trimEnd().split('\r\n')
    expect(head).toMatch(/^time,kind,who/)
    expect(lines.map((line) => line.split(',').at(-1))).toEqual(['weight: 1 → 2', 'weight: 1 → 2'])
    expect(server.requests.map(({ path }) => path)).toEqual([
      at('/audit?what=users&limit=1000'),
      at('/audit?what=users&limit=1000&after=3'),
    ])
    expect(await run(['audit', '--csv', '--json'], io)).toBe(2)
  })
})

describe('tables', () => {
  it('are aligned, with sizes for people and without anything that drives a terminal', async () => {
    const error = { ...FILE, id: 'f1000', name: null, size: null, refusal: 'file_gone', state: 'error' }
    answer.body = ok({ items: [FILE, error], next: null })
    await run(['file', 'list'], io)
    expect(io.stdout.text.split('\n')).toEqual([
      'ID     PLATFORM    NAME       SIZE  STATE              DONE  ATTEMPTS  LINKS  PINNED  WORKER  UPDATED',
      'f1     RapidGator  a?[31mb  2.0 kB  downloading         25%         1      2  -       w1      2027-01-01T00:00:00.000Z',
      'f1000  RapidGator  -             -  error (file_gone)     -         1      2  -       w1      2027-01-01T00:00:00.000Z',
      '',
    ])
  })

  it('say so when there is nothing', async () => {
    answer.body = ok({ items: [], next: null })
    await run(['user', 'list'], io)
    expect(io.stdout.text).toBe('none\n')
  })

  it('show the state of an account with its reason', async () => {
    answer.body = ok(ACCOUNT)
    await run(['account', 'check', 'h1'], io)
    expect(io.stdout.text).toContain('state             off (wrong password)')
    expect(io.stdout.text).toContain('traffic left      123.5 GB')
    expect(io.stdout.text).toContain('downloads now     1/3\nconnections now   4\n')
  })

  it('show until when an account rests and why, and why one that is on was not checked', async () => {
    const until = '2027-01-01T00:05:00.000Z'
    const items = [
      { ...ACCOUNT, enabled: true, coolUntil: until, offReason: 'ACCOUNT_QUOTA: empty' },
      { ...ACCOUNT, enabled: true, offReason: 'HOST_DOWN: no answer' },
    ]
    answer.body = ok({ items, next: null })
    await run(['account', 'list'], io)
    expect(io.stdout.text).toContain(`resting until ${until} (ACCOUNT_QUOTA: empty)`)
    expect(io.stdout.text).toContain('on (HOST_DOWN: no answer)')
  })

  it('show how a platform is doing', async () => {
    answer.body = ok([HOST])
    await run(['host', 'list'], io)
    for (const text of ['down until 2027-01-01T00:05:00.000Z', '88%', '12.0 MB/s', 'HOST_DOWN (2027-']) {
      expect(io.stdout.text).toContain(text)
    }
  })

  it('show corrections of a balance, and by which key a link was asked for', async () => {
    answer.body = ok(LEDGER)
    await run(['ledger', '--email', 'a@example.org'], io)
    expect(io.stdout.text).toMatch(/adjustment +-1\.0 GB +- +- +- +counted twice/)
    expect(io.stdout.text).toMatch(/charge +-500\.0 GB +RapidGator +L +NAS/)
  })

  it('show what each key used, by its name, else its id', async () => {
    const used = { bytes: 5e9, links: 2, chargedAt: '2027-01-02T00:00:00.000Z' }
    const keys = [
      { ...used, keyId: KEY_ID, key: 'NAS' },
      { ...used, keyId: REMOVED_KEY, key: null },
      { ...used, keyId: null, key: null },
    ]
    answer.body = ok({ keys })
    expect(await run(['user', 'usage', 'a@example.org'], io)).toBe(0)
    for (const key of ['NAS', REMOVED_KEY, 'none'])
      expect(io.stdout.text).toMatch(new RegExp(`${key} +5\\.0 GB +2`))
  })
})

describe('credentials', () => {
  it('are read from the standard input for name=-, one line each, in the order given', async () => {
    answer.body = ok({ id: 'h1', tested: true })
    io = testIo(directory, io.env, 'me@example.org\npa ss=-\nrest\n')
    const args = ['account', 'add', '--platform', 'RapidGator', '--set', 'email=-', '--set', 'password=-']
    expect(await run(args, io)).toBe(0)
    expect(server.requests[0]?.body).toEqual({
      platform: 'RapidGator',
      credentials: { email: 'me@example.org', password: 'pa ss=-' },
    })
  })

  it('are missed, not left empty, when the standard input ends early', async () => {
    io = testIo(directory, io.env, 'me@example.org\n')
    const args = ['account', 'add', '--platform', 'RapidGator', '--set', 'email=-', '--set', 'password=-']
    expect(await run(args, io)).toBe(1)
    expect(io.stderr.text).toContain('ended before password was read')
    expect(server.requests).toEqual([])
  })
})

describe('cookies of a browser', () => {
  const text = '# Netscape HTTP Cookie File\n.katfile.biz\tTRUE\t/\tTRUE\t0\txfss\tabc\n'

  it.each([
    ['a file', 'cookies.txt', ''],
    ['the standard input', '-', text],
  ])('are read from %s, and sent as they are', async (_, path, stdin) => {
    await writeFile(join(directory, 'cookies.txt'), text)
    answer.body = ok({ id: 'h1', tested: true })
    io = testIo(directory, io.env, stdin)
    expect(await run(['account', 'add', 'Katfile', '--cookies', path], io)).toBe(0)
    expect(server.requests[0]?.body).toEqual({ platform: 'Katfile', credentials: { cookies: text } })
  })

  it('replace those of a session that has ended', async () => {
    await writeFile(join(directory, 'cookies.txt'), text)
    answer.body = ok(ACCOUNT)
    expect(await run(['account', 'set', 'h1', '--cookies', 'cookies.txt'], io)).toBe(0)
    expect(server.requests[0]?.body).toEqual({ credentials: { cookies: text } })
  })

  it('that are not there, or more than one site has, are refused without a call', async () => {
    await writeFile(join(directory, 'all.txt'), text.repeat(1000))
    for (const [path, words] of [
      ['nowhere.txt', 'nowhere.txt cannot be read'],
      ['all.txt', 'is longer than 32 KiB: export the cookies of the site alone'],
    ] as const) {
      io = testIo(directory, io.env)
      expect(await run(['account', 'add', 'Katfile', '--cookies', path], io)).toBe(1)
      expect(io.stderr.text).toContain(words)
    }
    expect(server.requests).toEqual([])
  })
})

describe('--json', () => {
  it.each([
    ['before the command', ['--json', 'user', 'list']],
    ['inside it', ['user', '--json', 'list']],
    ['after it', ['user', 'list', '--json']],
  ])('is accepted %s', async (_name, args) => {
    answer.body = ok({ items: [USER], next: null })
    expect(await run(args, io)).toBe(0)
    expect(JSON.parse(io.stdout.text)).toEqual({ items: [USER], next: null })
  })

  it.each<[string, number, unknown, string]>([
    [
      'a refusal',
      404,
      refused(900, 'There is no such resource.'),
      'obb: There is no such resource. (status 900)\n',
    ],
    [
      'a refusal with details',
      400,
      refused(900, 'The request is not valid.', { details: ['email: is taken\u001b'] }),
      'obb: The request is not valid. (status 900)\n  email: is taken?\n',
    ],
    ['a stranger', 502, 'bad gateway', `did not answer like OBB (HTTP 502)\n`],
    ['an answer of another version', 200, ok({ items: [{ id: 7 }], next: null }), 'an unknown shape'],
  ])('tells %s on stderr, and as JSON with its number, and exits with 1', async (_name, code, body, text) => {
    answer = { code, body }
    expect(await run(['user', 'list', '--json'], io)).toBe(1)
    const { error } = JSON.parse(io.stdout.text) as { error: { status: number | null; msg: string } }
    expect(error.status).toBe((body as { status?: number }).status ?? null)
    expect(io.stderr.text).toContain(error.msg)
    io.stdout.text = ''
    expect(await run(['user', 'list'], io)).toBe(1)
    expect(io.stdout.text).toBe('')
    expect(io.stderr.text).toContain(text)
    expect(io.stderr.text).not.toContain(TOKEN)
  })
})

describe('wrong usage', () => {
  it.each([
    ['nothing', []],
    ['an unknown command', ['frobnicate']],
    ['an unknown subcommand', ['user', 'frobnicate']],
    ['a subject alone', ['user']],
    ['a missing option', ['user', 'add']],
    ['an unknown option', ['user', 'list', '--frob']],
    ['a bad size', ['user', 'add', '--email', 'a@example.org', '--traffic', '1XB']],
    ['no traffic at all', ['user', 'grant', '--email', 'a@example.org', '--traffic', '0']],
    ['a bad date', ['user', 'add', '--email', 'a@example.org', '--expires', '2027-02-30']],
    ['a bad address', ['user', 'suspend', '--email', 'nobody']],
    ['a bad state', ['key', 'set', '--email', 'a@example.org', '--errors-as-200', 'maybe']],
    ['a key set without a setting', ['key', 'set', '--email', 'a@example.org']],
    ['a credential without a name', ['account', 'add', '--platform', 'P', '--set', 'hunter2']],
    ['a credential given twice', ['account', 'add', '--platform', 'P', '--set', 'a=1', '--set', 'a=2']],
    ['an account of no platform', ['account', 'add', '--set', 'a=1']],
    ['a missing id', ['account', 'check']],
    ['an origin that is no URL', ['host', 'set', 'P', '--origin', 'api=nowhere']],
    ['a limit out of range', ['host', 'set', 'P', '--max-chunks', '65']],
    ['nothing to set', ['host', 'set', 'P']],
    ['nothing to set of a user', ['user', 'set', '--email', 'a@example.org']],
    ['nothing to set of an account', ['account', 'set', 'h1']],
    ['a cap without a platform', ['user', 'set', '--email', 'a@example.org', '--host-cap', '60GB']],
    [
      'a cap given twice',
      ['user', 'set', '--email', 'a@example.org', '--host-cap', 'P=1GB', '--host-cap', 'P=2GB'],
    ],
    ['a weight out of range', ['user', 'set', '--email', 'a@example.org', '--weight', '0']],
    [
      'a correction by nothing',
      ['user', 'adjust', '--email', 'a@example.org', '--traffic', '0', '--note', 'n'],
    ],
    ['a correction without a note', ['user', 'adjust', '--email', 'a@example.org', '--traffic', '-1GB']],
    ['a proxy that is none', ['account', 'set', 'h1', '--proxy', 'ftp://op:hunter2@p:21']],
    ['a block of nothing', ['block', 'add', '--reason', 'r']],
    ['a block of two things', ['block', 'add', '--name', 'a', '--url', 'https://b.test/', '--reason', 'r']],
    ['a block without a reason', ['block', 'add', '--name', 'a']],
    ['a bad port', ['fakehost', 'RapidGator', '--port', '70000']],
    ['an API that is no URL', ['user', 'list', '--api', 'localhost']],
  ])('exits with 2 for %s, asks nobody and says why, as JSON too', async (_name, args) => {
    expect(await run([...args, '--json'], io)).toBe(2)
    const { error } = JSON.parse(io.stdout.text) as { error: { status: null; msg: string } }
    expect([error.status, error.msg]).toEqual([null, expect.not.stringContaining('hunter2')])
    expect(io.stderr.text).toMatch(/^(obb|Usage): /)
    expect(io.stderr.text).not.toContain('hunter2')
    expect(server.requests).toEqual([])
  })

  it.each([[['--help']], [['user', 'add', '--help']], [['get', '--help']], [['--version']]])(
    'is not what %j is',
    async (args) => {
      expect(await run(args, io)).toBe(0)
      expect(io.stdout.text).not.toBe('')
      expect(io.stderr.text).toBe('')
    },
  )
})

describe('where OBB is', () => {
  const ready = (dir: string, value: unknown) =>
    mkdir(join(directory, dir), { recursive: true }).then(() =>
      writeFile(
        join(directory, dir, 'ready.json'),
        typeof value === 'string' ? value : JSON.stringify(value),
      ),
    )

  beforeEach(() => {
    answer.body = ok({ items: [], next: null })
    io.env = {}
  })

  it('is read from ready.json of ./data', async () => {
    await ready('data', { api: 'http://127.0.0.1:1', admin: server.url, adminToken: TOKEN })
    expect(await run(['user', 'list'], io)).toBe(0)
    expect(server.requests[0]?.headers.authorization).toBe(`Bearer ${TOKEN}`)
  })

  it('is read from the repository when the working directory has none', async () => {
    await ready('data', { api: 'http://127.0.0.1:1', admin: server.url, adminToken: TOKEN })
    io.cwd = join(directory, 'data')
    expect(await run(['user', 'list'], io)).toBe(0)
  })

  it('is read from $OBB_HOME, which .env may set', async () => {
    await ready('home', { api: 'http://127.0.0.1:1', admin: server.url, adminToken: TOKEN })
    await writeFile(join(directory, '.env'), 'OBB_HOME=./home\n')
    expect(await run(['user', 'list'], io)).toBe(0)
  })

  it('is what the flags say before anything else', async () => {
    await ready('data', { api: 'http://127.0.0.1:3', admin: 'http://127.0.0.1:1', adminToken: 'other' })
    io.env = { OBB_ADMIN_API: 'http://127.0.0.1:2', OBB_ADMIN_TOKEN: 'another' }
    expect(await run(['user', 'list', '--api', `${server.url}/`, '--token', TOKEN], io)).toBe(0)
    expect([server.requests[0]?.path, server.requests[0]?.headers.authorization]).toEqual([
      at('/users?limit=1000'),
      `Bearer ${TOKEN}`,
    ])
  })

  it('may lie in a file that the environment names', async () => {
    const path = join(directory, 'token')
    await writeFile(path, `${TOKEN}\n`)
    io.env = { OBB_ADMIN_API: server.url, OBB_ADMIN_TOKEN_FILE: path }
    expect(await run(['user', 'list'], io)).toBe(0)
    io.env = { OBB_ADMIN_API: server.url, OBB_ADMIN_TOKEN_FILE: join(directory, 'nothing') }
    expect(await run(['user', 'list'], io)).toBe(1)
    expect(io.stderr.text).toContain('OBB_ADMIN_TOKEN_FILE names a file that cannot be read (ENOENT)')
  })

  it('gets the token of ready.json only if it is the server that wrote it', async () => {
    await ready('data', { api: server.url, admin: 'http://127.0.0.1:1', adminToken: TOKEN })
    expect(await run(['user', 'list', '--api', server.url], io)).toBe(2)
    expect(io.stderr.text).toContain('give --token or set OBB_ADMIN_TOKEN')
    expect(server.requests).toEqual([])
    const admin = server.url.replace('127.0.0.1', 'localhost')
    await ready('data', { api: 'http://127.0.0.1:1', admin, adminToken: TOKEN })
    expect(await run(['user', 'list', '--api', server.url], io)).toBe(0)
  })

  it('is said not to be running when nothing answers, or nothing was ever started', async () => {
    await server.close()
    expect(await run(['user', 'list', '--api', server.url, '--token', TOKEN], io)).toBe(1)
    expect(io.stderr.text).toBe(`obb: OBB is not running at ${server.url}; start it with npm start\n`)
    server = await TestServer.start((_request, response) => response.end())
    io.stderr.text = ''
    expect(await run(['user', 'list'], io)).toBe(1)
    expect(io.stderr.text).toContain('OBB is not running (there is no ')
  })

  it('is told apart from a name that nobody knows', () => {
    const url = 'http://obb.lan:8083'
    expect(notRunning(new ConnectionFault(url, 'ENOTFOUND'), url)).toMatchObject({
      message: expect.stringMatching(/^nobody knows the name in http:\/\/obb\.lan:8083 .*check the address/),
    })
  })

  it('is told apart from a ready.json that cannot be read', async () => {
    await mkdir(join(directory, 'data', 'ready.json'), { recursive: true })
    expect(await run(['user', 'list'], io)).toBe(1)
    expect(io.stderr.text).toMatch(/^obb: \S+ready\.json cannot be read \(EISDIR\)\n$/)
  })

  it('is told apart from the API of users, which answers that there is no such route', async () => {
    answer.code = 404
    answer.body = refused(900, REFUSALS.route_unknown.msg)
    expect(await run(['user', 'list', '--api', server.url, '--token', TOKEN], io)).toBe(1)
    expect(io.stderr.text).toContain(`the admin API is not at ${server.url}`)
    expect(io.stderr.text).toContain('ADMIN_PORT')
  })

  it('is not guessed from a damaged ready.json', async () => {
    await ready('data', '{"api":')
    expect(await run(['user', 'list'], io)).toBe(1)
    expect(io.stderr.text).toContain('is damaged')
  })
})

describe('an announcement', () => {
  it.each([['status announce'], ['status announce Hi --over']])('%s is wrong usage', async (line) => {
    const io = testIo('/nowhere', { OBB_ADMIN_API: 'http://127.0.0.1:9', OBB_ADMIN_TOKEN: TOKEN })
    expect([await run(line.split(' '), io), io.stderr.text]).toEqual([2, expect.stringContaining('--over')])
  })
})
