import type { MigrationInterface, QueryRunner } from 'typeorm'

/** One-time codes beside a password, and what replaces them. */
export class SecondFactor1764283000000 implements MigrationInterface {
  readonly name = 'SecondFactor1764283000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE second_factor (
        account_id uuid CONSTRAINT second_factor_pkey PRIMARY KEY
          CONSTRAINT second_factor_sign_in REFERENCES sign_in ON DELETE CASCADE,
        sealed_totp bytea NOT NULL,
        confirmed_at timestamptz,
        last_step bigint NOT NULL DEFAULT 0,
        recovery_hashes bytea[] NOT NULL DEFAULT '{}'
      )`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE second_factor')
  }
}
