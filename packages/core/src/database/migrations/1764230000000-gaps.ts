import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Files are stored though their hosts have lost parts of them; where, and how much that is together. */
export class Gaps1764230000000 implements MigrationInterface {
  readonly name = 'Gaps1764230000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE source_file ADD COLUMN gaps int8multirange NOT NULL DEFAULT '{}',
                               ADD COLUMN missing_bytes bigint NOT NULL DEFAULT 0`,
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE source_file DROP COLUMN gaps, DROP COLUMN missing_bytes')
  }
}
