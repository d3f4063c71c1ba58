import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Since when operators take no new links, until when they think so, and what they say of it. */
export class Maintenance1764460000050 implements MigrationInterface {
  readonly name = 'Maintenance1764460000050'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE status_page
        ADD maintenance_since timestamptz,
        ADD maintenance_until timestamptz,
        ADD maintenance_ends boolean NOT NULL DEFAULT false,
        ADD maintenance_note jsonb`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE status_page
        DROP maintenance_since, DROP maintenance_until, DROP maintenance_ends, DROP maintenance_note`)
  }
}
