/*
 * An installation as it looks after a month: everything of now is made by the operations that people have, at stand-ins
 * that serve files of these names and sizes; what is past is written as rows.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { FILES, OPERATOR, PAST_LINKS, SESSIONS, USER, USERS } from './sample-names.mjs'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const GB = 1e9
const LIMIT_MS = 60_000
/** Of a stand-in, so that its file goes on arriving while pages are taken; bytes per second and connection. */
const SLOW = 160_000

const digest = (text) => createHash('sha256').update(text)
/** As ids of links look; the same in each run. */
const linkId = (text) => digest(text).digest('base64url').replaceAll(/[-_]/g, '0').slice(0, 24)

async function until(what, look) {
  const deadline = Date.now() + LIMIT_MS
  for (;;) {
    const seen = await look()
    if (seen) return seen
    if (Date.now() > deadline) throw new Error(`${what}: not within ${LIMIT_MS / 1000} s`)
    await sleep(100)
  }
}

/** Calls of the pages' own API by who is signed in. */
function caller(api, cookie) {
  return async (method, path, body) => {
    const response = await fetch(`${api}/api/portal/v1${path}`, {
      method,
      headers: { origin: api, cookie, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    })
    const answer = await response.json()
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${answer.msg}`)
    const [session] = response.headers.getSetCookie()
    return { data: answer.data, cookie: session?.split(';')[0] }
  }
}

/**
 * Fills a fresh installation. `ready` is its ready.json, `database` its database as its owner, `standIns` what loads
 * the stand-in of a platform. Resolves with what pages and their paths need, and with what ends the stand-ins.
 */
export async function fill(ready, database, { loadFake, patternContent }) {
  const { api, setupCode: code } = ready
  const open = caller(api, '')
  const { cookie } = await open('POST', '/set-up', { code, ...OPERATOR })
  const operator = caller(api, cookie)
  const admin = (method, path, body) => operator(method, `/admin${path}`, body).then(({ data }) => data)
  await admin('DELETE', `/users?email=${encodeURIComponent(ready.user)}`)

  const user = await signUp(open, admin, api)
  for (const { email, ...plan } of USERS) await admin('POST', '/users', { email, ...plan })
  await admin('PATCH', '/users', { email: 'dora@example.test', weight: 2 })
  await admin('POST', '/users/suspend', { email: 'dora@example.test' })

  const used = ['RapidGator', 'OneFichier', 'FileBoom']
  for (const { platform, enabled } of await admin('GET', '/hosts'))
    if (enabled && !used.includes(platform)) await admin('PATCH', `/hosts/${platform}`, { enabled: false })
  const hosts = {}
  for (const [platform, terms] of [
    ['RapidGator', { maxDownloads: 1 }],
    ['OneFichier', { maxDownloads: 1 }],
    ['FileBoom', {}],
  ]) {
    const host = (hosts[platform] = await (await loadFake(platform)).start())
    await admin('PATCH', `/hosts/${platform}`, { origins: host.origins })
    host.account = await admin('POST', '/accounts', { platform, credentials: host.credentials, ...terms })
  }
  await addAccountsInTrouble(admin, database, hosts)

  await writePast(database)
  await writeLevels(database, hosts)
  const running = await startFetches(user, hosts, patternContent)
  for (const block of [
    { kind: 'name', value: '*.scr', reason: 'Programs that pretend to be screen savers' },
    { kind: 'sha256', value: digest('taken down').digest('hex'), reason: 'Notice of 12 October, case 4711' },
    {
      kind: 'url',
      value: `https://rapidgator.net/file/${digest('asked').digest('hex').slice(0, 32)}`,
      reason: 'Asked for by its uploader',
    },
  ])
    await admin('POST', '/blocks', block)
  await admin('PATCH', '/status-page', { published: true })
  const { token: invitation } = await admin('POST', '/invitations', {
    email: 'greta@example.test',
    traffic: 500 * GB,
  })
  await admin('POST', '/invitations', { traffic: 100 * GB, expiresInHours: 48 })
  const { token: reset } = await admin('POST', '/users/reset', { email: 'bob@example.test' })
  await writeTraces(database)

  return {
    sample: {
      ...running,
      device: await startDevice(api),
      user: USER.email,
      invitation,
      reset,
      account: hosts.RapidGator.account.id,
      stored: linkId(`${USER.email} 0`),
    },
    cookies: { user: user.cookie, operator: cookie },
    close: () => Promise.all(Object.values(hosts).map((host) => host.close())),
  }
}

async function signUp(open, admin, api) {
  const { token } = await admin('POST', '/invitations', { email: USER.email, traffic: 2_000 * GB })
  const { cookie } = await open('POST', '/sign-up', { token, ...USER })
  const call = caller(api, cookie)
  for (const key of [
    { name: 'JDownloader', errorsAs200: true },
    { name: 'aria2 on the NAS', networks: ['192.168.1.0/24'] },
    { name: 'Dashboard', scopes: ['read'] },
  ])
    await call('POST', '/keys', key)
  return { call, cookie }
}

