import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Plans per user, fair shares, the circuit breaker, the block list; the ledger takes no changes any more. */
export class Limits1764001000000 implements MigrationInterface {
  readonly name = 'Limits1764001000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement)
  }
}

const UP = [
  `CREATE TABLE block (
    id uuid NOT NULL,
    kind text NOT NULL,
    value text NOT NULL,
    reason text NOT NULL,
    created_at timestamptz NOT NULL,
    enforced_at timestamptz,
    CONSTRAINT block_kind_known CHECK (kind IN ('url', 'file', 'name', 'sha256')),
    CONSTRAINT block_pkey PRIMARY KEY (id)
  )`,
  `CREATE UNIQUE INDEX block_once ON block (kind, value)`,
  `CREATE TABLE discarded_object (
    id uuid NOT NULL,
    object_key text NOT NULL,
    upload_id text,
    due_at timestamptz NOT NULL,
    CONSTRAINT discarded_object_pkey PRIMARY KEY (id)
  )`,
  `CREATE INDEX discarded_object_due ON discarded_object (due_at)`,
  `CREATE TABLE host_health (
    platform text NOT NULL,
    failures integer NOT NULL DEFAULT 0,
    open_until timestamptz,
    probe_until timestamptz,
    success_rate double precision,
    speed bigint,
    last_error text,
    last_error_at timestamptz,
    CONSTRAINT host_health_pkey PRIMARY KEY (platform)
  )`,
  `CREATE TABLE fetch_share (
    platform text NOT NULL,
    account_id uuid NOT NULL,
    start_tag double precision NOT NULL,
    finish_tag double precision NOT NULL,
    CONSTRAINT fetch_share_pkey PRIMARY KEY (platform, account_id)
  )`,
  `ALTER TABLE account
    ADD host_caps jsonb NOT NULL DEFAULT '{}',
    ADD weight integer NOT NULL DEFAULT 1,
    ADD solo boolean NOT NULL DEFAULT false,
    ADD CONSTRAINT account_weight_positive CHECK (weight >= 1)`,
  `ALTER TABLE source_file ADD slot_account_id uuid`,
  `ALTER TABLE host_setting ADD solo boolean`,
  `ALTER TABLE host_account
    ADD max_downloads integer,
    ADD max_connections integer,
    ADD next_check_at timestamptz`,
  // Leases live for seconds; workers of the version before take new ones.
  `DELETE FROM pool_lease`,
  `ALTER TABLE pool_lease ADD connections integer NOT NULL`,
  `DROP INDEX traffic_entry_once`,
  `CREATE UNIQUE INDEX traffic_entry_once ON traffic_entry (kind, link_id) WHERE kind IN ('charge', 'refund')`,
  `CREATE INDEX traffic_entry_link ON traffic_entry (link_id) WHERE link_id IS NOT NULL`,
  `CREATE FUNCTION refuse_ledger_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'the ledger is append-only'; END $$`,
  `CREATE TRIGGER traffic_entry_append_only BEFORE UPDATE OR DELETE ON traffic_entry
    FOR EACH ROW EXECUTE FUNCTION refuse_ledger_change()`,
]

const DOWN = [
  `DROP TRIGGER traffic_entry_append_only ON traffic_entry`,
  `DROP FUNCTION refuse_ledger_change()`,
  `DROP INDEX traffic_entry_link`,
  `DROP INDEX traffic_entry_once`,
  `CREATE UNIQUE INDEX traffic_entry_once ON traffic_entry (kind, link_id) WHERE link_id IS NOT NULL`,
  `ALTER TABLE pool_lease DROP connections`,
  `ALTER TABLE host_account DROP max_downloads, DROP max_connections, DROP next_check_at`,
  `ALTER TABLE host_setting DROP solo`,
  `ALTER TABLE source_file DROP slot_account_id`,
  `ALTER TABLE account DROP host_caps, DROP weight, DROP solo`,
  `DROP TABLE fetch_share`,
  `DROP TABLE host_health`,
  `DROP TABLE discarded_object`,
  `DROP TABLE block`,
]
