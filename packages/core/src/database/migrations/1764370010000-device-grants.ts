import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Keys for clients without a browser (RFC 8628): who asks, and what was decided. */
export class DeviceGrants1764370010000 implements MigrationInterface {
  readonly name = 'DeviceGrants1764370010000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE device_grant (
        hash bytea CONSTRAINT device_grant_pkey PRIMARY KEY,
        user_hash bytea NOT NULL,
        name text NOT NULL,
        client text,
        address text NOT NULL,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        polled_at timestamptz,
        interval_seconds integer NOT NULL,
        state text NOT NULL DEFAULT 'pending',
        account_id uuid CONSTRAINT device_grant_account REFERENCES account ON DELETE CASCADE,
        key_name text,
        scopes text[],
        CONSTRAINT device_grant_state_known CHECK (state IN ('pending', 'allowed', 'denied')),
        CONSTRAINT device_grant_allowed_whole CHECK (
          state <> 'allowed' OR (account_id IS NOT NULL AND key_name IS NOT NULL AND scopes IS NOT NULL))
      )`)
    await runner.query('CREATE UNIQUE INDEX device_grant_user ON device_grant (user_hash)')
    await runner.query('CREATE INDEX device_grant_of_account ON device_grant (account_id)')
    await runner.query('CREATE INDEX device_grant_expiry ON device_grant (expires_at)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE device_grant')
  }
}