/** Accounts as an operator finds them in the morning: refused, resting, about to end. */
async function addAccountsInTrouble(admin, database, hosts) {
  const { credentials } = hosts.RapidGator
  const add = (platform, given) =>
    admin('POST', '/accounts', { platform, credentials: given, untested: true }).then(({ id }) => id)
  const refused = await add('RapidGator', { ...credentials, email: 'spare@example.test' })
  const set = (id, columns, values) =>
    database.query(
      `UPDATE host_account SET ${columns}, next_check_at = now() + interval '1 day' WHERE id = $1`,
      [id, ...values],
    )
  await set(refused, `enabled = false, off_reason = $2, checked_at = now() - interval '3 hours'`, [
    'credentials: Wrong e-mail or password.',
  ])
  await set(
    hosts.RapidGator.account.id,
    `traffic_left = $2, traffic_total = $3, valid_until = now() + interval '143 days', checked_at = now() - interval '12 minutes'`,
    [612 * GB, 1_000 * GB],
  )
  await set(
    hosts.FileBoom.account.id,
    `traffic_left = $2, traffic_total = $3, valid_until = now() + interval '2 days', checked_at = now() - interval '40 minutes'`,
    [38 * GB, 50 * GB],
  )
  await set(
    hosts.OneFichier.account.id,
    `valid_until = now() + interval '301 days', checked_at = now() - interval '25 minutes'`,
    [],
  )
}

/** Files that arrive now, and some that wait behind them. */
async function startFetches({ call }, hosts, patternContent) {
  const link = (platform, { name, size }) => hosts[platform].addFile({ name, content: patternContent(size) })
  const offer = async (platform, file) => {
    const url = link(platform, file)
    const { data } = await call('POST', '/unrestrict', { url })
    return data.linkId
  }
  const progress = (id) => call('GET', `/link/${id}`).then(({ data }) => data.progress)
  let first
  for (const { platform, share, ...file } of FILES.running) {
    const id = await offer(platform, file)
    first ??= id
    await until(file.name, async () => (await progress(id)) >= share)
    hosts[platform].knobs.bytesPerSecond = SLOW
  }
  for (const { platform, ...file } of FILES.waiting) await offer(platform, file)
  const links = FILES.offered.map(({ platform, ...file }) => link(platform, file))
  const gone = link('RapidGator', { name: 'gone.iso', size: GB })
  hosts.RapidGator.removeFile(gone)
  return { running: first, pasted: [...links, gone, 'https://host.invalid/file/1'].join('\n') }
}

/** The code of a client that waits to be allowed, for ten minutes. */
async function startDevice(api) {
  const response = await fetch(`${api}/api/external/v1/device/code`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'user-agent': 'pyLoad/0.5' },
    body: JSON.stringify({ client_name: 'NAS in the cellar' }),
  })
  return (await response.json()).data.user_code
}

/** A month of links and traffic: rows, since nobody can wait for them. */
async function writePast(database) {
  const accounts = await database.query(`SELECT id, email, created_at FROM account WHERE state = 'active'`)
  const idOf = Object.fromEntries(accounts.map(({ id, email }) => [email, id]))
  const now = Date.now()
  const since = new Date(now - 45 * DAY)
  await database.query('UPDATE account SET created_at = $1', [since])
  await database.query('ALTER TABLE traffic_entry DISABLE TRIGGER traffic_entry_append_only')
  await database.query('UPDATE traffic_entry SET created_at = $1', [since])
  await database.query('ALTER TABLE traffic_entry ENABLE TRIGGER traffic_entry_append_only')
  for (const [index, file] of FILES.stored.entries()) await insertFile(database, file, index, now)
  for (const email of [USER.email, 'bob@example.test', 'chen@example.test']) {
    const links = PAST_LINKS.map((link, index) => ({ ...link, id: linkId(`${email} ${index}`) }))
    for (const link of links.toReversed()) await insertLink(database, idOf[email], link, now)
  }
  await database.query(
    `UPDATE account a SET traffic_left = e.bytes
     FROM (SELECT account_id, sum(bytes) AS bytes FROM traffic_entry GROUP BY account_id) e WHERE e.account_id = a.id`,
  )
}

/** Hour by hour what a week of fetches left: of room in the store, and of traffic at hosts. */
async function writeLevels(database, hosts) {
  const write = (subject, level, perDay) =>
    database.query(
      `INSERT INTO level (subject, hour, bytes)
       SELECT $1, hour, greatest(0, ${level} + $2::float8 * extract(epoch FROM now() - hour) / 86400)
         FROM generate_series(date_trunc('hour', now(), 'UTC') - interval '7 days', now(), interval '1 hour') AS hour
       ON CONFLICT (subject, hour) DO UPDATE SET bytes = excluded.bytes`,
      [subject, perDay],
    )
  const stored =
    '(SELECT sum(bytes) FROM (SELECT bytes FROM stored_bytes UNION ALL SELECT bytes FROM stored_bytes_change))'
  await write('store', stored, -6 * GB)
  const left = '(SELECT traffic_left FROM host_account WHERE id::text = $1)'
  await write(hosts.RapidGator.account.id, left, 40 * GB)
  await write(hosts.FileBoom.account.id, left, 16 * GB)
}

