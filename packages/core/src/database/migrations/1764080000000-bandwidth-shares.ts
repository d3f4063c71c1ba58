import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Which worker may take how much of a limited bandwidth. */
export class BandwidthShares1764080000000 implements MigrationInterface {
  readonly name = 'BandwidthShares1764080000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE bandwidth_share (
         name text NOT NULL,
         worker text NOT NULL,
         fetches integer NOT NULL,
         demand float8 NOT NULL,
         share float8 NOT NULL,
         seen_at timestamptz NOT NULL,
         CONSTRAINT bandwidth_share_pkey PRIMARY KEY (name, worker)
       )`,
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE bandwidth_share')
  }
}
