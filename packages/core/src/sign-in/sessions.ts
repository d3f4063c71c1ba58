import { randomUUID } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { type Account, type Caller, mayActSql } from '../accounts/index.js'
import { Clock, dateOf } from '../clock/index.js'
import { lockSignIn, shareLockSignIn, transaction } from '../locks/index.js'
import { Session } from './session.table.js'
import { newToken, tokenHash } from './token.js'

const DAY_MS = 86_400_000
/** A session that is not used for this long has ended. */
export const IDLE_MS = 30 * DAY_MS
/** A session ends after this, however much it is used. */
export const MAX_AGE_MS = 90 * DAY_MS
/** An operator looks at the portal as somebody else for this long. */
export const VIEW_MS = 30 * 60_000
/** How old `seen_at` becomes before it is written again. */
const SEEN_MS = 60_000
/** Of a User-Agent, characters. */
const MAX_CLIENT = 300

/** By what, and from where. */
export interface Visitor {
  address: string
  /** User-Agent, as it was sent. */
  client: string | undefined
}

/** By what somebody signs in. */
export interface Shown {
  /** Of the password. */
  passwordHash?: string | undefined
  /** Raises where something else that was shown holds no more; what it finds is so until the transaction is over. */
  assertHolds?: ((tx: EntityManager) => Promise<void>) | undefined
}

/** Who is signed in, and in which session. */
export interface SignedIn {
  sessionId: string
  email: string
  role: Account['role']
  caller: Caller
  /** Where an operator, by e-mail, looks on as this account and is allowed nothing else. */
  view?: { operator: string; until: Date } | undefined
}

interface Row extends Omit<Caller, 'isViewed'> {
  sessionId: string
  email: string
  role: Account['role']
  seenAt: Date
  isViewed: boolean
  owner: string
  viewingUntil: Date
}

/** Sessions of the portal. Their tokens are known to nobody but the browsers that have them. */
@Injectable()
export class Sessions {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * A new session; its token is in this answer and nowhere else. Undefined where the password that was shown is another
   * one by now, which has ended all sessions. Raises as `assertHolds`.
   */
  async begin(
    accountId: string,
    { address, client }: Visitor,
    { passwordHash, assertHolds }: Shown = {},
  ): Promise<string | undefined> {
    const token = newToken()
    const now = dateOf(this.clock)
    return transaction(this.database, async (tx) => {
      if (!(await shareLockSignIn(tx, accountId, passwordHash))) return undefined
      await assertHolds?.(tx)
      await tx.insert(Session, {
        hash: tokenHash(token),
        id: randomUUID(),
        accountId,
        createdAt: now,
        seenAt: now,
        expiresAt: new Date(now.getTime() + MAX_AGE_MS),
        ...{ address, client: client?.slice(0, MAX_CLIENT) ?? null },
      })
      return token
    })
  }

  /**
   * Who is signed in by a token, and that he was seen; undefined by one that is not valid, or not any more. Of an
   * operator who looks on as a user, that user.
   */
  async find(token: string, visitor: Visitor): Promise<SignedIn | undefined> {
    const hash = tokenHash(token)
    const now = dateOf(this.clock)
    const [row] = await this.database.query<Row[]>(
      `SELECT s.id AS "sessionId", s.seen_at AS "seenAt", v.id IS NOT NULL AS "isViewed", o.email AS owner,
              s.viewing_until AS "viewingUntil", a.email, a.role, a.id AS "accountId", a.state,
              a.expires_at AS "expiresAt", a.traffic_left AS "trafficLeft", a.traffic_max AS "trafficMax",
              a.daily_per_host AS "dailyPerHost", a.host_caps AS "hostCaps", a.solo, false AS "errorsAs200"
         FROM session s JOIN account o ON o.id = s.account_id
         LEFT JOIN account v ON v.id = s.viewing AND s.viewing_until > $2 AND v.state <> 'removed'
                            AND o.role = 'operator' AND ${mayActSql('o', '$2')}
         JOIN account a ON a.id = coalesce(v.id, o.id)
        WHERE s.hash = $1 AND s.expires_at > $2 AND s.seen_at > $3`,
      [hash, now, new Date(now.getTime() - IDLE_MS)],
    )
    if (row === undefined) return undefined
    const { sessionId, email, role, seenAt, isViewed, owner, viewingUntil, ...caller } = row
    if (now.getTime() - seenAt.getTime() > SEEN_MS) await this.see(hash, now, visitor)
    if (!isViewed) return { sessionId, email, role, caller }
    const view = { operator: owner, until: viewingUntil }
    return { sessionId, email, role: 'user', caller: { ...caller, isViewed }, view }
  }

  private async see(hash: Buffer, now: Date, { address, client }: Visitor): Promise<void> {
    await this.database.query('UPDATE session SET seen_at = $2, address = $3, client = $4 WHERE hash = $1', [
      ...[hash, now, address, client?.slice(0, MAX_CLIENT) ?? null],
    ])
  }

  /**
   * For who changes by what an account is signed in to: nobody else does until the transaction is over. Raises Refusal
   * `signed_out` where the session has ended, as another password and a second factor end all others.
   */
  async lockIn(tx: EntityManager, { sessionId, caller }: SignedIn): Promise<void> {
    await lockSignIn(tx, caller.accountId)
    if (!(await tx.existsBy(Session, { id: sessionId }))) throw new Refusal('signed_out')
  }

  /** Has the owner of a session, who is an operator, look on as an account in it. */
  async view(sessionId: string, accountId: string): Promise<void> {
    const viewingUntil = new Date(this.clock.now() + VIEW_MS)
    await this.database.manager.update(Session, { id: sessionId }, { viewing: accountId, viewingUntil })
  }

  async endView(sessionId: string): Promise<void> {
    await this.database.manager.update(Session, { id: sessionId }, { viewing: null, viewingUntil: null })
  }

  /** The session of a token, if there is one. */
  async end(token: string): Promise<void> {
    await this.database.manager.delete(Session, { hash: tokenHash(token) })
  }

  /** One of an account's. Whether there was one. */
  async endById(accountId: string, id: string): Promise<boolean> {
    const { affected } = await this.database.manager.delete(Session, { accountId, id })
    return affected === 1
  }

  /** All of an account, but for the one with this id. How many. */
  async endAll(
    accountId: string,
    except?: string,
    tx: EntityManager = this.database.manager,
  ): Promise<number> {
    const [, count] = await tx.query<[unknown, number]>(
      'DELETE FROM session WHERE account_id = $1 AND id IS DISTINCT FROM $2',
      [accountId, except ?? null],
    )
    return count
  }

  /** Those of an account that are valid, the last one seen first. */
  list(accountId: string): Promise<Session[]> {
    const now = this.clock.now()
    return this.database.manager
      .createQueryBuilder(Session, 's')
      .where('s.accountId = :accountId AND s.expiresAt > :now AND s.seenAt > :idle', {
        accountId,
        now: new Date(now),
        idle: new Date(now - IDLE_MS),
      })
      .orderBy('s.seenAt', 'DESC')
      .addOrderBy('s.id')
      .getMany()
  }

  /** Removes those that have ended by their time. */
  async forgetOld(): Promise<void> {
    const now = this.clock.now()
    await this.database.query('DELETE FROM session WHERE expires_at <= $1 OR seen_at <= $2', [
      new Date(now),
      new Date(now - IDLE_MS),
    ])
  }
}
