import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Whether a file's name was told, and by whom. Those of before count as told. */
export class Names1764060000000 implements MigrationInterface {
  readonly name = 'Names1764060000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `ALTER TABLE source_file ADD name_from text NOT NULL DEFAULT 'check',
         ADD CONSTRAINT source_file_name_from_known CHECK (name_from IN ('check', 'fetch', 'link'))`,
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE source_file DROP name_from')
  }
}
