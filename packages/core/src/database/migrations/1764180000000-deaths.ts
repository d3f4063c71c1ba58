import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Workers that died over a file. */
export class Deaths1764180000000 implements MigrationInterface {
  readonly name = 'Deaths1764180000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE source_file
         ADD COLUMN worker_deaths int NOT NULL DEFAULT 0,
         ADD COLUMN stored_at_death bigint NOT NULL DEFAULT 0,
         ADD COLUMN claimed_at timestamptz`,
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE source_file DROP COLUMN worker_deaths, DROP COLUMN stored_at_death, DROP COLUMN claimed_at',
    )
  }
}
