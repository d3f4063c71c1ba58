import type { MigrationInterface, QueryRunner } from 'typeorm'

/** What goes with an account that is removed. */
const ended = (tables: readonly string[]) => `
  CREATE OR REPLACE FUNCTION end_notifications() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN
    ${tables.map((table) => `DELETE FROM ${table} WHERE account_id = NEW.id;`).join('\n    ')}
    RETURN NULL;
  END $$`

const BEFORE = ['notification_setting', 'notification_webhook', 'notification', 'host_wish']

/** Hours in which people are told nothing. */
export class QuietHours1764440000000 implements MigrationInterface {
  readonly name = 'QuietHours1764440000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE notification_quiet (
        account_id uuid CONSTRAINT notification_quiet_pkey PRIMARY KEY,
        begins text NOT NULL,
        ends text NOT NULL,
        time_zone text NOT NULL,
        CONSTRAINT notification_quiet_account FOREIGN KEY (account_id) REFERENCES account (id)
      )`)
    await runner.query(ended([...BEFORE, 'notification_quiet']))
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(ended(BEFORE))
    await runner.query('DROP TABLE notification_quiet')
  }
}
