import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What a user's own document calls a file is the name of that user's link. Those of before go by the file's. */
export class LinkNames1764160000000 implements MigrationInterface {
  readonly name = 'LinkNames1764160000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement)
  }
}

const UP = [
  `ALTER TABLE link ADD name text`,
  `CREATE INDEX link_named ON link (id) WHERE ended_at IS NULL AND name IS NOT NULL`,
  `ALTER TABLE block ADD enforced_links_to text`,
]

const DOWN = [
  `ALTER TABLE block DROP enforced_links_to`,
  `DROP INDEX link_named`,
  `ALTER TABLE link DROP name`,
]
