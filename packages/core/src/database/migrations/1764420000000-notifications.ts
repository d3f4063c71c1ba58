import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Who is told of what and how, and what waits to be told. */
export class Notifications1764420000000 implements MigrationInterface {
  readonly name = 'Notifications1764420000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE notification_setting (
        account_id uuid NOT NULL,
        event text NOT NULL,
        channel text NOT NULL,
        since timestamptz NOT NULL,
        CONSTRAINT notification_setting_pkey PRIMARY KEY (account_id, event, channel),
        CONSTRAINT notification_setting_account FOREIGN KEY (account_id) REFERENCES account (id),
        CONSTRAINT notification_setting_event_known
          CHECK (event IN ('link_finished', 'link_failed', 'host_works_again')),
        CONSTRAINT notification_setting_channel_known CHECK (channel IN ('mail', 'webhook'))
      )`)
    await runner.query('CREATE INDEX notification_setting_since ON notification_setting (since)')
    await runner.query(`
      CREATE TABLE notification_webhook (
        account_id uuid CONSTRAINT notification_webhook_pkey PRIMARY KEY,
        sealed bytea NOT NULL,
        failures integer NOT NULL DEFAULT 0,
        failing_since timestamptz,
        error text,
        CONSTRAINT notification_webhook_account FOREIGN KEY (account_id) REFERENCES account (id)
      )`)
    await runner.query(
      `CREATE INDEX notification_webhook_failing ON notification_webhook (failing_since)
        WHERE failing_since IS NOT NULL`,
    )
    await runner.query(`
      CREATE TABLE host_wish (
        account_id uuid NOT NULL,
        platform text NOT NULL,
        created_at timestamptz NOT NULL,
        CONSTRAINT host_wish_pkey PRIMARY KEY (account_id, platform),
        CONSTRAINT host_wish_account FOREIGN KEY (account_id) REFERENCES account (id)
      )`)
    await runner.query('CREATE INDEX host_wish_platform ON host_wish (platform)')
    await runner.query(`
      CREATE TABLE notification (
        id uuid CONSTRAINT notification_pkey PRIMARY KEY,
        account_id uuid NOT NULL,
        event text NOT NULL,
        channel text NOT NULL,
        subject text NOT NULL,
        data jsonb NOT NULL,
        happened_at timestamptz NOT NULL,
        created_at timestamptz NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        due_at timestamptz,
        outcome text,
        finished_at timestamptz,
        CONSTRAINT notification_account_id FOREIGN KEY (account_id) REFERENCES account (id),
        CONSTRAINT notification_outcome_known CHECK (outcome IN ('sent', 'needless', 'given_up')),
        CONSTRAINT notification_finished_whole
          CHECK ((finished_at IS NULL) = (outcome IS NULL) AND (finished_at IS NULL) = (due_at IS NOT NULL))
      )`)
    await runner.query(
      'CREATE UNIQUE INDEX notification_once ON notification (account_id, event, channel, subject)',
    )
    await runner.query(
      'CREATE INDEX notification_due ON notification (channel, due_at) WHERE finished_at IS NULL',
    )
    await runner.query('CREATE INDEX notification_account ON notification (account_id, channel, finished_at)')
    await runner.query(
      'CREATE INDEX notification_finished ON notification (finished_at) WHERE finished_at IS NOT NULL',
    )
    await runner.query(`
      CREATE TABLE notification_look (
        only_one boolean NOT NULL DEFAULT true,
        looked_at timestamptz NOT NULL,
        CONSTRAINT notification_look_pkey PRIMARY KEY (only_one),
        CONSTRAINT notification_look_only_one CHECK (only_one)
      )`)
    await runner.query('INSERT INTO notification_look (looked_at) VALUES (to_timestamp(0))')
    await runner.query(`
      CREATE FUNCTION end_notifications() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        DELETE FROM notification_setting WHERE account_id = NEW.id;
        DELETE FROM notification_webhook WHERE account_id = NEW.id;
        DELETE FROM notification WHERE account_id = NEW.id;
        DELETE FROM host_wish WHERE account_id = NEW.id;
        RETURN NULL;
      END $$`)
    await runner.query(`
      CREATE TRIGGER account_notifications AFTER UPDATE OF state ON account
        FOR EACH ROW WHEN (NEW.state = 'removed') EXECUTE FUNCTION end_notifications()`)
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TRIGGER account_notifications ON account')
    await runner.query('DROP FUNCTION end_notifications')
    await runner.query(
      'DROP TABLE notification_look, notification, host_wish, notification_webhook, notification_setting',
    )
  }
}
