/* Links of one user that are under way, and changes of their files as fetchers write them. */
import { clearInterval, setInterval } from 'node:timers'
import pg from 'pg'

const PLATFORMS = ['RapidGator', 'NitroFlare', 'OneFichier', 'Keep2share']
const TICK_MS = 100
/** Of so many changes one moves a link from what is fetched to what waits, or back. */
const MOVES = 20
/** How long a fetcher counts as alive, s. */
const ALIVE_S = 3_600

/** So many links of that account, two in three of them being fetched; the database that they are changed in. */
export async function openLinks(url, { email, count }) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query(
    `INSERT INTO fetcher (id, started_at, seen_at, slots) VALUES ('bench', now(), now() + interval '1 second' * $1, 8)
     ON CONFLICT (id) DO UPDATE SET seen_at = excluded.seen_at`,
    [ALIVE_S],
  )
  await client.query(
    `INSERT INTO source_file (id, platform, host_file_id, canonical_url, state, name, size, checked_at, wanted_at,
                              next_attempt_at, bytes_done, speed, worker, lease_until, created_at, updated_at)
     SELECT gen_random_uuid(), ($2::text[])[1 + n % 4], n::text, n::text,
            CASE WHEN n % 3 > 0 THEN 'downloading' ELSE 'pending' END, 'Some.Release.Name.S01E' || n || '.1080p.WEB.x264-GRP.mkv',
            1000000000 + n, now(), now(), now(), 0, 20000000, CASE WHEN n % 3 > 0 THEN 'bench' END,
            CASE WHEN n % 3 > 0 THEN 'infinity'::timestamptz END, now(), now()
       FROM generate_series(1, $1::int) n`,
    [count, PLATFORMS],
  )
  await client.query(
    `INSERT INTO link (id, account_id, file_id, host_domain, charged, created_at, expires_at)
     SELECT left(translate(f.id::text, '-', ''), 24), a.id, f.id, 'a.test', f.size,
            now() - interval '1 second' * f.host_file_id::int, now() + interval '7 days'
       FROM source_file f, account a WHERE a.email = $1`,
    [email],
  )
  // The trigger that marks a link does not see a file that its own statement makes.
  await client.query('UPDATE link SET unfinished = true')
  await client.query('VACUUM ANALYZE')
  return { client, count, close: () => client.end() }
}

/** So many files a second, one after the other, come further or change their place. */
export function startChanges({ client, count }, perSecond) {
  const atOnce = (perSecond * TICK_MS) / 1000
  let next = 0
  let working = Promise.resolve()
  let failure
  const tick = async () => {
    const numbers = Array.from({ length: atOnce }, () => String(1 + (next++ % count)))
    const moved = numbers.filter((_, at) => (next + at) % MOVES === 0)
    await client.query(
      `UPDATE source_file
          SET bytes_done = least(size - 1, bytes_done + 2000000 + (random() * 1000000)::int),
              speed = 15000000 + (random() * 10000000)::int, updated_at = now(),
              state = CASE WHEN host_file_id <> ALL($2) THEN state WHEN state = 'pending' THEN 'downloading' ELSE 'pending' END,
              worker = CASE WHEN host_file_id <> ALL($2) THEN worker WHEN state = 'pending' THEN 'bench' END,
              lease_until = CASE WHEN host_file_id <> ALL($2) THEN lease_until
                                 WHEN state = 'pending' THEN 'infinity'::timestamptz END
        WHERE host_file_id = ANY($1)`,
      [numbers, moved],
    )
  }
  const timer = setInterval(() => {
    working = working.then(tick).catch((error) => (failure = error))
  }, TICK_MS)
  return {
    async stop() {
      clearInterval(timer)
      await working
      if (failure) throw failure
    },
  }
}
