import { randomUUID } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import type { Language } from '@obb/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { SEALED, SealError, Vault } from '../secrets/index.js'
import type { Mail } from './mail.table.js'
import { PATIENCE_MS, pauseAfter } from './patience.js'

const MINUTE_MS = 60_000
const DAY_MS = 24 * 3_600_000
/** One who sends has this long, ms; after that another one may. */
const LEASE_MS = 3 * MINUTE_MS
/** Somebody who asks for a reset again and again is sent one in this time, ms. */
const ASKED_AGAIN_MS = 10 * MINUTE_MS
/** How long it is known what became of a mail, ms. */
const KEPT_MS = DAY_MS
/** Of what a mail server said, characters. */
const MAX_ERROR = 300

export type MailOutcome = NonNullable<Mail['outcome']>

/** A mail that is being sent. */
export interface DueMail extends Pick<Mail, 'id' | 'kind' | 'recipient' | 'language' | 'attempts' | 'error'> {
  /** Of its link; undefined where none was made yet. */
  token: string | undefined
  /** Whether an attempt that fails is the last: its link is no longer good by then. */
  isLast: boolean
}

/** How mails go: what waits, and what came of it lately. */
export interface MailState {
  waiting: number
  /** Since when the oldest one waits. */
  waitingSince: Date | null
  /** Of those that wait, what kept the one that was tried last. */
  error: string | null
  lastSentAt: Date | null
}

/** Mails that wait in the database, from the transaction that wants them until a mail server has taken them. */
@Injectable()
export class Mails {
  constructor(
    private readonly database: DataSource,
    private readonly vault: Vault,
    private readonly clock: Clock,
  ) {}

  /** A mail with a link that is made already. */
  async add(
    { kind, recipient, language }: Pick<Mail, 'recipient' | 'language'> & { kind: 'invitation' | 'reset' },
    token: string,
    tx: EntityManager,
  ): Promise<void> {
    const id = randomUUID()
    await tx.query(
      `INSERT INTO mail (id, kind, recipient, language, sealed_token, created_at, due_at)
       VALUES ($1, $2, $3, $4, $5, $6, $6)`,
      [id, kind, recipient, language, this.vault.seal(SEALED.mail.purpose, id, token), dateOf(this.clock)],
    )
  }

  /**
   * Somebody asks for a reset by an e-mail: the same statement whoever that is, since whose it is is looked at when the
   * mail is sent. Who asked in the last minutes already is not sent another one.
   */
  async askReset(recipient: string, language: Language): Promise<void> {
    const now = this.clock.now()
    await this.database.query(
      `INSERT INTO mail (id, kind, recipient, language, created_at, due_at)
       SELECT $1, 'asked_reset', $2, $3, $4::timestamptz, $4::timestamptz
        WHERE NOT EXISTS (SELECT FROM mail WHERE kind = 'asked_reset' AND recipient = $2 AND created_at > $5)`,
      [randomUUID(), recipient, language, new Date(now), new Date(now - ASKED_AGAIN_MS)],
    )
  }

  /** One that is due, for a sender that has LEASE_MS for it: after a crash it is due again. */
  async take(): Promise<DueMail | undefined> {
    const now = this.clock.now()
    const [rows] = await this.database.query<[TakenRow[], number]>(
      `UPDATE mail SET attempts = attempts + 1, due_at = $2
        WHERE id = (SELECT id FROM mail WHERE finished_at IS NULL AND due_at <= $1
                     ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED)
        RETURNING id, kind, recipient, language, attempts, error, sealed_token AS sealed, created_at AS "createdAt"`,
      [new Date(now), new Date(now + LEASE_MS)],
    )
    const [row] = rows
    if (row === undefined) return undefined
    const { sealed, createdAt, ...mail } = row
    return { ...mail, token: this.tokenOf(mail.id, sealed), isLast: now - createdAt.getTime() >= PATIENCE_MS }
  }

  /** Raises nothing for a token that a key sealed which is gone: the mail is then without one. */
  private tokenOf(id: string, sealed: Buffer | null): string | undefined {
    try {
      return sealed === null ? undefined : String(this.vault.open(SEALED.mail.purpose, id, sealed))
    } catch (error) {
      if (error instanceof SealError) return undefined
      throw error
    }
  }

  /** The token of a link that was made for it: the same in every attempt. */
  async keepToken({ id }: Pick<DueMail, 'id'>, token: string, tx: EntityManager): Promise<void> {
    await tx.query('UPDATE mail SET sealed_token = $2 WHERE id = $1', [
      id,
      this.vault.seal(SEALED.mail.purpose, id, token),
    ])
  }

  async finish({ id }: Pick<DueMail, 'id'>, outcome: MailOutcome, error?: string): Promise<void> {
    await this.database.query(
      `UPDATE mail SET finished_at = $2, outcome = $3, error = $4, due_at = NULL, sealed_token = NULL
        WHERE id = $1`,
      [id, dateOf(this.clock), outcome, error?.slice(0, MAX_ERROR) ?? null],
    )
  }

  /** It is tried again after a pause that grows. */
  async postpone({ id, attempts }: Pick<DueMail, 'id' | 'attempts'>, error: string): Promise<void> {
    await this.database.query('UPDATE mail SET due_at = $2, error = $3 WHERE id = $1', [
      ...[id, new Date(this.clock.now() + pauseAfter(attempts)), error.slice(0, MAX_ERROR)],
    ])
  }

  /** What keeps mails from going: of those that wait, what kept the one that was tried last; null: nothing. */
  async fault(): Promise<string | null> {
    const [row] = await this.database.query<{ error: string }[]>(
      'SELECT error FROM mail WHERE finished_at IS NULL AND error IS NOT NULL ORDER BY due_at DESC LIMIT 1',
    )
    return row?.error ?? null
  }

  async state(): Promise<MailState> {
    const [row] = await this.database.query<[Omit<MailState, 'error'>]>(
      `SELECT count(*) FILTER (WHERE finished_at IS NULL)::int AS waiting,
              min(created_at) FILTER (WHERE finished_at IS NULL) AS "waitingSince",
              max(finished_at) FILTER (WHERE outcome = 'sent') AS "lastSentAt"
         FROM mail`,
    )
    return { ...row, error: await this.fault() }
  }

  /** Removes those that are finished, and those that nobody sends any more. */
  async forgetOld(): Promise<void> {
    const now = this.clock.now()
    await this.database.query('DELETE FROM mail WHERE finished_at < $1', [new Date(now - KEPT_MS)])
    await this.database.query('DELETE FROM mail WHERE finished_at IS NULL AND created_at < $1', [
      new Date(now - 2 * PATIENCE_MS),
    ])
  }
}

interface TakenRow extends Omit<DueMail, 'token' | 'isLast'> {
  sealed: Buffer | null
  createdAt: Date
}
