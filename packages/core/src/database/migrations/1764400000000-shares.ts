import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Links that are shared with others for a time and a number of downloads. */
export class Shares1764400000000 implements MigrationInterface {
  readonly name = 'Shares1764400000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE share (
        id text CONSTRAINT share_pkey PRIMARY KEY,
        link_id text NOT NULL CONSTRAINT share_link REFERENCES link ON DELETE CASCADE,
        created_at timestamptz NOT NULL,
        expires_at timestamptz NOT NULL,
        max_downloads integer NOT NULL,
        downloads integer NOT NULL DEFAULT 0,
        clients jsonb NOT NULL DEFAULT '{}',
        CONSTRAINT share_bounded CHECK (downloads BETWEEN 0 AND max_downloads)
      )`)
    await runner.query('CREATE INDEX share_of_link ON share (link_id, created_at)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE share')
  }
}
