import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Keys of devices that sign in to the portal, and what they are asked to sign. */
export class Passkeys1764360000000 implements MigrationInterface {
  readonly name = 'Passkeys1764360000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE passkey (
        id uuid CONSTRAINT passkey_pkey PRIMARY KEY,
        account_id uuid NOT NULL CONSTRAINT passkey_sign_in REFERENCES sign_in ON DELETE CASCADE,
        credential_id bytea NOT NULL,
        rp_id text NOT NULL,
        public_key bytea NOT NULL,
        counter bigint NOT NULL,
        transports text[] NOT NULL,
        name text NOT NULL,
        created_at timestamptz NOT NULL,
        last_used_at timestamptz
      )`)
    await runner.query('CREATE UNIQUE INDEX passkey_credential ON passkey (credential_id)')
    await runner.query('CREATE INDEX passkey_of_account ON passkey (account_id)')
    await runner.query(`
      CREATE TABLE passkey_challenge (
        hash bytea CONSTRAINT passkey_challenge_pkey PRIMARY KEY,
        purpose text NOT NULL,
        rp_id text NOT NULL,
        session_id uuid CONSTRAINT passkey_challenge_session REFERENCES session (id) ON DELETE CASCADE,
        expires_at timestamptz NOT NULL,
        CONSTRAINT passkey_challenge_bound CHECK ((purpose = 'sign-in') = (session_id IS NULL)),
        CONSTRAINT passkey_challenge_purpose_known CHECK (purpose IN ('sign-in', 'confirm', 'register'))
      )`)
    await runner.query('CREATE INDEX passkey_challenge_of_session ON passkey_challenge (session_id)')
    await runner.query('CREATE INDEX passkey_challenge_expiry ON passkey_challenge (expires_at)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE passkey_challenge, passkey')
  }
}