const fileId = (index) => {
  const hex = digest(`file ${index}`).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`
}

async function insertFile(database, { platform, domain, name, size }, index, now) {
  const id = digest(name).digest('hex').slice(0, 32)
  const doneAt = new Date(now - index * 0.9 * DAY - 2 * HOUR)
  await database.query(
    `INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, name, name_from, size, bytes_done,
       object_key, sha256, md5, done_at, last_access_at, wanted_at, created_at, updated_at, pinned)
     VALUES ($1, $2, $3, $4, 'done', $5, 'fetch', $6, $6, $7, $8, $9, $10, $10, $10, $10, $10, $11)`,
    [
      ...[
        fileId(index),
        platform,
        id,
        `https://${domain}/file/${id}/${name}.html`,
        name,
        size,
        `files/${id}`,
      ],
      ...[digest(name).digest('hex'), createHash('md5').update(name).digest('hex'), doneAt, index === 4],
    ],
  )
}

async function insertLink(database, accountId, { id, file, days, outcome }, now) {
  const { platform, domain, size } = FILES.stored[file]
  const at = new Date(now - days * DAY)
  const expiresAt = new Date(at.getTime() + 7 * DAY)
  const isOver = expiresAt.getTime() < now
  const end = outcome ?? (isOver ? 'expired' : null)
  const endedAt = end === null ? null : end === 'expired' ? expiresAt : new Date(at.getTime() + HOUR)
  await database.query(
    `INSERT INTO link (id, account_id, file_id, host_domain, charged, created_at, expires_at, ended_at, end_reason, refusal)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
    [
      ...[id, accountId, fileId(file), domain, size, at, expiresAt, endedAt, end],
      end === 'failed' ? 'file_gone' : null,
    ],
  )
  const write = (kind, bytes, when) =>
    database.query(
      `INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at) VALUES ($1, $2, $3, $4, $5, $6)`,
      [accountId, kind, bytes, platform, id, when],
    )
  await write('charge', -size, at)
  if (end === 'failed' || end === 'cancelled') await write('refund', size, endedAt)
}

/** What time leaves behind: how hosts did, who was here with what, when operators changed something. */
async function writeTraces(database) {
  await database.query(
    `INSERT INTO host_outcome (platform, hour, outcome, speed_class, count)
     SELECT platform, hour, outcome,
            CASE outcome WHEN 'done' THEN class ELSE -1 END,
            greatest(1, round(weight * (1.2 + sin(extract(epoch FROM hour) / 13751))))
     FROM generate_series(date_trunc('hour', now()) - interval '89 days', date_trunc('hour', now()), interval '1 hour') hour,
          (VALUES ('RapidGator', 'done', 128, 9), ('RapidGator', 'file_gone', 0, 0.4),
                  ('OneFichier', 'done', 132, 6), ('OneFichier', 'host_unavailable', 0, 0.2),
                  ('FileBoom', 'done', 121, 3), ('FileBoom', 'host_unavailable', 0, 0.8)) o (platform, outcome, class, weight)
     ON CONFLICT DO NOTHING`,
  )
  for (const [platform, rate, speed] of [
    ['RapidGator', 0.97, 52e6],
    ['OneFichier', 0.99, 88e6],
    ['FileBoom', 0.81, 19e6],
  ])
    await database.query(
      `INSERT INTO host_health (platform, success_rate, speeds, measured_at) VALUES ($1, $2, $3, now())
       ON CONFLICT (platform) DO UPDATE SET success_rate = $2, speeds = $3, measured_at = now()`,
      [platform, rate, [speed, speed * 0.9, speed * 1.1]],
    )
  await database.query(
    `INSERT INTO host_words (platform, words, taken_for, count, first_at, last_at) VALUES
       ('FileBoom', 'Server maintenance until #:# UTC', 'upstream', 14, now() - interval '9 days', now() - interval '5 hours'),
       ('OneFichier', 'Too many connections from # addresses', 'rate_limited', 3, now() - interval '2 days', now() - interval '1 day')`,
  )
  await database.query(
    `UPDATE api_key SET last_used_at = now() - interval '3 minutes', last_used_client = 'JDownloader 2', last_used_address = '192.168.1.20'
     WHERE name = 'JDownloader'`,
  )
  await database.query(
    `UPDATE api_key SET last_used_at = now() - interval '2 days', last_used_client = 'aria2/1.37.0', last_used_address = '192.168.1.5'
     WHERE name LIKE 'aria2%'`,
  )
  for (const { client, address, days } of SESSIONS)
    await database.query(
      `INSERT INTO session (hash, id, account_id, created_at, seen_at, expires_at, address, client)
       SELECT $1, $2, id, now() - $3 * interval '1 day', now() - $3 * interval '7 hours', now() + interval '60 days', $4, $5
       FROM account WHERE email = $6`,
      [randomBytes(32), randomUUID(), days, address, client, USER.email],
    )
  await database.query(
    `UPDATE audit_entry SET at = now() - (SELECT max(id) + 1 FROM audit_entry) * interval '47 minutes' + id * interval '47 minutes'`,
  )
}
