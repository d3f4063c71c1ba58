import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The column for what is secret of the links of canaries. */
export class Canaries1764050000000 implements MigrationInterface {
  readonly name = 'Canaries1764050000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE host_setting ADD sealed_canary bytea')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE host_setting DROP sealed_canary')
  }
}
