import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Several keys per account, each with a name, what it may, from where and until when, and who used it last. */
export class Keys1764290000000 implements MigrationInterface {
  readonly name = 'Keys1764290000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement)
  }
}

const UP = [
  `ALTER TABLE api_key
     ADD id uuid NOT NULL DEFAULT gen_random_uuid(),
     ADD name text NOT NULL DEFAULT 'default',
     ADD scopes text[] NOT NULL DEFAULT '{read,submit,download}',
     ADD networks text[] NOT NULL DEFAULT '{}',
     ADD revision int NOT NULL DEFAULT 0,
     ADD expires_at timestamptz,
     ADD last_used_at timestamptz,
     ADD last_used_client text,
     ADD last_used_address text,
     ADD CONSTRAINT api_key_scopes_known CHECK (scopes <@ ARRAY['read', 'submit', 'download'])`,
  `ALTER TABLE api_key ALTER id DROP DEFAULT`,
  `DROP INDEX api_key_valid`,
  `CREATE UNIQUE INDEX api_key_valid ON api_key (account_id, name) WHERE revoked_at IS NULL`,
  `CREATE UNIQUE INDEX api_key_id ON api_key (id) WHERE revoked_at IS NULL`,
]

/** One key of an account stays valid, the one that it was made with. */
const DOWN = [
  `UPDATE api_key SET revoked_at = now() WHERE name <> 'default' AND revoked_at IS NULL`,
  `DROP INDEX api_key_id`,
  `DROP INDEX api_key_valid`,
  `CREATE UNIQUE INDEX api_key_valid ON api_key (account_id) WHERE revoked_at IS NULL`,
  `ALTER TABLE api_key
     DROP CONSTRAINT api_key_scopes_known,
     DROP id, DROP name, DROP scopes, DROP networks, DROP revision, DROP expires_at,
     DROP last_used_at, DROP last_used_client, DROP last_used_address`,
]
