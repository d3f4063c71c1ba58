import { Injectable } from '@nestjs/common'
import type { HostSession, SessionStore, SessionResult } from '@obb/host-adapters'
import { DataSource, type EntityManager } from 'typeorm'
import { z } from 'zod'
import { Clock } from '../clock/index.js'
import { SEALED, Vault } from '../secrets/index.js'

const PURPOSE = SEALED.session.purpose
const sessionSchema = z.object({ token: z.string(), expiresAt: z.number() })

/** Class of the advisory locks on logins; the second number is the account's. */
const LOGIN_LOCK = 0x0bb

/**
 * Cached logins of the operator's accounts, shared by all fetchers. One login at a time per account: inside
 * a process by sharing the promise, between processes by an advisory lock that ends with its transaction,
 * so a process killed during a login holds nobody up.
 */
@Injectable()
export class PgSessions {
  private readonly logins = new Map<string, Promise<HostSession>>()
  /** The last of those in this process that wait to have the session to themselves: one connection is enough. */
  private readonly turns = new Map<string, Promise<unknown>>()

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    private readonly vault: Vault,
  ) {}

  /** The session store of one account. */
  of(accountId: string): SessionStore {
    return {
      obtain: async (login, refused) => {
        for (;;) {
          const cached = await this.read(this.database.manager, accountId)
          if (this.usable(cached, refused)) return cached
          const current = this.logins.get(accountId)
          if (!current) return this.loginAlone(accountId, login, refused)
          const session = await current
          // That login may have found the very session that was refused here, made by another process.
          if (session.token !== refused?.token) return session
        }
      },
      exclusive: (work) => {
        const turn = (this.turns.get(accountId) ?? Promise.resolve()).then(() => this.turn(accountId, work))
        const ended = turn
          .catch(() => undefined)
          .finally(() => this.turns.get(accountId) === ended && this.turns.delete(accountId))
        this.turns.set(accountId, ended)
        return turn
      },
    }
  }

  private loginAlone(
    accountId: string,
    login: () => Promise<HostSession>,
    refused: HostSession | undefined,
  ): Promise<HostSession> {
    const current = this.login(accountId, login, refused).finally(() => this.logins.delete(accountId))
    this.logins.set(accountId, current)
    return current
  }

  private async login(
    accountId: string,
    login: () => Promise<HostSession>,
    refused: HostSession | undefined,
  ): Promise<HostSession> {
    return this.alone(accountId, async (cached, keep) => {
      if (this.usable(cached, refused)) return cached
      const session = await login()
      await keep(session)
      return session
    })
  }

  private turn<T>(
    accountId: string,
    work: (session: HostSession | undefined) => Promise<SessionResult<T>>,
  ): Promise<T> {
    return this.alone(accountId, async (cached, keep) => {
      const { session, result } = await work(this.usable(cached, undefined) ? cached : undefined)
      await keep(session)
      return result
    })
  }

  /** While nobody else, in whatever process, logs in or has the session to themselves. */
  private alone<T>(
    accountId: string,
    work: (
      cached: HostSession | undefined,
      keep: (session: HostSession | undefined) => Promise<unknown>,
    ) => Promise<T>,
  ): Promise<T> {
    return this.database.transaction(async (tx) => {
      await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [LOGIN_LOCK, accountId])
      const keep = (session: HostSession | undefined) =>
        tx.query('UPDATE host_account SET sealed_session = $2 WHERE id = $1', [
          accountId,
          session && this.vault.seal(PURPOSE, accountId, session),
        ])
      return work(await this.read(tx, accountId), keep)
    })
  }

  private usable(cached: HostSession | undefined, refused: HostSession | undefined): cached is HostSession {
    return cached !== undefined && cached.expiresAt > this.clock.now() && cached.token !== refused?.token
  }

  private async read(
    runner: Pick<EntityManager, 'query'>,
    accountId: string,
  ): Promise<HostSession | undefined> {
    const [row] = await runner.query<{ sealed: Buffer | null }[]>(
      'SELECT sealed_session AS sealed FROM host_account WHERE id = $1',
      [accountId],
    )
    return row?.sealed ? sessionSchema.parse(this.vault.open(PURPOSE, accountId, row.sealed)) : undefined
  }
}

/** For platforms that need no account: nothing to log in to. */
export const noSessions: SessionStore = {
  obtain: () => Promise.reject(new Error('this platform has no accounts to log in with')),
  exclusive: () => Promise.reject(new Error('this platform has no accounts to log in with')),
}
