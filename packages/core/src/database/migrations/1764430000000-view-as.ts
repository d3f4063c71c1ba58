import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Operators look at the portal as one of its users, in their own session and for a time. */
export class ViewAs1764430000000 implements MigrationInterface {
  readonly name = 'ViewAs1764430000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE session
        ADD COLUMN viewing uuid CONSTRAINT session_viewing REFERENCES account ON DELETE CASCADE,
        ADD COLUMN viewing_until timestamptz,
        ADD CONSTRAINT session_view_whole CHECK ((viewing IS NULL) = (viewing_until IS NULL))`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE session DROP COLUMN viewing, DROP COLUMN viewing_until')
  }
}
