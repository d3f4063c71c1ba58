import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What hosts said that nobody understood. */
export class HostWords1764240000000 implements MigrationInterface {
  readonly name = 'HostWords1764240000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE host_words (
        platform text NOT NULL, words text NOT NULL, taken_for text NOT NULL, count bigint NOT NULL DEFAULT 1,
        first_at timestamptz NOT NULL, last_at timestamptz NOT NULL,
        CONSTRAINT host_words_pkey PRIMARY KEY (platform, words)
      )`)
    await runner.query('CREATE INDEX host_words_latest ON host_words (last_at)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE host_words')
  }
}
