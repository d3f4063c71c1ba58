import { REFUSALS, Refusal, refusalFields } from '@obb/contracts'

/*
 * An example of each call, by the id of its operation: what is sent, and `data` of the answer. They are in the OpenAPI
 * document and on the pages; a test holds them against the schemas.
 */

/** Stand for the addresses of this server in examples: pages and the document of a running gateway have its own. */
export const EXAMPLE_API = 'https://obb.example'
export const EXAMPLE_PROXY = 'https://downloads.obb.example'

export interface Example {
  /** Values of parameters, in path and query, by name. */
  parameters?: Readonly<Record<string, string>>
  body?: unknown
  data?: unknown
  /** Instead of `data`, of an answer that is no JSON. */
  text?: string
}

const GB = 1e9
const MINUTE = 60_000
/** 2026-11-23, 12:00 UTC, epoch ms. */
const NOON = Date.UTC(2026, 10, 23, 12)
const iso = (offset = 0): string => new Date(NOON + offset).toISOString()

const URL_GIVEN = 'https://rapidgator.net/file/0123456789abcdef0123456789abcdef/holiday.mkv.html'
const LINK_ID = 'Vq3mZr8tXw5kLp2nBc7d'
const NAME = 'holiday.mkv'
const SIZE = 30_833_612
const FACTS = { platform: 'RapidGator', filename: NAME, filesize: String(SIZE) }

