import type { MigrationInterface, QueryRunner } from 'typeorm'
import { LOCK_BUSY_TABLES, takeIndex } from './built-ahead.js'

/**
 * What an account uses costs what it uses now and not what it ever did: its traffic by platform and hour beside the
 * ledger, which links are unfinished in the link itself, and an index for the order of each list.
 */
export class Usage1764130000000 implements MigrationInterface {
  readonly name = 'Usage1764130000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement)
  }
}

/** Entries of months that were summed up have no link, and are no use of their hour. */
const HOST_USAGE = [
  `CREATE TABLE host_usage (
     account_id uuid NOT NULL,
     hour timestamptz NOT NULL,
     platform text NOT NULL,
     bytes bigint NOT NULL,
     CONSTRAINT host_usage_pkey PRIMARY KEY (account_id, hour, platform)
   ) WITH (fillfactor = 80)`,
  `CREATE INDEX host_usage_hour ON host_usage (hour)`,
  `CREATE FUNCTION book_host_usage() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     INSERT INTO host_usage AS u (account_id, hour, platform, bytes)
     SELECT account_id, date_trunc('hour', created_at, 'UTC'), platform, -sum(bytes)
       FROM entry WHERE kind = 'charge' AND link_id IS NOT NULL GROUP BY 1, 2, 3
     ON CONFLICT (account_id, hour, platform) DO UPDATE SET bytes = u.bytes + excluded.bytes;
     UPDATE host_usage u SET bytes = u.bytes - later.bytes
       FROM (SELECT c.account_id, date_trunc('hour', c.created_at, 'UTC') AS hour, c.platform, sum(e.bytes) AS bytes
               FROM entry e
              CROSS JOIN LATERAL (SELECT * FROM traffic_entry WHERE kind = 'charge' AND link_id = e.link_id LIMIT 1) c
              WHERE e.kind <> 'charge' GROUP BY 1, 2, 3) later
      WHERE u.account_id = later.account_id AND u.hour = later.hour AND u.platform = later.platform;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER traffic_entry_host_usage AFTER INSERT ON traffic_entry REFERENCING NEW TABLE AS entry
     FOR EACH STATEMENT EXECUTE FUNCTION book_host_usage()`,
  // The trigger keeps writers out until the end of the migration, so this is exact.
  `INSERT INTO host_usage (account_id, hour, platform, bytes)
   SELECT c.account_id, date_trunc('hour', c.created_at, 'UTC'), c.platform, -sum(e.bytes)
     FROM traffic_entry c JOIN traffic_entry e ON e.link_id = c.link_id
    WHERE c.kind = 'charge' AND c.created_at > now() - interval '2 days' GROUP BY 1, 2, 3`,
]

const UNFINISHED = [
  `ALTER TABLE link ADD unfinished boolean NOT NULL DEFAULT false`,
  `CREATE FUNCTION note_link_unfinished() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     NEW.unfinished := EXISTS (SELECT FROM source_file WHERE id = NEW.file_id AND state <> 'done');
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER link_unfinished BEFORE INSERT ON link
     FOR EACH ROW EXECUTE FUNCTION note_link_unfinished()`,
  `CREATE FUNCTION note_file_unfinished() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     UPDATE link SET unfinished = NEW.state <> 'done'
      WHERE file_id = NEW.id AND ended_at IS NULL AND unfinished <> (NEW.state <> 'done');
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER source_file_unfinished AFTER UPDATE OF state ON source_file
     FOR EACH ROW WHEN ((OLD.state = 'done') <> (NEW.state = 'done')) EXECUTE FUNCTION note_file_unfinished()`,
  `UPDATE link SET unfinished = true FROM source_file f
    WHERE f.id = link.file_id AND link.ended_at IS NULL AND f.state <> 'done'`,
  `CREATE INDEX link_unfinished ON link (account_id) WHERE unfinished AND ended_at IS NULL`,
]

const LISTS = [
  `CREATE INDEX account_listed ON account (email) WHERE state <> 'removed'`,
  takeIndex('source_file_listed'),
  `CREATE INDEX block_listed ON block (created_at, id)`,
  `DROP INDEX host_account_platform`,
  `CREATE INDEX host_account_listed ON host_account (platform, created_at, id)`,
  takeIndex('traffic_entry_listed'),
]

const UP = [LOCK_BUSY_TABLES, ...HOST_USAGE, ...UNFINISHED, ...LISTS]

const DOWN = [
  `DROP INDEX traffic_entry_listed`,
  `DROP INDEX host_account_listed`,
  `CREATE INDEX host_account_platform ON host_account (platform)`,
  `DROP INDEX block_listed`,
  `DROP INDEX source_file_listed`,
  `DROP INDEX account_listed`,
  `DROP TRIGGER source_file_unfinished ON source_file`,
  `DROP FUNCTION note_file_unfinished()`,
  `DROP TRIGGER link_unfinished ON link`,
  `DROP FUNCTION note_link_unfinished()`,
  `DROP INDEX link_unfinished`,
  `ALTER TABLE link DROP unfinished`,
  `DROP TRIGGER traffic_entry_host_usage ON traffic_entry`,
  `DROP FUNCTION book_host_usage()`,
  `DROP TABLE host_usage`,
]
