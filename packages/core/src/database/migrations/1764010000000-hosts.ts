import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Folders, domains that operators add and retire, canaries, and the speeds that a median is taken of. */
export class Hosts1764010000000 implements MigrationInterface {
  readonly name = 'Hosts1764010000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement)
  }
}

const UP = [
  `CREATE TABLE folder (
    id uuid NOT NULL,
    platform text NOT NULL,
    host_folder_id text NOT NULL,
    password_digest text NOT NULL DEFAULT '',
    canonical_url text NOT NULL,
    sealed bytea,
    sealed_links bytea,
    listed_at timestamptz,
    refusal text,
    refused_until timestamptz,
    created_at timestamptz NOT NULL,
    CONSTRAINT folder_pkey PRIMARY KEY (id)
  )`,
  `CREATE UNIQUE INDEX folder_identity ON folder (platform, host_folder_id, password_digest)`,
  `CREATE INDEX folder_age ON folder (created_at)`,
  `ALTER TABLE host_setting
    ADD added_domains jsonb NOT NULL DEFAULT '[]',
    ADD retired_domains jsonb NOT NULL DEFAULT '[]',
    ADD canary_url text`,
  `ALTER TABLE host_health
    ADD speeds float8[] NOT NULL DEFAULT '{}',
    ADD measured_at timestamptz,
    ADD canary_at timestamptz,
    ADD canary_error text`,
  `ALTER TABLE host_health DROP speed`,
]

const DOWN = [
  `ALTER TABLE host_health ADD speed bigint, DROP speeds, DROP measured_at, DROP canary_at, DROP canary_error`,
  `ALTER TABLE host_setting DROP added_domains, DROP retired_domains, DROP canary_url`,
  `DROP TABLE folder`,
]
