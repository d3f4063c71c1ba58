import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Documents that users upload. */
export class Documents1764030000000 implements MigrationInterface {
  readonly name = 'Documents1764030000000'

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE document')
  }
}

const UP = [
  `CREATE TABLE document (
    digest text NOT NULL,
    account_id uuid NOT NULL,
    content bytea NOT NULL,
    size int NOT NULL,
    used_at timestamptz NOT NULL,
    CONSTRAINT document_pkey PRIMARY KEY (digest),
    CONSTRAINT document_account_id FOREIGN KEY (account_id) REFERENCES account(id) ON DELETE CASCADE ON UPDATE NO ACTION
  )`,
  `CREATE INDEX document_account ON document (account_id, used_at)`,
  `CREATE INDEX document_age ON document (used_at)`,
]
