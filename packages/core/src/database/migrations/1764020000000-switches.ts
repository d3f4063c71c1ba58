import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The column for what operators turn on for single platforms. */
export class Switches1764020000000 implements MigrationInterface {
  readonly name = 'Switches1764020000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE host_setting ADD switches jsonb NOT NULL DEFAULT '[]'`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE host_setting DROP switches')
  }
}
