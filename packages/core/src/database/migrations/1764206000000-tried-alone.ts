import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Whether a file that workers died over was tried alone since: only then the next death proves that it was this one. */
export class TriedAlone1764206000000 implements MigrationInterface {
  readonly name = 'TriedAlone1764206000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE source_file ADD COLUMN tried_alone boolean NOT NULL DEFAULT false')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE source_file DROP COLUMN tried_alone')
  }
}
