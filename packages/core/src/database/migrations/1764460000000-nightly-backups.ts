import type { MigrationInterface, QueryRunner } from 'typeorm'

/** How nightly backups do is known to all processes, not only to the one that makes them. */
export class NightlyBackups1764460000000 implements MigrationInterface {
  readonly name = 'NightlyBackups1764460000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE nightly_backup (
        only_one boolean NOT NULL DEFAULT true,
        since timestamptz NOT NULL,
        made_at timestamptz,
        failed_at timestamptz,
        failure text,
        CONSTRAINT nightly_backup_pkey PRIMARY KEY (only_one),
        CONSTRAINT nightly_backup_only_one CHECK (only_one)
      )`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE nightly_backup')
  }
}
