import type { MigrationInterface, QueryRunner } from 'typeorm'
import { takeIndex } from './built-ahead.js'

/** An account's links in the order in which they are listed: all of them, and those that have not ended. */
export class LinkLists1764270000000 implements MigrationInterface {
  readonly name = 'LinkLists1764270000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(takeIndex('link_listed'))
    await runner.query(takeIndex('link_unended'))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX link_unended')
    await runner.query('DROP INDEX link_listed')
  }
}
