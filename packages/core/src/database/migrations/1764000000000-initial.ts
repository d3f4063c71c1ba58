import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Accounts, keys, links, files, traffic, the pool and the hosts' settings. */
export class Initial1764000000000 implements MigrationInterface {
  readonly name = 'Initial1764000000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of STATEMENTS) await runner.query(statement)
  }

  /** There is nothing before the first version to go back to. */
  async down(): Promise<void> {
    throw new Error('the initial migration cannot be reverted; restore a backup instead')
  }
}

const STATEMENTS = [
  `CREATE TABLE account (
      id uuid NOT NULL,
      email text NOT NULL,
      state text NOT NULL DEFAULT 'active',
      expires_at timestamptz,
      traffic_left bigint NOT NULL DEFAULT '0',
      traffic_max bigint NOT NULL DEFAULT '0',
      daily_per_host bigint,
      created_at timestamptz NOT NULL,
      CONSTRAINT account_state_known CHECK (state IN ('active', 'suspended')),
      CONSTRAINT account_traffic_left_not_negative CHECK (traffic_left >= 0),
      CONSTRAINT account_pkey PRIMARY KEY (id)
    )`,
  `CREATE UNIQUE INDEX account_email ON account (email)`,
  `CREATE TABLE traffic_entry (
      id bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
      account_id uuid NOT NULL,
      kind text NOT NULL,
      bytes bigint NOT NULL,
      platform text,
      link_id text,
      note text,
      created_at timestamptz NOT NULL,
      CONSTRAINT traffic_entry_sign CHECK (CASE kind WHEN 'charge' THEN bytes <= 0 WHEN 'adjustment' THEN true ELSE bytes >= 0 END),
      CONSTRAINT traffic_entry_kind_known CHECK (kind IN ('grant', 'charge', 'refund', 'adjustment')),
      CONSTRAINT traffic_entry_pkey PRIMARY KEY (id)
    )`,
  `CREATE INDEX traffic_entry_usage ON traffic_entry (account_id, platform, created_at)`,
  `CREATE UNIQUE INDEX traffic_entry_once ON traffic_entry (kind, link_id) WHERE link_id IS NOT NULL`,
  `CREATE TABLE api_key (
      hash bytea NOT NULL,
      account_id uuid NOT NULL,
      errors_as_200 boolean NOT NULL DEFAULT false,
      created_at timestamptz NOT NULL,
      revoked_at timestamptz,
      CONSTRAINT api_key_pkey PRIMARY KEY (hash)
    )`,
  `CREATE UNIQUE INDEX api_key_valid ON api_key (account_id) WHERE revoked_at IS NULL`,
  `CREATE TABLE source_file (
      id uuid NOT NULL,
      platform text NOT NULL,
      host_file_id text NOT NULL,
      password_digest text NOT NULL DEFAULT '',
      canonical_url text NOT NULL,
      sealed bytea,
      generation integer NOT NULL DEFAULT '1',
      state text NOT NULL DEFAULT 'idle',
      name text,
      size bigint,
      host_hash_algorithm text,
      host_hash text,
      validator text,
      checked_at timestamptz,
      refusal text,
      refused_until timestamptz,
      wanted_at timestamptz,
      next_attempt_at timestamptz,
      attempts integer NOT NULL DEFAULT '0',
      claim integer NOT NULL DEFAULT '0',
      worker text,
      lease_until timestamptz,
      object_key text,
      upload_id text,
      part_size bigint,
      bytes_done bigint NOT NULL DEFAULT '0',
      speed bigint,
      sha256 text,
      md5 text,
      done_at timestamptz,
      last_access_at timestamptz,
      created_at timestamptz NOT NULL,
      updated_at timestamptz NOT NULL,
      CONSTRAINT source_file_state_known CHECK (state IN ('idle', 'pending', 'downloading', 'done', 'error')),
      CONSTRAINT source_file_pkey PRIMARY KEY (id)
    )`,
  `CREATE INDEX source_file_stored ON source_file (last_access_at) WHERE state = 'done'`,
  `CREATE INDEX source_file_leased ON source_file (lease_until) WHERE state = 'downloading'`,
  `CREATE INDEX source_file_wanted ON source_file (next_attempt_at) WHERE state = 'pending'`,
  `CREATE UNIQUE INDEX source_file_identity ON source_file (platform, host_file_id, password_digest)`,
  `CREATE TABLE host_setting (
      platform text NOT NULL,
      enabled boolean,
      max_chunks integer,
      max_downloads integer,
      max_queued integer,
      origins jsonb NOT NULL DEFAULT '{}',
      updated_at timestamptz NOT NULL,
      CONSTRAINT host_setting_pkey PRIMARY KEY (platform)
    )`,
  `CREATE TABLE link (
      id text NOT NULL,
      account_id uuid NOT NULL,
      file_id uuid NOT NULL,
      host_domain text NOT NULL,
      charged bigint NOT NULL,
      created_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      ended_at timestamptz,
      end_reason text,
      refusal text,
      retry_at timestamptz,
      CONSTRAINT link_end_whole CHECK ((ended_at IS NULL) = (end_reason IS NULL)),
      CONSTRAINT link_end_known CHECK (end_reason IN ('expired', 'failed', 'cancelled', 'blocked')),
      CONSTRAINT link_pkey PRIMARY KEY (id)
    )`,
  `CREATE INDEX link_expiry ON link (expires_at) WHERE ended_at IS NULL`,
  `CREATE INDEX link_file ON link (file_id) WHERE ended_at IS NULL`,
  `CREATE UNIQUE INDEX link_live ON link (account_id, file_id) WHERE ended_at IS NULL`,
  `CREATE TABLE host_account (
      id uuid NOT NULL,
      platform text NOT NULL,
      label text NOT NULL,
      sealed_credentials bytea NOT NULL,
      sealed_proxy bytea,
      sealed_session bytea,
      enabled boolean NOT NULL DEFAULT true,
      off_reason text,
      cool_until timestamptz,
      premium boolean,
      valid_until timestamptz,
      traffic_left bigint,
      traffic_total bigint,
      checked_at timestamptz,
      created_at timestamptz NOT NULL,
      CONSTRAINT host_account_pkey PRIMARY KEY (id)
    )`,
  `CREATE INDEX host_account_platform ON host_account (platform)`,
  `CREATE TABLE pool_lease (
      id uuid NOT NULL,
      host_account_id uuid NOT NULL,
      file_id uuid NOT NULL,
      worker text NOT NULL,
      expires_at timestamptz NOT NULL,
      CONSTRAINT pool_lease_pkey PRIMARY KEY (id)
    )`,
  `CREATE INDEX pool_lease_account ON pool_lease (host_account_id)`,
  `CREATE TABLE fetcher (
      id text NOT NULL,
      started_at timestamptz NOT NULL,
      seen_at timestamptz NOT NULL,
      CONSTRAINT fetcher_pkey PRIMARY KEY (id)
    )`,
  `ALTER TABLE traffic_entry ADD CONSTRAINT traffic_entry_account FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE NO ACTION ON UPDATE NO ACTION`,
  `ALTER TABLE api_key ADD CONSTRAINT api_key_account FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE ON UPDATE NO ACTION`,
  `ALTER TABLE link ADD CONSTRAINT link_account FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE NO ACTION ON UPDATE NO ACTION`,
  `ALTER TABLE link ADD CONSTRAINT link_file_id FOREIGN KEY (file_id) REFERENCES source_file(id) ON DELETE NO ACTION ON UPDATE NO ACTION`,
  `ALTER TABLE pool_lease ADD CONSTRAINT pool_lease_host_account FOREIGN KEY (host_account_id) REFERENCES host_account(id) ON DELETE CASCADE ON UPDATE NO ACTION`,
]
