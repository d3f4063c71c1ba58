import type { MigrationInterface, QueryRunner } from 'typeorm'

/** How far the hashes of files under way have come. */
export class HashStates1764070000000 implements MigrationInterface {
  readonly name = 'HashStates1764070000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE hash_state (
        file_id uuid NOT NULL,
        upload_id text NOT NULL,
        state bytea NOT NULL,
        CONSTRAINT hash_state_pkey PRIMARY KEY (file_id)
      )`,
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE hash_state')
  }
}
