import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Files may be fetched whose hosts do not tell how large they are. */
export class Sizes1764210000000 implements MigrationInterface {
  readonly name = 'Sizes1764210000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE source_file ADD COLUMN size_told boolean NOT NULL DEFAULT true')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE source_file DROP COLUMN size_told')
  }
}
