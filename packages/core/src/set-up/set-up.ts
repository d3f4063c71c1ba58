import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock } from '../clock/index.js'

export interface SetUpState {
  /** Steps that are done, by what there is and not by what somebody clicked. */
  steps: { storage: boolean; hostAccount: boolean; user: boolean; file: boolean }
  /** Nobody wants to be reminded of the others. */
  dismissed: boolean
}

/**
 * How far the guided set-up is: a fetcher has found the store to take files; there is a host account that is on;
 * somebody beside the first operator can sign in, or is invited; a file has come in.
 */
@Injectable()
export class SetUp {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  async state(): Promise<SetUpState> {
    const [{ dismissed, ...steps }] = await this.database.query<
      [SetUpState['steps'] & { dismissed: boolean }]
    >(
      `SELECT EXISTS (SELECT FROM installation) AND EXISTS (SELECT FROM store_health WHERE trouble IS NULL) AS storage,
              EXISTS (SELECT FROM host_account WHERE enabled AND trial_until IS NULL) AS "hostAccount",
              (SELECT count(*) FROM (SELECT FROM sign_in LIMIT 2) known) = 2
                OR EXISTS (SELECT FROM invitation WHERE expires_at > $1) AS "user",
              EXISTS (SELECT FROM source_file WHERE state = 'done') AS file,
              EXISTS (SELECT FROM set_up WHERE dismissed_at IS NOT NULL) AS dismissed`,
      [new Date(this.clock.now())],
    )
    return { steps, dismissed }
  }

  /** Whether somebody wants to be reminded of what is left. */
  async setDismissed(dismissed: boolean): Promise<void> {
    await this.database.query('UPDATE set_up SET dismissed_at = $1', [
      dismissed ? new Date(this.clock.now()) : null,
    ])
  }
}
