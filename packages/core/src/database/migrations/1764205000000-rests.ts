import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Pauses of an account that follow each other closely grow. */
export class Rests1764205000000 implements MigrationInterface {
  readonly name = 'Rests1764205000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      'ALTER TABLE host_account ADD COLUMN rests int NOT NULL DEFAULT 0, ADD COLUMN rest_end timestamptz',
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE host_account DROP COLUMN rests, DROP COLUMN rest_end')
  }
}
