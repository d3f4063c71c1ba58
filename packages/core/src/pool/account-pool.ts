import { randomUUID } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import type { HostError } from '@obb/host-adapters'
import type { EntityManager } from 'typeorm'
import { dateOf } from '../clock/index.js'
import { transaction } from '../locks/index.js'
import { Statement, sharedAnswer } from '../statements/index.js'
import { AccountRegister, type PooledAccount, type SealedAccount } from './account-register.js'

/** How long an account rests when its refusal names no time, ms. */
const DEFAULT_COOL_MS = 10 * 60_000

/** A pause that follows the last one so soon is longer than it, ms. */
const SOON_MS = 60 * 60_000
/** As far as pauses grow, ms; a host may name a longer one. */
const LONGEST_COOL_MS = 2 * 60 * 60_000

/** Refusals after which an account is of no use until an operator looks at it. */
const DISABLING = new Set([
  'ACCOUNT_INVALID',
  'ACCOUNT_NOT_PREMIUM',
  'ACCOUNT_NEEDS_HUMAN',
  'CAPABILITY_OFF',
  'CONFIG',
  'SESSION_EXPIRED',
])

export interface Lease {
  id: string
  account: PooledAccount
  /** Connections that this download may open at the platform. */
  connections: number
}

/** Busy accounts come back soon, exhausted ones at `retryAt` (epoch ms), and none is none. */
export interface LeaseRefusal {
  lease?: undefined
  reason: 'busy' | 'exhausted' | 'none'
  retryAt?: number
  /** Bytes of the largest file that an account with room could take; undefined if none has room. */
  fits?: number
}

export type LeaseAnswer = { lease: Lease } | LeaseRefusal

export interface LeaseWant {
  platform: string
  fileId: string
  worker: string
  /** Bytes that the account must have left. */
  size: number
  /** The platform's limit of downloads per account; an account may have its own. */
  maxPerAccount: number
  /** Connections that one download uses at most. */
  maxConnections: number
  leaseMs: number
  /** Accounts that this file has been refused by already. */
  exclude: readonly string[]
}

/** What the accounts of a platform could serve, now or later: busy ones count. */
export interface PoolCapacity {
  /** There is an account, whatever state it is in. */
  configured: boolean
  /** Bytes of the largest file that a usable account has traffic for; null without one, infinite without a limit. */
  largest: number | null
  /** When the first cooling account is back, if one is cooling. */
  retryAt: Date | null
}

export interface PlatformTraffic {
  accounts: number
  /** How many of those accounts are enabled and have not expired. */
  usable: number
  /** Bytes; null where any account's figure is unknown or unlimited. */
  left: number | null
  total: number
  changedAt: Date
}

const IN_USE = `a.platform = $1 AND a.enabled AND a.trial_until IS NULL AND (a.cool_until IS NULL OR a.cool_until <= $2)
  AND (a.valid_until IS NULL OR a.valid_until > $2)`
const USABLE = `${IN_USE} AND (a.traffic_left IS NULL OR a.traffic_left >= $3)`

/** Downloads and connections that the account `a` is leased for. */
const HELD_BY_A = `SELECT count(*)::int AS downloads, coalesce(sum(connections), 0)::int AS connections
  FROM pool_lease p WHERE p.host_account_id = a.id AND p.expires_at > $2`
/** `limit`: the parameter that holds the platform's own limit of downloads. */
const room = (limit: '$3' | '$4' | '$5') => `lease.downloads < coalesce(a.max_downloads, ${limit}::int)
  AND (a.max_connections IS NULL OR lease.connections < a.max_connections)`

const TRAFFIC = new Statement<PlatformTraffic & { platform: string }>(
  `SELECT platform, count(*) FILTER (WHERE enabled)::int AS accounts,
          (count(*) FILTER (WHERE enabled AND (valid_until IS NULL OR valid_until > $1)))::int AS usable,
          CASE WHEN bool_or(enabled AND traffic_left IS NULL) THEN NULL
               ELSE sum(traffic_left) FILTER (WHERE enabled) END::bigint AS left,
          coalesce(sum(traffic_total) FILTER (WHERE enabled), 0)::bigint AS total,
          max(greatest(created_at, checked_at)) AS "changedAt"
     FROM host_account WHERE trial_until IS NULL GROUP BY platform`,
)

