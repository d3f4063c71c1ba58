import { Injectable } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock } from '../clock/index.js'
import { transitions } from '../files/index.js'
import { deleteEndedLinks } from '../links/index.js'
import { transaction } from '../locks/index.js'
import { TrafficLedger } from '../traffic/index.js'

/** The advisory lock that makes summing up the work of one at a time. */
const SUMMING_UP = 0x0bb_5e70

/**
 * The past of links and traffic. A link that ended long ago is deleted, and the entries of its traffic become part of
 * sums by account, platform, kind and month: so no balance and no month changes by a byte, and what is kept one by one
 * does not grow with the years.
 */
@Injectable()
export class History {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Sums up links that ended `keptMs` ago or earlier, at most `limit` at once. How many they were; 0 also while another
   * worker is at it. `keptMs` is longer than the 24 hours of which the use of hosts is counted.
   */
  async sumUp(keptMs: number, limit: number): Promise<number> {
    const before = new Date(this.clock.now() - keptMs)
    return transaction(this.database, async (tx) => {
      const [turn] = await tx.query<[{ mine: boolean }]>('SELECT pg_try_advisory_xact_lock($1) AS mine', [
        SUMMING_UP,
      ])
      if (!turn.mine) return 0
      const links = await deleteEndedLinks(tx, before, limit)
      if (links.length === 0) return 0
      await TrafficLedger.sumUp(
        tx,
        links.map(({ id }) => id),
      )
      await transitions.unlink(
        tx,
        links.map(({ fileId }) => fileId),
      )
      return links.length
    })
  }
}
