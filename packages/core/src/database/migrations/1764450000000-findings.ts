import type { MigrationInterface, QueryRunner } from 'typeorm'

const EVENTS = 'notification_setting_event_known'

/** Operators are told of what needs them: what was found, since when, and whether it was told. */
export class Findings1764450000000 implements MigrationInterface {
  readonly name = 'Findings1764450000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      ALTER TABLE notification_setting
        DROP CONSTRAINT ${EVENTS},
        ADD CONSTRAINT ${EVENTS}
          CHECK (event IN ('link_finished', 'link_failed', 'host_works_again', 'attention_needed'))`)
    await runner.query(
      `CREATE INDEX notification_setting_attention ON notification_setting (account_id)
        WHERE event = 'attention_needed'`,
    )
    await runner.query(`
      CREATE TABLE finding (
        key text NOT NULL,
        seen_at timestamptz NOT NULL,
        told_at timestamptz,
        absent_since timestamptz,
        CONSTRAINT finding_pkey PRIMARY KEY (key)
      )`)
    await runner.query(`
      CREATE TABLE finding_look (
        only_one boolean NOT NULL DEFAULT true,
        looked_at timestamptz NOT NULL,
        CONSTRAINT finding_look_pkey PRIMARY KEY (only_one),
        CONSTRAINT finding_look_only_one CHECK (only_one)
      )`)
    await runner.query('INSERT INTO finding_look (looked_at) VALUES (to_timestamp(0))')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE finding_look, finding')
    await runner.query('DROP INDEX notification_setting_attention')
    await runner.query(`DELETE FROM notification WHERE event = 'attention_needed'`)
    await runner.query(`DELETE FROM notification_setting WHERE event = 'attention_needed'`)
    await runner.query(`
      ALTER TABLE notification_setting
        DROP CONSTRAINT ${EVENTS},
        ADD CONSTRAINT ${EVENTS} CHECK (event IN ('link_finished', 'link_failed', 'host_works_again'))`)
  }
}
