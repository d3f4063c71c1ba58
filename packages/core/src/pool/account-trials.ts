import { Injectable } from '@nestjs/common'
import { Refusal, SWITCHED_OFF } from '@obb/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { lockHostAccounts, transaction } from '../locks/index.js'
import { SEALED, SealError, Vault } from '../secrets/index.js'
import { type IdentifyingField, identityOf, labelOf } from './account-identity.js'
import { AccountRegister, type AccountTerms, credentialsSchema } from './account-register.js'
import { HostAccount } from './host-account.table.js'

/** How long a trial may take until it is forgotten, ms: longer than anybody waits for its outcome. */
const TRIAL_MS = 120_000

export interface Candidate extends Partial<AccountTerms> {
  platform: string
  credentials: Record<string, string>
}

/** TrialOutcome is what came of a trial so far. `reason`: kind of a host error and the host's words, for operators. */
export type TrialOutcome =
  | { state: 'open' }
  | { state: 'passed' }
  /** `byHost`: the host refused the account; otherwise it could not be asked. */
  | { state: 'failed'; byHost: boolean; reason: string }

/**
 * Accounts before they are the operator's: a row that is sealed like any other, so that a fetcher can check it, and that
 * nobody fetches with, lists or counts. It becomes an account, or new credentials of one, in a single transaction; one
 * that nobody decides about is forgotten.
 */
@Injectable()
export class AccountTrials {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    private readonly vault: Vault,
    private readonly register: AccountRegister,
  ) {}

  /** The id of the trial. */
  begin(candidate: Candidate, fields: readonly IdentifyingField[]): Promise<string> {
    const label = labelOf(fields, candidate.credentials)
    return this.register.add({ ...candidate, label }, new Date(this.clock.now() + TRIAL_MS))
  }

  async outcome(trialId: string): Promise<TrialOutcome> {
    const trial = await this.database.manager.findOneBy(HostAccount, { id: trialId })
    if (trial === null) return { state: 'failed', byHost: false, reason: 'the test took too long' }
    const { checkedAt, coolUntil, enabled, offReason, premium } = trial
    const isRefused = !enabled || coolUntil !== null
    if (isRefused) return { state: 'failed', byHost: true, reason: offReason ?? '' }
    if (offReason !== null) return { state: 'failed', byHost: false, reason: offReason }
    return checkedAt !== null && premium === true ? { state: 'passed' } : { state: 'open' }
  }

  /**
   * Raises Refusal `conflict` if an account of the platform, other than `except`, is the same one. It holds until
   * somebody adopts another: `adopt` looks again.
   */
  async assertNew(
    { platform, credentials }: Pick<Candidate, 'platform' | 'credentials'>,
    fields: readonly IdentifyingField[],
    { except, tx = this.database.manager }: { except?: string; tx?: EntityManager } = {},
  ): Promise<void> {
    const identity = identityOf(fields, credentials)
    const accounts = await tx.query<{ id: string; sealed: Buffer }[]>(
      `SELECT id, sealed_credentials AS sealed FROM host_account
        WHERE platform = $1 AND trial_until IS NULL ORDER BY created_at`,
      [platform],
    )
    for (const { id, sealed } of accounts) {
      if (id === except || identityOf(fields, this.open(id, sealed)) !== identity) continue
      const details = [
        `This account is there already: ${id}. To give it another password, use account set ${id} --set …`,
      ]
      throw new Refusal('conflict', { details })
    }
  }

  /**
   * Makes an account of the trial, or with `into` new credentials of the account of that id, which keeps its id, its
   * terms and its history, and is used again unless an operator switched it off. Logins of before are forgotten. False
   * if the trial was forgotten, or there is no account `into`. Raises as `assertNew`.
   */
  async adopt(trialId: string, fields: readonly IdentifyingField[], into?: string): Promise<boolean> {
    return transaction(this.database, async (tx) => {
      const [trial] = await tx.query<{ platform: string; sealed: Buffer; session: Buffer | null }[]>(
        `SELECT platform, sealed_credentials AS sealed, sealed_session AS session FROM host_account
          WHERE id = $1 AND trial_until IS NOT NULL FOR UPDATE`,
        [trialId],
      )
      if (!trial) return false
      const { platform, sealed, session } = trial
      await lockHostAccounts(tx, platform)
      const except = into === undefined ? {} : { except: into }
      await this.assertNew({ platform, credentials: this.open(trialId, sealed) }, fields, { ...except, tx })
      if (into === undefined) {
        await tx.query('UPDATE host_account SET trial_until = NULL WHERE id = $1', [trialId])
        return true
      }
      const rows = { from: trialId, to: into }
      const [, changed] = await tx.query<[unknown[], number]>(REPLACE, [
        ...[into, trialId, SWITCHED_OFF],
        this.vault.move(SEALED.credentials.purpose, rows, sealed),
        session && this.moveSession(rows, session),
      ])
      await tx.query('DELETE FROM host_account WHERE id = $1', [trialId])
      return changed === 1
    })
  }

  /** A login that cannot be read is made again. */
  private moveSession(rows: { from: string; to: string }, sealed: Buffer): Buffer | null {
    try {
      return this.vault.move(SEALED.session.purpose, rows, sealed)
    } catch (error) {
      if (error instanceof SealError) return null
      throw error
    }
  }

  /** It came to nothing. */
  async drop(trialId: string): Promise<void> {
    await this.database.query('DELETE FROM host_account WHERE id = $1 AND trial_until IS NOT NULL', [trialId])
  }

  /** forgetOld deletes the trials that nobody decided about in time. */
  async forgetOld(): Promise<void> {
    await this.database.query('DELETE FROM host_account WHERE trial_until <= $1', [dateOf(this.clock)])
  }

  /** Empty where its key is gone: then it is like no other. */
  private open(id: string, sealed: Buffer): Record<string, string> {
    try {
      return credentialsSchema.parse(this.vault.open(SEALED.credentials.purpose, id, sealed))
    } catch (error) {
      if (error instanceof SealError) return {}
      throw error
    }
  }
}

/** REPLACE puts what was checked with the new credentials in place of what was known; without a check that stays. */
const REPLACE = `
  UPDATE host_account a
     SET sealed_credentials = $4, label = t.label, sealed_session = $5,
         premium = coalesce(t.premium, a.premium), checked_at = coalesce(t.checked_at, a.checked_at),
         valid_until = CASE WHEN t.checked_at IS NULL THEN a.valid_until ELSE t.valid_until END,
         traffic_left = CASE WHEN t.checked_at IS NULL THEN a.traffic_left ELSE t.traffic_left END,
         traffic_total = CASE WHEN t.checked_at IS NULL THEN a.traffic_total ELSE t.traffic_total END,
         enabled = a.enabled OR a.off_reason IS DISTINCT FROM $3,
         off_reason = CASE WHEN a.off_reason = $3 THEN a.off_reason END,
         cool_until = NULL
    FROM host_account t
   WHERE a.id = $1 AND a.trial_until IS NULL AND t.id = $2`
