import type { MigrationInterface, QueryRunner } from 'typeorm'

/** The tables about the object store: whose it is, whether it takes files, and what lies there for nobody. */
export class StoreState1764090000000 implements MigrationInterface {
  readonly name = 'StoreState1764090000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE TABLE installation (
         only_one boolean NOT NULL DEFAULT true,
         id text NOT NULL,
         owned text[] NOT NULL,
         copied text[] NOT NULL DEFAULT '{}',
         home text NOT NULL,
         adopting boolean NOT NULL DEFAULT false,
         created_at timestamptz NOT NULL,
         CONSTRAINT installation_pkey PRIMARY KEY (only_one),
         CONSTRAINT installation_only_one CHECK (only_one)
       )`,
    )
    await runner.query(
      `CREATE TABLE store_health (
         only_one boolean NOT NULL DEFAULT true,
         trouble text,
         reason text,
         since timestamptz,
         failures integer NOT NULL DEFAULT 0,
         retry_at timestamptz,
         probe_until timestamptz,
         room bigint,
         lacking bigint,
         CONSTRAINT store_health_pkey PRIMARY KEY (only_one),
         CONSTRAINT store_health_only_one CHECK (only_one),
         CONSTRAINT store_health_trouble_known CHECK (trouble IN ('full', 'away', 'wrong'))
       )`,
    )
    await runner.query('INSERT INTO store_health DEFAULT VALUES')
    await runner.query(
      `CREATE TABLE store_sweep (
         id uuid NOT NULL,
         dry_run boolean NOT NULL,
         automatic boolean NOT NULL,
         requested_at timestamptz NOT NULL,
         cursor text,
         busy_until timestamptz,
         objects integer NOT NULL DEFAULT 0,
         bytes bigint NOT NULL DEFAULT 0,
         orphans integer NOT NULL DEFAULT 0,
         orphan_bytes bigint NOT NULL DEFAULT 0,
         names text[] NOT NULL DEFAULT '{}',
         finished_at timestamptz,
         failure text,
         CONSTRAINT store_sweep_pkey PRIMARY KEY (id)
       )`,
    )
    await runner.query(
      'CREATE INDEX store_sweep_unfinished ON store_sweep (requested_at) WHERE finished_at IS NULL',
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE store_sweep')
    await runner.query('DROP TABLE store_health')
    await runner.query('DROP TABLE installation')
  }
}
