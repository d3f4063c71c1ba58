import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The block list has a revision, so that processes keep its name patterns ready and know when they are old. */
export class BlockRevision1764190000000 implements MigrationInterface {
  readonly name = 'BlockRevision1764190000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement)
  }
}

const UP = [
  `CREATE TABLE block_revision (
     only_one boolean NOT NULL DEFAULT true,
     revision bigint NOT NULL DEFAULT 0,
     CONSTRAINT block_revision_pkey PRIMARY KEY (only_one),
     CONSTRAINT block_revision_only_one CHECK (only_one)
   ) WITH (fillfactor = 50)`,
  `INSERT INTO block_revision DEFAULT VALUES`,
  `CREATE FUNCTION count_block_revision() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     UPDATE block_revision SET revision = revision + 1;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER block_revision AFTER INSERT OR DELETE OR TRUNCATE ON block
     FOR EACH STATEMENT EXECUTE FUNCTION count_block_revision()`,
]

const DOWN = [
  `DROP TRIGGER block_revision ON block`,
  `DROP FUNCTION count_block_revision`,
  `DROP TABLE block_revision`,
]
