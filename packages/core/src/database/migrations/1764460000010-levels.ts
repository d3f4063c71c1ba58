import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What lies in the store, and what accounts have left at their hosts, hour by hour of a week. */
export class Levels1764460000010 implements MigrationInterface {
  readonly name = 'Levels1764460000010'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE level (
        subject text NOT NULL,
        hour timestamptz NOT NULL,
        bytes bigint NOT NULL,
        CONSTRAINT level_pkey PRIMARY KEY (subject, hour)
      )`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE level')
  }
}