/** What is refused while it rests, as by calls under way, makes its pauses no longer. */
const REST = `WITH next AS (
    SELECT id, CASE WHEN rest_end > $2::timestamptz THEN rests
                    WHEN rest_end > $2::timestamptz - interval '1 millisecond' * $6::float8 THEN least(rests + 1, 10)
                    ELSE 0 END AS rests
      FROM host_account WHERE id = $1 AND enabled FOR UPDATE
  ), timed AS (
    SELECT id, rests, $2::timestamptz
             + interval '1 millisecond' * least($5::float8, $4::float8 * power(2, rests)) AS until FROM next
  )
  UPDATE host_account a
     SET rests = timed.rests, cool_until = greatest(a.cool_until, timed.until),
         rest_end = greatest(a.rest_end, timed.until), off_reason = $3
    FROM timed WHERE a.id = timed.id`

/** The operator's accounts at the platforms: who may be used now, for how much, and why not. */
@Injectable()
export class AccountPool extends AccountRegister {
  private readonly traffic = sharedAnswer(async () => {
    const rows = await TRAFFIC.run(this.database, [dateOf(this.clock)])
    return new Map(rows.map((row) => [row.platform, row]))
  })

  async capacity(
    platform: string,
    runner: Pick<EntityManager, 'query'> = this.database,
  ): Promise<PoolCapacity> {
    const [capacity] = await runner.query<PoolCapacity[]>(
      `SELECT EXISTS (SELECT 1 FROM host_account WHERE platform = $1 AND trial_until IS NULL) AS configured,
              (SELECT max(coalesce(a.traffic_left, 'infinity'::float8)) FROM host_account a WHERE ${USABLE}) AS largest,
              (SELECT min(cool_until) FROM host_account
                WHERE platform = $1 AND enabled AND trial_until IS NULL AND cool_until > $2) AS "retryAt"`,
      [platform, dateOf(this.clock), 0],
    )
    return capacity ?? { configured: false, largest: null, retryAt: null }
  }

  /**
   * The best usable account, held until `leaseMs` from now: fewest downloads first, then most traffic left, then
   * the one that expires first.
   */
  acquire(want: LeaseWant): Promise<LeaseAnswer> {
    return transaction(this.database, (tx) => this.acquireIn(tx, want))
  }

