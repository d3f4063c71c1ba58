import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Limits of what all fetchers together take. */
export class Bandwidth1764040000000 implements MigrationInterface {
  readonly name = 'Bandwidth1764040000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE host_setting ADD bandwidth bigint')
    await runner.query('ALTER TABLE host_account ADD bandwidth bigint')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE host_account DROP bandwidth')
    await runner.query('ALTER TABLE host_setting DROP bandwidth')
  }
}
