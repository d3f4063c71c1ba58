import type { MigrationInterface, QueryRunner } from 'typeorm'

/** An account's links in the order in which they are listed: all of them, and those that have not ended. */
export class LinkLists1764270000000 implements MigrationInterface {
  readonly name = 'LinkLists1764270000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX link_listed ON link (account_id, created_at, id)')
    await runner.query(
      'CREATE INDEX link_unended ON link (account_id, created_at, id) WHERE ended_at IS NULL',
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX link_unended')
    await runner.query('DROP INDEX link_listed')
  }
}
