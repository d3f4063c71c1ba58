import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What the guided set-up shows: where the store is, a test of it on demand, why a key was refused last. */
export class GuidedSetUp1764390000000 implements MigrationInterface {
  readonly name = 'GuidedSetUp1764390000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE store_health ADD COLUMN place text, ADD COLUMN quota bigint,
         ADD COLUMN test_requested_at timestamptz, ADD COLUMN tested_at timestamptz`,
    )
    await runner.query(
      'ALTER TABLE api_key ADD COLUMN last_refusal text, ADD COLUMN last_refused_at timestamptz',
    )
    await runner.query(
      `CREATE TABLE set_up (
         only_one boolean NOT NULL DEFAULT true,
         dismissed_at timestamptz,
         CONSTRAINT set_up_pkey PRIMARY KEY (only_one),
         CONSTRAINT set_up_only_one CHECK (only_one)
       )`,
    )
    await runner.query('INSERT INTO set_up DEFAULT VALUES')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE set_up')
    await runner.query('ALTER TABLE api_key DROP COLUMN last_refusal, DROP COLUMN last_refused_at')
    await runner.query(
      `ALTER TABLE store_health DROP COLUMN place, DROP COLUMN quota, DROP COLUMN test_requested_at,
         DROP COLUMN tested_at`,
    )
  }
}
