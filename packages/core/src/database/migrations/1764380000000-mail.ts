import type { MigrationInterface, QueryRunner } from 'typeorm'

/** Mails that wait to be sent, and resets that people ask for themselves. */
export class Mail1764380000000 implements MigrationInterface {
  readonly name = 'Mail1764380000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE mail (
        id uuid CONSTRAINT mail_pkey PRIMARY KEY,
        kind text NOT NULL,
        recipient text NOT NULL,
        language text NOT NULL,
        sealed_token bytea,
        created_at timestamptz NOT NULL,
        attempts integer NOT NULL DEFAULT 0,
        due_at timestamptz,
        error text,
        outcome text,
        finished_at timestamptz,
        CONSTRAINT mail_kind_known CHECK (kind IN ('invitation', 'reset', 'asked_reset')),
        CONSTRAINT mail_language_known CHECK (language IN ('en', 'zh-TW')),
        CONSTRAINT mail_outcome_known CHECK (outcome IN ('sent', 'needless', 'given_up')),
        CONSTRAINT mail_finished_whole
          CHECK ((finished_at IS NULL) = (outcome IS NULL) AND (finished_at IS NULL) = (due_at IS NOT NULL))
      )`)
    await runner.query('CREATE INDEX mail_due ON mail (due_at) WHERE finished_at IS NULL')
    await runner.query(`CREATE INDEX mail_asked ON mail (recipient, created_at) WHERE kind = 'asked_reset'`)
    await runner.query('CREATE INDEX mail_finished ON mail (finished_at) WHERE finished_at IS NOT NULL')
    await runner.query('ALTER TABLE sign_in ADD reset_keeps_factor boolean NOT NULL DEFAULT false')
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE sign_in DROP COLUMN reset_keeps_factor')
    await runner.query('DROP TABLE mail')
  }
}
