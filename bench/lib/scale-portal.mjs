/*
 * What the portal asks, for a user with ten links and one with ten thousand in the same installation: every page of it is
 * to cost the same. Both have their links, their entries of the ledger and their changes of now in the same proportions.
 */
import { createHash } from 'node:crypto'
import { systemClock } from '@obb/core/clock'
import { LinkChanges } from '@obb/core/links'

const EXTERNAL = '/api/external/v1'
const ADMIN = '/api/admin/v1'
/** Rows of a page: as many as the smaller one has links. */
const PAGE = 10
/** What changed since the last look, for either. */
const CHANGED = 1

export const USERS = [
  { name: 'few', links: 10 },
  { name: 'many', links: 10_000 },
]
/** What grows on purpose, and what keeps it small. */
export const BOUNDED = {
  'links, ended': 'a thousand links are looked at for a page at most',
  'links, under way': 'a thousand links are looked at for a page at most',
  'links, ready': 'a thousand links are looked at for a page at most',
  'links, of a host': 'a thousand links are looked at for a page at most',
  'links, found': 'a thousand links are looked at for a page at most',
  'links, not found': 'a thousand links are looked at for a page at most',
  'ledger, refunds': 'a thousand entries are looked at for a page at most',
  account: 'the hours of the last day in which a host was used',
  'usage of 30 days': 'what was charged in those days, for five requests of the rate limit',
}
export const emailOf = ({ name }) => `${name}@portal.test`
const keyOf = ({ name }) => `obb_${createHash('md5').update(`portal ${name}`).digest('hex')}`

/** The two users, with links to files of the installation; triggers are off, as in scale-data. `database`: one connection. */
export async function loadPortalUsers(database) {
  await database.query('SET session_replication_role = replica')
  for (const user of USERS) {
    await database.query(
      `INSERT INTO account (id, email, traffic_left, traffic_max, created_at)
       VALUES (gen_random_uuid(), $1, 1e15, 1e15, now() - interval '300 days')`,
      [emailOf(user)],
    )
    await database.query(
      `INSERT INTO api_key (id, hash, account_id, created_at)
       SELECT gen_random_uuid(), sha256(convert_to($2, 'UTF8')), id, now() FROM account WHERE email = $1`,
      [emailOf(user), keyOf(user)],
    )
    // Nine in ten are over, as of who has used it for long; one in twenty of those failed.
    await database.query(
      `INSERT INTO link (id, account_id, file_id, host_domain, name, charged, created_at, expires_at, ended_at, end_reason,
                         refusal)
       SELECT left(md5($1 || n), 24), a.id, f.id, 'rapidgator.net', 'Portal.Release.part' || n || '.rar', 1000, t.at,
              t.at + interval '7 days', CASE WHEN n % 10 > 0 THEN t.at + interval '1 day' END,
              CASE WHEN n % 20 = 1 THEN 'failed' WHEN n % 10 > 0 THEN 'expired' END,
              CASE WHEN n % 20 = 1 THEN 'file_gone' END
         FROM (SELECT row_number() OVER () AS n, id FROM source_file WHERE state = 'done' LIMIT $2) f
        CROSS JOIN LATERAL (SELECT now() - interval '60 days' * (f.n::float8 / $2) AS at) t, account a
        WHERE a.email = $1`,
      [emailOf(user), user.links],
    )
    await database.query(
      `INSERT INTO traffic_entry (account_id, kind, bytes, platform, link_id, created_at)
       SELECT l.account_id, 'charge', -1000, 'RapidGator', l.id, l.created_at
         FROM link l JOIN account a ON a.id = l.account_id WHERE a.email = $1 ORDER BY l.created_at`,
      [emailOf(user)],
    )
  }
  // What triggers keep.
  await database.query(
    `INSERT INTO host_usage (account_id, hour, platform, bytes)
     SELECT e.account_id, date_trunc('hour', e.created_at, 'UTC'), e.platform, -sum(e.bytes)
       FROM traffic_entry e JOIN account a ON a.id = e.account_id
      WHERE a.email = ANY($1) AND e.created_at > now() - interval '2 days' GROUP BY 1, 2, 3`,
    [USERS.map(emailOf)],
  )
  await database.query('SET session_replication_role = DEFAULT')
  await database.query(
    `INSERT INTO audit_entry (at, kind, who, address, action, target, outcome)
     SELECT now() - interval '1 minute' * n, 'change', 'bench', '192.0.2.1', 'PATCH /users', $1, 'ok'
       FROM generate_series(1, $2::int) n`,
    [emailOf(USERS[0]), USERS[1].links],
  )
  await database.query('VACUUM ANALYZE')
}

/** By name, the calls of one of them. `database`: for what a gateway does without being asked. */
export async function portalRequests({ api, admin, token, database, user }) {
  const ask = (path) => () => api.ask('GET', EXTERNAL + path, keyOf(user))
  const manage = (path) => () => admin.ask('GET', ADMIN + path, token)
  const email = encodeURIComponent(emailOf(user))
  const [{ id }] = await database.query('SELECT id FROM account WHERE email = $1', [emailOf(user)])
  const changes = new LinkChanges(database, systemClock)
  await changes.begin()
  let isChanged = false
  return {
    'links, page': ask(`/links?limit=${PAGE}`),
    'links, ended': ask(`/links?limit=${PAGE}&state=ended`),
    'links, under way': ask(`/links?limit=${PAGE}&state=downloading`),
    'links, ready': ask(`/links?limit=${PAGE}&state=done`),
    'links, of a host': ask(`/links?limit=${PAGE}&platform=RapidGator`),
    'links, found': ask(`/links?limit=${PAGE}&search=portal`),
    'links, not found': ask(`/links?limit=${PAGE}&search=nowhere`),
    'ledger, page': ask(`/ledger?limit=${PAGE}`),
    'ledger, refunds': ask(`/ledger?limit=${PAGE}&kind=refund`),
    'usage of a day': ask('/usage?days=1'),
    'usage of 30 days': ask('/usage?days=30'),
    'hosts, 24 hours': ask('/hosts/history?days=1'),
    'hosts, 90 days': ask('/hosts/history?days=90'),
    account: ask('/account'),
    'events: a look': async () => {
      // Versions of a row that are over by now are read until they are vacuumed: one change is enough.
      if (!isChanged)
        await database.query(
          `UPDATE source_file SET updated_at = now()
          WHERE id IN (SELECT file_id FROM link WHERE account_id = $1 AND ended_at IS NULL LIMIT ${CHANGED})`,
          [id],
        )
      isChanged = true
      await changes.look([id])
    },
    'admin: users': manage(`/users?limit=${PAGE}`),
    'admin: links of the user': manage(`/users/links?email=${email}&limit=${PAGE}`),
    'admin: ledger of the user': manage(`/ledger?email=${email}&limit=${PAGE}`),
    'admin: files': manage(`/files?limit=${PAGE}`),
    'admin: audit': manage(`/audit?limit=${PAGE}`),
  }
}
