import type { MigrationInterface, QueryRunner } from 'typeorm'
import { LOCK_BUSY_TABLES } from './built-ahead.js'

/** Accounts of the operator that are being tried, users and files that are removed. */
export class Removals1764100000000 implements MigrationInterface {
  readonly name = 'Removals1764100000000'

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(LOCK_BUSY_TABLES)
    await runner.query('ALTER TABLE host_account ADD COLUMN trial_until timestamptz')
    await this.know(runner, 'account', 'account_state_known', "state IN ('active', 'suspended', 'removed')")
    await this.know(
      runner,
      'link',
      'link_end_known',
      "end_reason IN ('expired', 'failed', 'cancelled', 'blocked', 'removed')",
    )
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("UPDATE link SET end_reason = 'cancelled' WHERE end_reason = 'removed'")
    await runner.query("UPDATE account SET state = 'suspended' WHERE state = 'removed'")
    await this.know(
      runner,
      'link',
      'link_end_known',
      "end_reason IN ('expired', 'failed', 'cancelled', 'blocked')",
    )
    await this.know(runner, 'account', 'account_state_known', "state IN ('active', 'suspended')")
    await runner.query('DELETE FROM host_account WHERE trial_until IS NOT NULL')
    await runner.query('ALTER TABLE host_account DROP COLUMN trial_until')
  }

  private async know(runner: QueryRunner, table: string, check: string, condition: string): Promise<void> {
    await runner.query(`ALTER TABLE ${table} DROP CONSTRAINT ${check}`)
    await runner.query(`ALTER TABLE ${table} ADD CONSTRAINT ${check} CHECK (${condition})`)
  }
}
