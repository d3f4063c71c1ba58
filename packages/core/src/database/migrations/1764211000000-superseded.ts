import type { MigrationInterface, QueryRunner } from 'typeorm'

/** A file that has changed at its host makes way for a new one; sizes are no part of validators any more. */
export class Superseded1764211000000 implements MigrationInterface {
  readonly name = 'Superseded1764211000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE source_file ADD COLUMN superseded_at timestamptz')
    await runner.query('DROP INDEX source_file_identity')
    await runner.query(
      `CREATE UNIQUE INDEX source_file_identity ON source_file (platform, host_file_id, password_digest)
        WHERE superseded_at IS NULL`,
    )
    await runner.query(
      `UPDATE source_file SET validator = regexp_replace(validator, '^(W/)?(.*);[0-9]*$', '\\2')
        WHERE validator ~ ';[0-9]*$'`,
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX source_file_identity')
    await runner.query(
      `UPDATE source_file SET host_file_id = host_file_id || ' ' || id WHERE superseded_at IS NOT NULL`,
    )
    await runner.query(
      'CREATE UNIQUE INDEX source_file_identity ON source_file (platform, host_file_id, password_digest)',
    )
    await runner.query('ALTER TABLE source_file DROP COLUMN superseded_at')
  }
}
