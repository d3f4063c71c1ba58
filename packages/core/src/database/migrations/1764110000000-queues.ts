import type { MigrationInterface, QueryRunner } from 'typeorm'
import { LOCK_BUSY_TABLES } from './built-ahead.js'

/** What waits to be fetched in a table of its own, and the accounts that wait in the order of their turns. */
export class Queues1764110000000 implements MigrationInterface {
  readonly name = 'Queues1764110000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement)
  }
}

const COLUMNS = 'file_id, account_id, platform, size, missing, asked_at, due_at'
/** A place in the queue, of the rows or records `f` and `l`. */
const place = (
  f: string,
  l: string,
): string => `${f}.id, ${l}.account_id, ${f}.platform, coalesce(${f}.size, 0),
  greatest(0, coalesce(${f}.size, 0) - ${f}.bytes_done), ${l}.created_at, coalesce(${f}.next_attempt_at, 'infinity')`

const UP = [
  LOCK_BUSY_TABLES,
  `CREATE TABLE waiting_fetch (
    file_id uuid NOT NULL,
    account_id uuid NOT NULL,
    platform text NOT NULL,
    size bigint NOT NULL,
    missing bigint NOT NULL,
    asked_at timestamptz NOT NULL,
    due_at timestamptz,
    position integer,
    bytes_ahead bigint,
    CONSTRAINT waiting_fetch_pkey PRIMARY KEY (file_id, account_id),
    CONSTRAINT waiting_fetch_file FOREIGN KEY (file_id) REFERENCES source_file (id) ON DELETE CASCADE
  ) WITH (fillfactor = 70)`,
  `INSERT INTO waiting_fetch (${COLUMNS})
    SELECT ${place('f', 'l')} FROM source_file f JOIN link l ON l.file_id = f.id AND l.ended_at IS NULL
     WHERE f.state = 'pending'`,
  `CREATE INDEX waiting_fetch_due ON waiting_fetch (platform, due_at)`,
  `CREATE INDEX waiting_fetch_turn ON waiting_fetch (platform, account_id, asked_at, file_id) WHERE due_at IS NULL`,
  `CREATE TABLE platform_queue (
    platform text NOT NULL,
    clock double precision NOT NULL DEFAULT 0,
    accounts integer NOT NULL DEFAULT 0,
    bytes_per_second bigint NOT NULL DEFAULT 0,
    tend_at timestamptz NOT NULL DEFAULT '-infinity',
    estimate_at timestamptz NOT NULL DEFAULT '-infinity',
    served_at timestamptz,
    rests_until timestamptz,
    CONSTRAINT platform_queue_pkey PRIMARY KEY (platform)
  ) WITH (fillfactor = 50)`,
  `INSERT INTO platform_queue (platform, clock) SELECT platform, max(start_tag) FROM fetch_share GROUP BY platform`,
  `DELETE FROM fetch_share s USING platform_queue q WHERE q.platform = s.platform AND s.finish_tag <= q.clock`,
  `ALTER TABLE fetch_share DROP start_tag, ADD waits_since timestamptz`,
  `CREATE INDEX fetch_share_turn ON fetch_share (platform, finish_tag, waits_since, account_id)
    WHERE waits_since IS NOT NULL`,
  `ALTER TABLE fetcher ADD slots integer NOT NULL DEFAULT 0`,
  `ALTER TABLE source_file ADD crawls boolean NOT NULL DEFAULT false, ADD yields integer NOT NULL DEFAULT 0`,

  // A file that becomes pending waits for all its links; one that is claimed, or ends, waits no more.
  `CREATE FUNCTION queue_file() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      DELETE FROM waiting_fetch WHERE file_id = NEW.id;
      IF NEW.state = 'pending' THEN
        INSERT INTO waiting_fetch (${COLUMNS})
          SELECT ${place('NEW', 'l')} FROM link l WHERE l.file_id = NEW.id AND l.ended_at IS NULL
          ON CONFLICT (file_id, account_id) DO UPDATE SET due_at = excluded.due_at;
      END IF;
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER source_file_queued AFTER INSERT ON source_file
    FOR EACH ROW WHEN (NEW.state = 'pending') EXECUTE FUNCTION queue_file()`,
  `CREATE TRIGGER source_file_requeued AFTER UPDATE OF state, claim, next_attempt_at, size, platform ON source_file
    FOR EACH ROW WHEN (OLD.state IN ('pending', 'downloading') OR NEW.state = 'pending')
    EXECUTE FUNCTION queue_file()`,
  // A link to a pending file waits with it until one of them ends.
  `CREATE FUNCTION queue_link() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'INSERT' THEN
        INSERT INTO waiting_fetch (${COLUMNS})
          SELECT ${place('f', 'NEW')} FROM source_file f WHERE f.id = NEW.file_id AND f.state = 'pending'
          ON CONFLICT DO NOTHING;
      ELSE
        DELETE FROM waiting_fetch WHERE file_id = OLD.file_id AND account_id = OLD.account_id;
      END IF;
      RETURN NULL;
    END $$`,
  `CREATE TRIGGER link_queued AFTER INSERT ON link
    FOR EACH ROW WHEN (NEW.ended_at IS NULL) EXECUTE FUNCTION queue_link()`,
  `CREATE TRIGGER link_ended AFTER UPDATE OF ended_at ON link
    FOR EACH ROW WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION queue_link()`,
  `CREATE TRIGGER link_deleted AFTER DELETE ON link
    FOR EACH ROW WHEN (OLD.ended_at IS NULL) EXECUTE FUNCTION queue_link()`,
]

const DOWN = [
  `DROP TRIGGER link_deleted ON link`,
  `DROP TRIGGER link_ended ON link`,
  `DROP TRIGGER link_queued ON link`,
  `DROP FUNCTION queue_link()`,
  `DROP TRIGGER source_file_requeued ON source_file`,
  `DROP TRIGGER source_file_queued ON source_file`,
  `DROP FUNCTION queue_file()`,
  `ALTER TABLE source_file DROP crawls, DROP yields`,
  `ALTER TABLE fetcher DROP slots`,
  `DROP INDEX fetch_share_turn`,
  `ALTER TABLE fetch_share DROP waits_since, ADD start_tag double precision`,
  `UPDATE fetch_share s SET start_tag = coalesce((SELECT clock FROM platform_queue q WHERE q.platform = s.platform), 0)`,
  `ALTER TABLE fetch_share ALTER start_tag SET NOT NULL`,
  `DROP TABLE platform_queue`,
  `DROP TABLE waiting_fetch`,
]