const STARTED = {
  ...{ linkId: LINK_ID, download_ready: false, remote_status: 'pending', link: null },
  ...{ filename: NAME, filesize: String(SIZE), hostDomain: 'rapidgator.net' },
  ...{ maxchunks: 16, resumable: true, poll_after_seconds: 2, reusedExisting: false },
  ...{ progress: 0, bytes_done: 0, attempt: 0, expires_at: NOON + 7 * 24 * 60 * MINUTE },
}
const NOTIFICATIONS = {
  events: { link_finished: ['webhook'], link_failed: ['mail'], host_works_again: [], attention_needed: [] },
  mail: true,
  webhook: { origin: 'https://example.org', failingSince: null, error: null },
  hosts: [],
  quiet: { from: '22:00', until: '07:00', timeZone: 'Europe/Berlin' },
}
const WAITING = { ...STARTED, queue_position: 1 }
const READY = {
  ...STARTED,
  ...{ download_ready: true, remote_status: 'done', link: `${EXAMPLE_PROXY}/download/${LINK_ID}/${NAME}` },
  ...{ reusedExisting: true, progress: 1, bytes_done: SIZE, attempt: 1 },
  hashes: { sha256: 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', crc32c: '8a9136aa' },
}
const CANCELLED = {
  ...STARTED,
  remote_status: 'error',
  error: refusalFields(new Refusal('link_ended')),
}

const SHARE_ID = 'b7Tq2Wz9Kc4Yd1Rm6Pv8Xn3Lf5Hs0Ga2'
const SHARE = {
  ...{ id: SHARE_ID, linkId: LINK_ID, url: `${EXAMPLE_PROXY}/download/${SHARE_ID}/${NAME}`, filename: NAME },
  ...{ state: 'open', downloads: 0, max_downloads: 3, created_at: NOON },
  expires_at: NOON + 7 * 24 * 60 * MINUTE,
}

const FIGURES = {
  ...{ maxChunks: 16, maxDownloads: 3, resumable: true, currently_working: true },
  ...{ trafficleft: 50 * GB, trafficmax_daily: 200 * GB, trafficmax: 200 * GB, traffic24h_used: 4 * GB },
}
const USED_UP = new Refusal('host_usage_exceeded', { retryInSeconds: 5400 })
const GONE = refusalFields(new Refusal('file_gone'))
const GONE_URL = 'https://rapidgator.net/file/ffffffffffffffffffffffffffffffff/gone.mkv.html'

const LISTED = {
  ...{ ...READY, state: 'done', platform: 'RapidGator' },
  ...{ package: null, created_at: NOON - 9 * MINUTE, ended_at: null },
  stream: { progress: 0.42, bytes_per_second: 12_400_000, connections: 8, since: NOON - 1_000 },
}

const EXTERNAL: Readonly<Record<string, Example>> = {
  External_deviceCode: {
    body: { client_name: 'NAS' },
    data: {
      ...{ device_code: 'GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS0c', user_code: 'WDJB-MJHT' },
      ...{ verification_uri: `${EXAMPLE_API}/device` },
      ...{ verification_uri_complete: `${EXAMPLE_API}/device?code=WDJB-MJHT`, expires_in: 600, interval: 5 },
    },
  },
  External_deviceToken: {
    body: { device_code: 'GmRhmhcxhwAzkoEqiMEg_DnyEysNkuNhszIySk9eS0c' },
    data: {
      ...{ access_token: `obb_${'x'.repeat(32)}`, token_type: 'Bearer' },
      ...{ scope: 'read submit download', name: 'NAS' },
    },
  },
  External_account: {
    data: {
      ...{ accountType: 'premium', trafficleft: 466_894_644_646, trafficmax: 1_099_511_627_776 },
      ...{ trafficmax_daily: 64_424_509_440, timeleft: null, login_check_interval: 1_800_000 },
      limits: [{ platform: 'RapidGator', used: 4 * GB, max: 64_424_509_440, resets_at: NOON + 300 * MINUTE }],
    },
  },
  External_usage: {
    parameters: { days: '7' },
    data: {
      days: [{ day: '2026-11-23', platform: 'RapidGator', charged: 4 * GB, refunded: 0, links: 3 }],
    },
  },
  External_ledger: {
    parameters: { limit: '1' },
    data: {
      items: [
        {
          ...{ at: iso(), kind: 'charge', amount: -SIZE, balance: 466_894_644_646 },
          ...{ platform: 'RapidGator', fileName: NAME, linkId: LINK_ID },
          ...{ chargedAt: iso(), linkCost: SIZE },
        },
      ],
      next: 'WyI0MiIsIi0zMDgzMzYxMiJd',
    },
  },
  External_events: {
    text: [
      ...[`id: ${NOON}`, 'event: link', `data: ${JSON.stringify(LISTED)}`, ''],
      ...[`id: ${NOON + 1000}`, 'event: account', 'data: {"trafficLeft":466894644646}', ''],
    ].join('\n'),
  },
  External_hostHistory: {
    parameters: { days: '1' },
    data: {
      hosts: [
        {
          platform: 'RapidGator',
          periods: [{ from: iso(), succeeded: 41, failures: { upstream_error: 1 }, speed: 41_000_000 }],
        },
      ],
    },
  },
  External_hostRows: {
    data: { supportedhosts: [{ host: 'rapidgator.net', ...FIGURES }], updated_at: NOON },
  },
  External_hostGroups: {
    data: {
      supportedhosts: [
        {
          ...{ platform: 'RapidGator', host: 'rapidgator.net', domains: ['rapidgator.net', 'rg.to'] },
          ...FIGURES,
        },
      ],
      updated_at: NOON,
    },
  },

  External_create: { body: { url: URL_GIVEN }, data: WAITING },
  External_createBatch: {
    body: { urls: [URL_GIVEN, GONE_URL] },
    data: {
      results: [
        { url: URL_GIVEN, success: true, data: WAITING },
        { url: GONE_URL, success: false, ...GONE },
      ],
    },
  },
  External_links: {
    parameters: { state: 'done', limit: '1' },
    data: {
      links: [LISTED],
      next: 'WyIyMDI2LTExLTIzIl0',
    },
  },
  External_link: { parameters: { linkId: LINK_ID }, data: { ...READY, reusedExisting: false } },
  External_cancel: { parameters: { linkId: LINK_ID }, data: CANCELLED },
  Share_add: {
    parameters: { linkId: LINK_ID },
    body: { max_downloads: 3 },
    data: SHARE,
  },
  Share_list: { parameters: { linkId: LINK_ID }, data: { shares: [{ ...SHARE, downloads: 1 }] } },
  Share_remove: {
    parameters: { linkId: LINK_ID, shareId: SHARE.id },
    data: { id: SHARE.id, removed: true },
  },
  Inquiry_explain: {
    parameters: { url: URL_GIVEN },
    data: {
      ...{ allowed: false, ...refusalFields(USED_UP), ...FACTS, cost: SIZE },
      gates: [
        { gate: 'host_known', pass: true, msg: 'The host is supported.' },
        { gate: 'account', pass: true, msg: 'Your account is active.' },
        {
          ...{ gate: 'host_usage', pass: false, status: 54 },
          ...{ msg: REFUSALS.host_usage_exceeded.msg, used: 64 * GB, max: 64 * GB },
          ...{ resets_at: NOON + 90 * MINUTE, clears_in_seconds: 5400 },
        },
      ],
    },
  },
  Inquiry_check: {
    body: { urls: [URL_GIVEN, GONE_URL] },
    data: {
      results: [
        { url: URL_GIVEN, availability: 'online', ...FACTS, cost: SIZE, reusable: false },
        {
          ...{ url: GONE_URL, availability: 'offline', platform: 'RapidGator' },
          ...{ filename: null, filesize: null, cost: null, reusable: false, ...GONE },
        },
      ],
    },
  },
  Inquiry_expand: {
    body: { url: 'https://rapidgator.net/folder/1234567/summer.html' },
    data: {
      platform: 'RapidGator',
      links: [{ url: URL_GIVEN, kind: 'file', filename: NAME, filesize: String(SIZE) }],
    },
  },
  Nzb_upload: { data: { ...WAITING, hostDomain: 'usenet' } },
}

const EMAIL = 'ann@example.org'
const USER_ID = '01995b6e-7c40-7a11-9d52-6d3c4f0a9e21'
const KEY_ID = '01995b6f-03d2-7f5b-8a6e-c1d9b7e40f12'
const ACCOUNT_ID = '01995b70-11aa-7c3e-8f10-2b6a5d7e9c44'
const FILE_ID = '01995b71-55cd-7e2a-a0b3-94c1f6d28e07'
const BLOCK_ID = '01995b72-8801-7d49-b6f4-0e7a3c5d1f66'
const SWEEP_ID = '01995b73-2f9e-7b18-8c2d-57e9a1b3d4c8'
const KEY = `obb_${'0'.repeat(32)}`

const USER = {
  ...{
    id: USER_ID,
    email: EMAIL,
    state: 'active',
    role: 'user',
    passkeys: 1,
    identities: 0,
    trafficLeft: 960 * GB,
    trafficMax: 1000 * GB,
  },
  ...{ dailyPerHost: 60 * GB, hostCaps: {}, weight: 1, solo: false },
  ...{ expiresAt: null, createdAt: iso(), errorsAs200: false },
}
const NAMED_KEY = {
  ...{ id: KEY_ID, name: 'NAS', scopes: ['read', 'submit', 'download'], networks: ['192.0.2.0/24'] },
  ...{ errorsAs200: false, createdAt: iso(), expiresAt: null },
  lastUsed: { at: iso(MINUTE), client: 'JDownloader', address: '192.0.2.7' },
  lastError: null,
}
const INVITATION = {
  ...{ id: '01995b74-6a10-7c35-9e48-d2f0b8a61c93', email: 'bob@example.org', role: 'user' },
  ...{ traffic: 100 * GB, dailyPerHost: null, createdAt: iso(), expiresAt: iso(7 * 24 * 60 * MINUTE) },
}
const TOKEN_LINK = {
  ...{ url: `${EXAMPLE_API}/signup?token=…`, token: '…', expiresAt: INVITATION.expiresAt },
}
const HOST_ACCOUNT = {
  ...{ id: ACCOUNT_ID, platform: 'RapidGator', label: 'op@example.org', enabled: true, offReason: null },
  ...{ coolUntil: null, premium: true, validUntil: iso(60 * 24 * 60 * MINUTE) },
  ...{ trafficLeft: 900 * GB, trafficTotal: 1000 * GB, checkedAt: iso(-MINUTE), downloads: 1 },
  ...{ maxDownloads: null, connections: 8, maxConnections: null, bandwidth: null, proxy: null },
}
const HOST = {
  ...{ platform: 'RapidGator', enabled: true, domains: ['rapidgator.net', 'rg.to'] },
  ...{ maxChunks: 16, maxDownloads: 3, maxQueued: 100, solo: false, bandwidth: null, canaryUrl: null },
  health: {
    ...{ working: true, openUntil: null, failures: 0, successRate: 0.98, speed: 41_000_000 },
    ...{ lastError: null, lastErrorAt: null, canaryAt: null, canaryError: null },
  },
  ...{ resumable: true, needsAccount: true, accounts: 1 },
  traffic: { left: 900 * GB, perDay: 40 * GB, renewsAt: null },
  credentials: [
    { name: 'email', label: 'E-mail', required: true, secret: false },
    { name: 'password', label: 'Password', required: true, secret: true },
  ],
  ...{ switches: [], origins: { api: 'https://rapidgator.net' }, originOverrides: {} },
}
const FILE = {
  ...{ id: FILE_ID, platform: 'RapidGator', fileId: '0123456789abcdef0123456789abcdef', name: NAME },
  ...{ size: SIZE, state: 'done', bytesDone: SIZE, attempts: 1, refusal: null },
  ...{ sha256: READY.hashes.sha256, worker: null, links: 1, pinned: false, updatedAt: iso() },
}
const BLOCK_ASKED = { kind: 'name', value: '*leaked*', reason: 'notice 17' }
const BLOCK = { id: BLOCK_ID, ...BLOCK_ASKED, createdAt: iso() }
const SWEEP = {
  ...{ id: SWEEP_ID, dryRun: true, requestedAt: iso(), finishedAt: null },
  ...{ objects: 0, bytes: 0, orphans: 0, orphanBytes: 0, names: [], failure: null },
}
const STORE = {
  ...{ state: 'ok', reason: null, since: null, retryAt: null, room: 512 * GB, lacking: null },
  ...{ installation: '7f3a', copied: [], place: '/srv/obb/files', stored: 300 * GB, quota: 800 * GB },
  ...{ growth: 20 * GB, testedAt: iso() },
}
const SET_UP = {
  addresses: {
    api: { url: EXAMPLE_API, source: 'setting' },
    proxy: { url: 'https://dl.example.org', source: 'setting' },
    unbelievedProxy: null,
  },
  steps: { storage: true, hostAccount: true, user: false, file: false },
  dismissed: false,
}
const RESEALED = { resealed: 3, current: 0, unreadable: 0 }
const READINESS = { ready: true, checks: [{ name: 'database', status: 'ok' }] }
const ref = { email: EMAIL }
const ANNOUNCED = { en: 'Maintenance tonight, 20:00 to 21:00 UTC', 'zh-TW': '今晚 20:00 至 21:00（UTC）維護' }
const STATUS_PAGE = {
  ...{ published: true, announcement: { texts: ANNOUNCED, since: iso() } },
  maintenance: { since: iso(), until: iso(60 * MINUTE), note: null, endsByItself: true },
}
const account = { id: ACCOUNT_ID }
const platform = { platform: 'RapidGator' }

const ADMIN: Readonly<Record<string, Example>> = {
  Users_add: {
    body: { email: EMAIL, traffic: 1000 * GB, dailyPerHost: 60 * GB },
    data: { id: USER_ID, email: EMAIL, apiKey: KEY, errorsAs200: false },
  },
  Users_list: { parameters: { limit: '1' }, data: { items: [USER], next: null } },
  Users_set: { body: { email: EMAIL, dailyPerHost: 60 * GB }, data: USER },
  Users_remove: { parameters: ref, data: { email: EMAIL, removed: true, id: USER_ID } },
  Users_listLinks: {
    parameters: { ...ref, limit: '1' },
    data: (EXTERNAL['External_links'] as Example).data,
  },
  Users_usage: {
    parameters: { ...ref, days: '7' },
    data: { keys: [{ keyId: KEY_ID, key: 'NAS', bytes: 4 * GB, links: 3, chargedAt: iso() }] },
  },
  Invitations_add: {
    body: { email: 'bob@example.org', traffic: 100 * GB },
    data: { id: INVITATION.id, ...TOKEN_LINK },
  },
  Invitations_list: { parameters: { limit: '1' }, data: { items: [INVITATION], next: null } },
  Invitations_remove: { parameters: { id: INVITATION.id }, data: { id: INVITATION.id, removed: true } },
  UserSignIn_reset: { body: ref, data: { ...TOKEN_LINK, url: `${EXAMPLE_API}/reset?token=…` } },
  UserSignIn_signOut: { body: ref, data: { email: EMAIL, sessions: 2 } },
  Users_suspend: { body: ref, data: { ...USER, state: 'suspended' } },
  Users_resume: { body: ref, data: USER },
  Users_grant: { body: { ...ref, traffic: 100 * GB }, data: USER },
  Users_adjust: { body: { ...ref, traffic: -5 * GB, note: 'counted twice' }, data: USER },
  Users_rotate: { body: ref, data: { apiKey: KEY } },
  Users_setKey: { body: { ...ref, errorsAs200: true }, data: { ...USER, errorsAs200: true } },
  UserKeys_list: { parameters: ref, data: [NAMED_KEY] },
  UserKeys_add: {
    body: { ...ref, name: 'NAS', networks: ['192.0.2.0/24'] },
    data: { ...NAMED_KEY, lastUsed: null, apiKey: KEY },
  },
  UserKeys_set: { parameters: { id: KEY_ID }, body: { networks: ['192.0.2.0/24'] }, data: NAMED_KEY },
  UserKeys_rotate: { parameters: { id: KEY_ID }, data: { ...NAMED_KEY, lastUsed: null, apiKey: KEY } },
  UserKeys_remove: { parameters: { id: KEY_ID }, data: { id: KEY_ID, removed: true } },
  Users_ledger: {
    parameters: ref,
    data: {
      ...{ email: EMAIL, trafficLeft: 960 * GB },
      entries: [
        {
          ...{ id: '17', at: iso(), kind: 'charge', bytes: -SIZE },
          ...{ platform: 'RapidGator', linkId: LINK_ID, keyId: KEY_ID, key: 'NAS', note: null },
        },
      ],
      next: null,
    },
  },
  Users_check: { parameters: { limit: '100' }, data: { accounts: 1, faults: [], next: null } },
  HostAccounts_add: {
    body: { ...platform, credentials: { email: 'op@example.org', password: 'secret' } },
    data: { ...account, tested: true },
  },
  HostAccounts_list: { parameters: { limit: '1' }, data: { items: [HOST_ACCOUNT], next: null } },
  HostAccounts_set: {
    parameters: account,
    body: { maxDownloads: 2 },
    data: { ...HOST_ACCOUNT, maxDownloads: 2 },
  },
  HostAccounts_remove: { parameters: account, data: { ...account, removed: true } },
  HostAccounts_enable: { parameters: account, data: HOST_ACCOUNT },
  HostAccounts_disable: {
    parameters: account,
    data: { ...HOST_ACCOUNT, enabled: false, offReason: 'by the operator' },
  },
  HostAccounts_check: { parameters: account, data: HOST_ACCOUNT },
  Hosts_list: { data: [HOST] },
  Hosts_show: { parameters: platform, data: HOST },
  Hosts_update: { parameters: platform, body: { maxDownloads: 3 }, data: HOST },
  Hosts_tryNow: { parameters: platform, data: HOST },
  Hosts_unknownWords: {
    data: [
      {
        ...{ ...platform, words: 'try again in # minutes', takenFor: 'UNEXPECTED' },
        ...{ count: 2, firstAt: iso(-9 * MINUTE), lastAt: iso() },
      },
    ],
  },
  Files_list: { parameters: { limit: '1' }, data: { items: [FILE], next: null } },
  Files_sweep: { body: { dryRun: true }, data: SWEEP },
  Files_sweepById: {
    parameters: { id: SWEEP_ID },
    data: { ...SWEEP, finishedAt: iso(MINUTE), objects: 1200, bytes: 900 * GB },
  },
  Files_update: { parameters: { id: FILE_ID }, body: { pinned: true }, data: { ...FILE, pinned: true } },
  Files_remove: { parameters: { id: FILE_ID }, data: { id: FILE_ID, removed: true, links: 1 } },
  Blocks_add: { body: BLOCK_ASKED, data: { ...BLOCK, files: 2, links: 3, complete: true } },
  Blocks_list: { parameters: { limit: '1' }, data: { items: [BLOCK], next: null } },
  Blocks_remove: { parameters: { id: BLOCK_ID }, data: { id: BLOCK_ID } },
  Secrets_reseal: {
    data: { credentials: RESEALED, proxy: RESEALED, session: RESEALED, file: RESEALED, totp: RESEALED },
  },
  StatusPage_show: { data: STATUS_PAGE },
  StatusPage_change: {
    body: {
      ...{ published: true, announcement: ANNOUNCED },
      maintenance: { until: iso(60 * MINUTE), endsByItself: true },
    },
    data: STATUS_PAGE,
  },
  Store_show: { data: STORE },
  Queue_list: { data: [{ ...platform, waiting: 3, oldestAt: iso(-MINUTE), running: 2 }] },
  Queue_listFetchers: {
    data: [{ id: 'fetcher-1', startedAt: iso(-60 * MINUTE), seenAt: iso(), slots: 8, running: 2 }],
  },
  Streams_list: {
    parameters: { limit: '50' },
    data: {
      ...{ total: 1, connections: 8, bytesPerSecond: 12_400_000 },
      proxies: [
        {
          ...{ id: 'proxy-1', startedAt: iso(-60 * MINUTE), seenAt: iso(), offload: 'off', offloaded: 0 },
          ...{ streams: 1, connections: 8, bytesPerSecond: 12_400_000 },
        },
      ],
      streams: [
        {
          ...{
            linkId: LINK_ID,
            isShared: false,
            name: NAME,
            ...platform,
            size: SIZE,
            user: 'user@example.org',
          },
          ...{ client: 'JDownloader', address: '203.0.113.7', connections: 8, bytesPerSecond: 12_400_000 },
          ...{ sent: 13_000_000, distinct: 12_950_000, since: iso(-1_000) },
        },
      ],
    },
  },
  Store_adopt: { data: STORE },
  Store_test: { data: STORE },
  SetUpSteps_show: { data: SET_UP },
  SetUpSteps_set: { body: { dismissed: true }, data: { ...SET_UP, dismissed: true } },
  Audit_list: {
    parameters: { what: 'users' },
    data: {
      items: [
        {
          ...{ id: '42', at: iso(), kind: 'change', who: 'token 1a2b3c4d', address: '192.0.2.7' },
          ...{ action: 'POST users/suspend', target: EMAIL, targetName: null, outcome: 'ok' },
          ...{ changes: { state: ['active', 'suspended'] }, count: 1 },
        },
      ],
      next: null,
    },
  },
  UserNotifications_show: { parameters: { email: EMAIL }, data: NOTIFICATIONS },
  UserNotifications_set: {
    body: {
      email: EMAIL,
      events: { link_failed: ['mail'], link_finished: ['webhook'] },
      webhook: 'https://example.org/hook',
    },
    data: { ...NOTIFICATIONS, secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' },
  },
  UserNotifications_test: { body: { email: EMAIL, channel: 'webhook' }, data: { sent: true, error: null } },
  Mail_test: { body: { to: EMAIL }, data: { sent: true, error: null } },
  Doctor_show: {
    data: {
      readiness: READINESS,
      secrets: { checked: 4, unreadable: 0, older: 0 },
      mail: {
        ...{ from: 'OBB <obb@obb.example>', waiting: 0, waitingSince: null, error: null },
        lastSentAt: '2026-11-29T11:00:00.000Z',
      },
      webhooks: [],
      nightlyBackup: {
        ...{ since: '2026-11-20T09:00:00.000Z', madeAt: '2026-11-29T03:04:11.000Z' },
        ...{ failedAt: null, failure: null },
      },
      oidc: { issuer: 'https://id.example', fault: null },
      addresses: { api: EXAMPLE_API, proxy: EXAMPLE_PROXY },
    },
  },
  Health_health: { data: { status: 'ok' } },
  Health_ready: { data: READINESS },
}

export const EXAMPLES: Readonly<Record<string, Example>> = { ...EXTERNAL, ...ADMIN }
