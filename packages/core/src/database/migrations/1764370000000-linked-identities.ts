import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Sign-in by an OpenID provider: whose identities there belong to which account, and the sign-ins under way. */
export class LinkedIdentities1764370000000 implements MigrationInterface {
  readonly name = 'LinkedIdentities1764370000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE linked_identity (
        issuer text NOT NULL,
        subject text NOT NULL,
        account_id uuid NOT NULL CONSTRAINT linked_identity_sign_in REFERENCES sign_in ON DELETE CASCADE,
        email text,
        linked_at timestamptz NOT NULL,
        CONSTRAINT linked_identity_pkey PRIMARY KEY (issuer, subject)
      )`)
    await runner.query('CREATE UNIQUE INDEX linked_identity_account ON linked_identity (account_id, issuer)')
    await runner.query(`
      CREATE TABLE oidc_attempt (
        hash bytea CONSTRAINT oidc_attempt_pkey PRIMARY KEY,
        redirect_uri text NOT NULL,
        return_to text NOT NULL,
        account_id uuid CONSTRAINT oidc_attempt_account REFERENCES account ON DELETE CASCADE,
        invitation_id uuid CONSTRAINT oidc_attempt_invitation REFERENCES invitation ON DELETE CASCADE,
        expires_at timestamptz NOT NULL
      )`)
    await runner.query('CREATE INDEX oidc_attempt_of_account ON oidc_attempt (account_id)')
    await runner.query('CREATE INDEX oidc_attempt_of_invitation ON oidc_attempt (invitation_id)')
    await runner.query('CREATE INDEX oidc_attempt_expiry ON oidc_attempt (expires_at)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE oidc_attempt, linked_identity')
  }
}
