import type { MigrationInterface, QueryRunner } from 'typeorm'

/** How platforms did, hour by hour: one row per way in which fetches ended. */
export class HostHistory1764291000000 implements MigrationInterface {
  readonly name = 'HostHistory1764291000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE host_outcome (
         platform text NOT NULL,
         hour timestamptz NOT NULL,
         outcome text NOT NULL,
         speed_class smallint NOT NULL,
         count int NOT NULL,
         CONSTRAINT host_outcome_pkey PRIMARY KEY (platform, hour, outcome, speed_class)
       ) WITH (fillfactor = 80)`,
    )
    await runner.query('CREATE INDEX host_outcome_hour ON host_outcome (hour)')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE host_outcome')
  }
}
