import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Whether the status page is published, and what operators announce. */
export class StatusPage1764410000000 implements MigrationInterface {
  readonly name = 'StatusPage1764410000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE status_page (
         only_one boolean NOT NULL DEFAULT true,
         published boolean NOT NULL DEFAULT false,
         announcement jsonb,
         announced_at timestamptz,
         CONSTRAINT status_page_pkey PRIMARY KEY (only_one),
         CONSTRAINT status_page_only_one CHECK (only_one)
       )`,
    )
    await runner.query('INSERT INTO status_page DEFAULT VALUES')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE status_page')
  }
}
