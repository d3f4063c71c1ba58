import type { MigrationInterface, QueryRunner } from 'typeorm'
import { LOCK_BUSY_TABLES } from './built-ahead.js'

/**
 * By which key a link was asked for, and what each key used by day, beside the ledger. The columns cost no table a
 * rewrite, and no foreign key looks through one: a key that is removed keeps its row, and with its account it goes.
 */
export class KeyUsage1764470000000 implements MigrationInterface {
  readonly name = 'KeyUsage1764470000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement)
  }
}

/** What was charged without a key has this one, since no part of a primary key is null. */
const NONE = `'00000000-0000-0000-0000-000000000000'::uuid`

const TABLE = `CREATE TABLE key_usage (
  account_id uuid NOT NULL,
  day timestamptz NOT NULL,
  key_id uuid NOT NULL,
  bytes bigint NOT NULL,
  links int NOT NULL,
  charged_at timestamptz NOT NULL,
  CONSTRAINT key_usage_pkey PRIMARY KEY (account_id, day, key_id)
) WITH (fillfactor = 80)`

const BOOK_HOSTS = `
  INSERT INTO host_usage AS u (account_id, hour, platform, bytes)
  SELECT account_id, date_trunc('hour', created_at, 'UTC'), platform, -sum(bytes)
    FROM entry WHERE kind = 'charge' AND link_id IS NOT NULL GROUP BY 1, 2, 3
  ON CONFLICT (account_id, hour, platform) DO UPDATE SET bytes = u.bytes + excluded.bytes;`

const BOOK_KEYS = `
  INSERT INTO key_usage AS u (account_id, day, key_id, bytes, links, charged_at)
  SELECT account_id, date_trunc('day', created_at, 'UTC'), coalesce(key_id, ${NONE}), -sum(bytes), count(*),
         max(created_at)
    FROM entry WHERE kind = 'charge' AND link_id IS NOT NULL GROUP BY 1, 2, 3
  ON CONFLICT (account_id, day, key_id) DO UPDATE
     SET bytes = u.bytes + excluded.bytes, links = u.links + excluded.links,
         charged_at = greatest(u.charged_at, excluded.charged_at);`

/** What comes later to a charge, in the hour or day of that. */
const later = (unit: 'hour' | 'day', of: string) => `
  (SELECT c.account_id, date_trunc('${unit}', c.created_at, 'UTC') AS ${unit}, ${of} AS of, sum(e.bytes) AS bytes
     FROM entry e
    CROSS JOIN LATERAL (SELECT * FROM traffic_entry WHERE kind = 'charge' AND link_id = e.link_id LIMIT 1) c
    WHERE e.kind <> 'charge' GROUP BY 1, 2, 3) later`

const CORRECT_HOSTS = `
  UPDATE host_usage u SET bytes = u.bytes - later.bytes FROM ${later('hour', 'c.platform')}
   WHERE u.account_id = later.account_id AND u.hour = later.hour AND u.platform = later.of;`

const CORRECT_KEYS = `
  UPDATE key_usage u SET bytes = u.bytes - later.bytes FROM ${later('day', `coalesce(c.key_id, ${NONE})`)}
   WHERE u.account_id = later.account_id AND u.day = later.day AND u.key_id = later.of;`

const UP = [
  LOCK_BUSY_TABLES,
  `ALTER TABLE link ADD key_id uuid`,
  `ALTER TABLE traffic_entry ADD key_id uuid`,
  `CREATE INDEX api_key_rows ON api_key (id, created_at)`,
  TABLE,
  `CREATE INDEX key_usage_day ON key_usage (day)`,
  `ALTER FUNCTION book_host_usage() RENAME TO book_usage`,
  `CREATE OR REPLACE FUNCTION book_usage() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     ${BOOK_HOSTS}
     ${BOOK_KEYS}
     IF EXISTS (SELECT FROM entry WHERE kind <> 'charge') THEN
       ${CORRECT_HOSTS}
       ${CORRECT_KEYS}
     END IF;
     RETURN NULL;
   END $$`,
  `ALTER TRIGGER traffic_entry_host_usage ON traffic_entry RENAME TO traffic_entry_usage`,
  // Today and yesterday, which are held against the ledger. Nobody writes, and what was used of hosts tells where to look.
  `INSERT INTO key_usage (account_id, day, key_id, bytes, links, charged_at)
   SELECT c.account_id, date_trunc('day', c.created_at, 'UTC'), ${NONE}, -sum(e.bytes),
          count(*) FILTER (WHERE e.kind = 'charge'), max(c.created_at)
     FROM (SELECT DISTINCT account_id, platform FROM host_usage) u
     JOIN traffic_entry c ON c.account_id = u.account_id AND c.platform = u.platform AND c.kind = 'charge'
                         AND c.created_at >= date_trunc('day', now() - interval '1 day', 'UTC')
     JOIN traffic_entry e ON e.link_id = c.link_id
    GROUP BY 1, 2`,
]

const DOWN = [
  `ALTER TRIGGER traffic_entry_usage ON traffic_entry RENAME TO traffic_entry_host_usage`,
  `ALTER FUNCTION book_usage() RENAME TO book_host_usage`,
  `CREATE OR REPLACE FUNCTION book_host_usage() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     ${BOOK_HOSTS}
     ${CORRECT_HOSTS}
     RETURN NULL;
   END $$`,
  `DROP TABLE key_usage`,
  `DROP INDEX api_key_rows`,
  `ALTER TABLE traffic_entry DROP key_id`,
  `ALTER TABLE link DROP key_id`,
]