  /** The same inside a transaction of the caller's. */
  async acquireIn(tx: EntityManager, want: LeaseWant): Promise<LeaseAnswer> {
    const now = this.clock.now()
    const [account] = await tx.query<SealedAccount[]>(
      `SELECT a.id, a.sealed_credentials AS "sealedCredentials", a.sealed_proxy AS "sealedProxy"
         FROM host_account a CROSS JOIN LATERAL (${HELD_BY_A}) lease
        WHERE ${USABLE} AND ${room('$4')} AND a.id <> ALL($5)
        ORDER BY lease.downloads, a.traffic_left DESC NULLS FIRST, a.valid_until NULLS LAST, a.id
        LIMIT 1 FOR NO KEY UPDATE OF a SKIP LOCKED`,
      [want.platform, new Date(now), want.size, want.maxPerAccount, want.exclude],
    )
    if (!account) return this.noLease(tx, want)
    // Under the account's lock now: what was counted before it may be out of date.
    const [held] = await tx.query<{ room: boolean; connections: number | null }[]>(
      `SELECT ${room('$3')} AS room, (a.max_connections - lease.connections)::int AS connections
         FROM host_account a CROSS JOIN LATERAL (${HELD_BY_A}) lease
        WHERE a.id = $1`,
      [account.id, new Date(now), want.maxPerAccount],
    )
    if (held?.room !== true) return { reason: 'busy' }
    const id = randomUUID()
    const connections = Math.min(want.maxConnections, held.connections ?? want.maxConnections)
    await tx.query(
      `INSERT INTO pool_lease (id, host_account_id, file_id, worker, connections, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [id, account.id, want.fileId, want.worker, connections, new Date(now + want.leaseMs)],
    )
    return { lease: { id, account: this.open(account), connections } }
  }

  private async noLease(
    tx: EntityManager,
    want: Pick<LeaseWant, 'platform' | 'size' | 'maxPerAccount' | 'exclude'>,
  ): Promise<LeaseRefusal> {
    const now = dateOf(this.clock)
    const [row] = await tx.query<{ busy: boolean; fits: number | null; retryAt: Date | null }[]>(
      `SELECT EXISTS (SELECT 1 FROM host_account a WHERE ${USABLE} AND a.id <> ALL($4)) AS busy,
              (SELECT max(coalesce(a.traffic_left, ${Number.MAX_SAFE_INTEGER}))
                 FROM host_account a CROSS JOIN LATERAL (${HELD_BY_A}) lease
                WHERE ${IN_USE} AND ${room('$5')} AND a.id <> ALL($4)) AS fits,
              (SELECT min(cool_until) FROM host_account
                WHERE platform = $1 AND enabled AND trial_until IS NULL AND cool_until > $2) AS "retryAt"`,
      [want.platform, now, want.size, want.exclude, want.maxPerAccount],
    )
    const fits = row && row.fits !== null ? { fits: row.fits } : {}
    if (row?.busy) return { reason: 'busy', ...fits }
    return row?.retryAt
      ? { reason: 'exhausted', retryAt: row.retryAt.getTime(), ...fits }
      : { reason: 'none' }
  }

  /** An account for a light call such as a link check; no lease is taken. */
  async pick(platform: string, exclude: readonly string[]): Promise<PooledAccount | undefined> {
    const [account] = await this.database.query<SealedAccount[]>(
      `SELECT a.id, a.sealed_credentials AS "sealedCredentials", a.sealed_proxy AS "sealedProxy" FROM host_account a
        WHERE ${USABLE} AND a.id <> ALL($4) ORDER BY random() LIMIT 1`,
      [platform, dateOf(this.clock), 0, exclude],
    )
    return account && this.open(account)
  }

  /**
   * False if it is lost: one that ran out stays so, since its place may have been given to another, and with its
   * account it is gone.
   */
  async renew(leaseId: string, leaseMs: number): Promise<boolean> {
    const now = this.clock.now()
    const [, renewed] = await this.database.query<[unknown[], number]>(
      'UPDATE pool_lease SET expires_at = $2 WHERE id = $1 AND expires_at > $3',
      [leaseId, new Date(now + leaseMs), new Date(now)],
    )
    return renewed === 1
  }

  async release(leaseId: string): Promise<void> {
    await this.database.query('DELETE FROM pool_lease WHERE id = $1', [leaseId])
    // Leases of dead workers go on their own and without waiting: whoever claims files removes theirs in his order.
    await this.database.query(
      `DELETE FROM pool_lease WHERE id IN (
         SELECT id FROM pool_lease WHERE expires_at <= $1 FOR UPDATE SKIP LOCKED)`,
      [dateOf(this.clock)],
    )
  }

  /**
   * Takes an account out of use after its refusal: until its time, later each time if it is refused again soon after. Until
   * an operator acts where the platform said so in words of its own: a status alone may pass by itself.
   */
  async setAside(accountId: string, error: HostError): Promise<void> {
    const { kind, message, humanAction: act } = error
    const reason = `${kind}: ${message}${act ? `; ${act.reason} ${act.url}` : ''}`.slice(0, 500)
    if (DISABLING.has(error.kind) && !error.presumed) {
      await this.database.query(
        'UPDATE host_account SET enabled = false, off_reason = $2, cool_until = NULL WHERE id = $1',
        [accountId, reason],
      )
      return
    }
    const now = this.clock.now()
    const pauseMs = Math.max(0, (error.retryAt ?? now + DEFAULT_COOL_MS) - now)
    await this.database.query(REST, [
      accountId,
      new Date(now),
      reason,
      pauseMs,
      Math.max(pauseMs, LONGEST_COOL_MS),
      SOON_MS,
    ])
  }

  trafficByPlatform(): Promise<ReadonlyMap<string, PlatformTraffic>> {
    return this.traffic.ask()
  }
}
