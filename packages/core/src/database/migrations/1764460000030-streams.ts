import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What proxies send at this moment: nothing of it is worth a write-ahead log. */
export class Streams1764460000030 implements MigrationInterface {
  readonly name = 'Streams1764460000030'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE UNLOGGED TABLE proxy (
        id text NOT NULL,
        started_at timestamptz NOT NULL,
        seen_at timestamptz NOT NULL,
        offload text NOT NULL,
        offloaded bigint NOT NULL,
        streams integer NOT NULL,
        connections integer NOT NULL,
        bytes_per_second bigint NOT NULL,
        busiest jsonb NOT NULL,
        CONSTRAINT proxy_pkey PRIMARY KEY (id)
      )`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE proxy')
  }
}
