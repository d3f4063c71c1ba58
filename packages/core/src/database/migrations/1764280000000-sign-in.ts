import type { MigrationInterface, QueryRunner } from 'typeorm'

/** How people sign in to the portal: roles, passwords, sessions, invitations. */
export class SignIn1764280000000 implements MigrationInterface {
  readonly name = 'SignIn1764280000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE account ADD role text NOT NULL DEFAULT 'user',
        ADD CONSTRAINT account_role_known CHECK (role IN ('user', 'operator'))`)
    await runner.query(`CREATE INDEX account_operator ON account (id) WHERE role = 'operator'`)
    await runner.query(`
      CREATE TABLE sign_in (
        account_id uuid CONSTRAINT sign_in_pkey PRIMARY KEY
          CONSTRAINT sign_in_account REFERENCES account ON DELETE CASCADE,
        password_hash text,
        password_changed_at timestamptz,
        reset_hash bytea,
        reset_expires_at timestamptz,
        language text,
        CONSTRAINT sign_in_language_known CHECK (language IN ('en', 'zh-TW')),
        CONSTRAINT sign_in_reset_whole CHECK ((reset_hash IS NULL) = (reset_expires_at IS NULL))
      )`)
    await runner.query('CREATE UNIQUE INDEX sign_in_reset ON sign_in (reset_hash)')
    await runner.query(`
      CREATE TABLE session (
        hash bytea CONSTRAINT session_pkey PRIMARY KEY,
        id uuid NOT NULL,
        account_id uuid NOT NULL CONSTRAINT session_account REFERENCES account ON DELETE CASCADE,
        created_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        address text NOT NULL,
        client text
      )`)
    await runner.query('CREATE UNIQUE INDEX session_id ON session (id)')
    await runner.query('CREATE INDEX session_of_account ON session (account_id)')
    await runner.query('CREATE INDEX session_expiry ON session (expires_at)')
    await runner.query(`
      CREATE TABLE invitation (
        id uuid CONSTRAINT invitation_pkey PRIMARY KEY,
        hash bytea NOT NULL,
        email text,
        role text NOT NULL,
        traffic bigint NOT NULL,
        daily_per_host bigint,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        CONSTRAINT invitation_role_known CHECK (role IN ('user', 'operator'))
      )`)
    await runner.query('CREATE UNIQUE INDEX invitation_hash ON invitation (hash)')
    await runner.query('CREATE INDEX invitation_listed ON invitation (created_at, id)')
    // Whoever suspends or removes an account: nobody goes on in its sessions, nor gets in again once it is removed.
    await runner.query(`
      CREATE FUNCTION end_sessions() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        DELETE FROM session WHERE account_id = NEW.id;
        IF NEW.state = 'removed' THEN DELETE FROM sign_in WHERE account_id = NEW.id; END IF;
        RETURN NULL;
      END $$`)
    await runner.query(`
      CREATE TRIGGER account_sessions AFTER UPDATE OF state ON account
        FOR EACH ROW WHEN (NEW.state IN ('suspended', 'removed')) EXECUTE FUNCTION end_sessions()`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER account_sessions ON account')
    await runner.query('DROP FUNCTION end_sessions')
    await runner.query('DROP TABLE invitation, session, sign_in')
    await runner.query('ALTER TABLE account DROP COLUMN role')
  }
}
