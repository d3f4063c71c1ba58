import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What a user calls links that belong together. */
export class Packages1764400000010 implements MigrationInterface {
  readonly name = 'Packages1764400000010'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE link ADD COLUMN package text')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE link DROP COLUMN package')
  }
}
