import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What operators changed, and who was not let in. */
export class Audit1764140000000 implements MigrationInterface {
  readonly name = 'Audit1764140000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE audit_entry (
        id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT audit_entry_pkey PRIMARY KEY,
        at timestamptz NOT NULL,
        kind text NOT NULL,
        who text NOT NULL,
        address text NOT NULL,
        action text NOT NULL,
        target text,
        outcome text,
        changes jsonb,
        count integer NOT NULL DEFAULT 1,
        CONSTRAINT audit_entry_kind_known CHECK (kind IN ('change', 'auth_failure'))
      )`)
    await runner.query(`
      CREATE UNIQUE INDEX audit_entry_attempts ON audit_entry (at, address, action) WHERE kind = 'auth_failure'`)
    await runner.query('CREATE INDEX audit_entry_time ON audit_entry (at)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE audit_entry')
  }
}
