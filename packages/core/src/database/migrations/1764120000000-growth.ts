import type { MigrationInterface, QueryRunner } from 'typeorm'
import { LOCK_BUSY_TABLES, takeIndex } from './built-ahead.js'

/**
 * What a sweep does costs what is due and not what is stored: the bytes in the store as a running total, indexes of what
 * each step looks for, heartbeats that write no index, and a past of links and traffic that is summed up by month.
 */
export class Growth1764120000000 implements MigrationInterface {
  readonly name = 'Growth1764120000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement)
  }
}

/** A twentieth of a large table is millions of rows: it is vacuumed before that. */
const OFTEN = 'autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02'

/** The files of a shard are those whose id begins with its number: a range of the primary key. */
const SHARD = `SELECT ('x' || left(id::text, 2))::bit(8)::int::smallint`
const BYTES = `SELECT CASE WHEN state = 'done' AND object_key IS NOT NULL THEN coalesce(size, 0) ELSE 0 END`

const STORED_BYTES = [
  `CREATE TABLE stored_bytes (
     shard smallint NOT NULL,
     bytes bigint NOT NULL,
     counted_at timestamptz,
     CONSTRAINT stored_bytes_pkey PRIMARY KEY (shard)
   ) WITH (fillfactor = 50)`,
  `CREATE TABLE stored_bytes_change (
     id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
     shard smallint NOT NULL,
     bytes bigint NOT NULL,
     CONSTRAINT stored_bytes_change_pkey PRIMARY KEY (id)
   ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000)`,
  `CREATE FUNCTION stored_bytes_of(state text, object_key text, size bigint) RETURNS bigint LANGUAGE sql IMMUTABLE
   AS $$ ${BYTES} $$`,
  `CREATE FUNCTION stored_bytes_shard(id uuid) RETURNS smallint LANGUAGE sql IMMUTABLE AS $$ ${SHARD} $$`,
  `CREATE FUNCTION note_stored_bytes() RETURNS trigger LANGUAGE plpgsql AS $$
   DECLARE
     change bigint := 0;
   BEGIN
     IF TG_OP = 'TRUNCATE' THEN
       DELETE FROM stored_bytes_change;
       UPDATE stored_bytes SET bytes = 0;
       RETURN NULL;
     END IF;
     IF TG_OP <> 'INSERT' THEN change := change - stored_bytes_of(OLD.state, OLD.object_key, OLD.size); END IF;
     IF TG_OP <> 'DELETE' THEN change := change + stored_bytes_of(NEW.state, NEW.object_key, NEW.size); END IF;
     IF change <> 0 THEN
       INSERT INTO stored_bytes_change (shard, bytes)
       VALUES (stored_bytes_shard(CASE WHEN TG_OP = 'DELETE' THEN OLD.id ELSE NEW.id END), change);
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER source_file_stored_bytes AFTER INSERT OR DELETE OR UPDATE OF state, object_key, size ON source_file
     FOR EACH ROW EXECUTE FUNCTION note_stored_bytes()`,
  `CREATE TRIGGER source_file_no_bytes AFTER TRUNCATE ON source_file EXECUTE FUNCTION note_stored_bytes()`,
  // The triggers keep writers out until the end of the migration, so this is exact.
  `INSERT INTO stored_bytes (shard, bytes)
   SELECT shard, coalesce(bytes, 0) FROM generate_series(0, 255) shard
     LEFT JOIN (SELECT stored_bytes_shard(id) AS shard, sum(stored_bytes_of(state, object_key, size)) AS bytes
                  FROM source_file GROUP BY 1) counted USING (shard)`,
]

const UP = [
  LOCK_BUSY_TABLES,
  ...STORED_BYTES,
  `DROP INDEX source_file_leased`,
  takeIndex('source_file_leased'),
  `DROP INDEX source_file_stored`,
  takeIndex('source_file_stored'),
  takeIndex('source_file_evicted'),
  takeIndex('source_file_upload'),
  takeIndex('source_file_sha256'),
  takeIndex('source_file_url'),
  takeIndex('source_file_blocked'),
  takeIndex('source_file_unlinked'),
  `ALTER TABLE source_file SET (fillfactor = 85, ${OFTEN})`,
  `ALTER TABLE fetcher SET (fillfactor = 50)`,
  `DROP INDEX link_expiry`,
  takeIndex('link_expiry'),
  `DROP INDEX link_file`,
  takeIndex('link_file'),
  takeIndex('link_ended'),
  `ALTER TABLE link SET (${OFTEN})`,
  `ALTER TABLE traffic_entry ADD entries integer, SET (${OFTEN})`,
  `CREATE UNIQUE INDEX traffic_entry_sum ON traffic_entry (account_id, kind, platform, created_at)
     WHERE entries IS NOT NULL`,
  `CREATE OR REPLACE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF current_setting('obb.ledger_roll_up', true) = 'on' THEN
       IF TG_OP = 'DELETE' AND OLD.link_id IS NOT NULL THEN RETURN OLD; END IF;
       IF TG_OP = 'UPDATE' AND OLD.entries IS NOT NULL THEN RETURN NEW; END IF;
     END IF;
     RAISE EXCEPTION 'the ledger is append-only';
   END $$`,
  `ALTER TABLE account ADD unlinked_at timestamptz`,
  `CREATE INDEX account_leaving ON account (id) WHERE state = 'removed' AND unlinked_at IS NULL`,
  `ALTER TABLE block ADD enforced_to uuid`,
  `CREATE INDEX block_pending ON block (created_at) WHERE enforced_at IS NULL`,
]

const DOWN = [
  `DROP INDEX block_pending`,
  `ALTER TABLE block DROP enforced_to`,
  `DROP INDEX account_leaving`,
  `ALTER TABLE account DROP unlinked_at`,
  `CREATE OR REPLACE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$`,
  `DROP INDEX traffic_entry_sum`,
  `ALTER TABLE traffic_entry DROP entries, RESET (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor)`,
  `ALTER TABLE link RESET (autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor)`,
  `DROP INDEX link_ended`,
  `DROP INDEX link_file`,
  `CREATE INDEX link_file ON link (file_id) WHERE ended_at IS NULL`,
  `DROP INDEX link_expiry`,
  `CREATE INDEX link_expiry ON link (expires_at) WHERE ended_at IS NULL`,
  `ALTER TABLE fetcher RESET (fillfactor)`,
  `ALTER TABLE source_file RESET (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_analyze_scale_factor)`,
  `DROP INDEX source_file_unlinked`,
  `DROP INDEX source_file_blocked`,
  `DROP INDEX source_file_url`,
  `DROP INDEX source_file_sha256`,
  `DROP INDEX source_file_upload`,
  `DROP INDEX source_file_evicted`,
  `DROP INDEX source_file_stored`,
  `CREATE INDEX source_file_stored ON source_file (last_access_at) WHERE state = 'done'`,
  `DROP INDEX source_file_leased`,
  `CREATE INDEX source_file_leased ON source_file (lease_until) WHERE state = 'downloading'`,
  `DROP TRIGGER source_file_no_bytes ON source_file`,
  `DROP TRIGGER source_file_stored_bytes ON source_file`,
  `DROP FUNCTION note_stored_bytes()`,
  `DROP FUNCTION stored_bytes_shard(uuid)`,
  `DROP FUNCTION stored_bytes_of(text, text, bigint)`,
  `DROP TABLE stored_bytes_change`,
  `DROP TABLE stored_bytes`,
]
