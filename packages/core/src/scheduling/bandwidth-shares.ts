import { Injectable } from '@nestjs/common'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { nextShare, type BandwidthDemand } from './fair-share.js'

/** LOCK is the number of the advisory lock under which shares are claimed one after the other. */
const LOCK = 0x0bd
/** A worker that has not claimed for so long has lost its leases, so nothing of it runs any more, ms. */
const GONE_MS = 20_000
/** A fetch that needs nothing now keeps so much of a limit, to show by it when it needs more. */
const LEAST = 0.01

interface Limit {
  name: string
  bandwidth: number
}

interface Row extends BandwidthDemand {
  name: string
  worker: string
  share: number
}

/**
 * Which part of the limits of platforms and operator accounts is a worker's. A limit holds over all workers: each
 * claims again and again what its fetches could use, gets its fair share of it, and what others still hold it gets
 * once they have claimed too. So the parts never exceed the limit, and what one does not use the others do.
 */
@Injectable()
export class BandwidthShares {
  /** Whether there may be rows of ours. */
  private holds = true

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Bytes per second by platform or operator account, of those among `claims` that have a limit. A share that becomes
   * less is told to `lower` before anybody else can have the rest. Whatever else `worker` had is given back.
   */
  async claim(
    worker: string,
    claims: ReadonlyMap<string, BandwidthDemand>,
    lower: (name: string, share: number) => void,
  ): Promise<ReadonlyMap<string, number>> {
    const limits = await this.limits([...claims.keys()])
    if (limits.length === 0 && !this.holds) return new Map()
    const shares = await this.database.transaction((tx) =>
      this.claimShares(tx, worker, limits, claims, lower),
    )
    this.holds = limits.length > 0
    return shares
  }

  private limits(names: readonly string[]): Promise<Limit[]> {
    return this.database.query(
      `SELECT platform AS name, bandwidth::float8 FROM host_setting
        WHERE bandwidth IS NOT NULL AND platform = ANY ($1)
       UNION ALL
       SELECT id::text, bandwidth::float8 FROM host_account
        WHERE bandwidth IS NOT NULL AND id::text = ANY ($1)`,
      [names],
    )
  }

  private async claimShares(
    tx: EntityManager,
    worker: string,
    limits: readonly Limit[],
    claims: ReadonlyMap<string, BandwidthDemand>,
    lower: (name: string, share: number) => void,
  ): Promise<ReadonlyMap<string, number>> {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [LOCK])
    const names = limits.map(({ name }) => name)
    const now = this.clock.now()
    await tx.query(
      'DELETE FROM bandwidth_share WHERE worker = $1 AND name <> ALL ($2) OR worker <> $1 AND seen_at < $3',
      [worker, names, new Date(now - GONE_MS)],
    )
    const rows = await tx.query<Row[]>(
      'SELECT name, worker, fetches, demand, share FROM bandwidth_share WHERE name = ANY ($1)',
      [names],
    )
    const shares = new Map<string, number>()
    for (const { name, bandwidth } of limits) {
      const { fetches = 1, demand = 0 } = claims.get(name) ?? {}
      const mine = { fetches, demand: Math.max(demand, bandwidth * LEAST) }
      const ofName = rows.filter((row) => row.name === name)
      const others = ofName.filter((row) => row.worker !== worker)
      const share = nextShare(bandwidth, mine, others)
      const before = ofName.find((row) => row.worker === worker)?.share ?? 0
      if (share < before) lower(name, share)
      shares.set(name, share)
      await tx.query(
        `INSERT INTO bandwidth_share (name, worker, fetches, demand, share, seen_at) VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (name, worker) DO UPDATE SET fetches = $3, demand = $4, share = $5, seen_at = $6`,
        [name, worker, mine.fetches, mine.demand, share, dateOf(this.clock)],
      )
    }
    return shares
  }
}
