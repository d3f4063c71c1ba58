import { randomUUID } from 'node:crypto'
import { Injectable } from '@nestjs/common'
import { DataSource, type EntityManager } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { type SortKey, type Stretch, readStretch } from '../pages/index.js'
import { Invitation } from './invitation.table.js'
import { newToken, tokenHash } from './token.js'

/** What the account of an invitation will be. */
export type Invited = Pick<Invitation, 'email' | 'role' | 'traffic' | 'dailyPerHost'>

const NEWEST: SortKey = { properties: { createdAt: 'timestamptz', id: 'uuid' }, direction: 'DESC' }

/** Leave to make an account. */
@Injectable()
export class Invitations {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The token is in this answer and nowhere else. `ttl`: ms. */
  async add(
    invited: Invited,
    ttl: number,
    tx: EntityManager = this.database.manager,
  ): Promise<{ id: string; token: string; expiresAt: Date }> {
    const [id, token, now] = [randomUUID(), newToken(), this.clock.now()]
    const expiresAt = new Date(now + ttl)
    await tx.insert(Invitation, {
      ...{ id, hash: tokenHash(token), createdAt: new Date(now), expiresAt },
      ...invited,
    })
    return { id, token, expiresAt }
  }

  /** Undefined if its token is not valid, or not any more. */
  async find(token: string): Promise<Invitation | undefined> {
    const found = await this.database.manager.findOneBy(Invitation, { hash: tokenHash(token) })
    return found !== null && found.expiresAt.getTime() > this.clock.now() ? found : undefined
  }

  /** As `find`, of one that was found before. */
  async byId(id: string): Promise<Invitation | undefined> {
    const found = await this.database.manager.findOneBy(Invitation, { id })
    return found !== null && found.expiresAt.getTime() > this.clock.now() ? found : undefined
  }

  /** Uses an invitation up. Whether it was valid, and this the first to do so. */
  async take(token: string, tx: EntityManager): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      'DELETE FROM invitation WHERE hash = $1 AND expires_at > $2',
      [tokenHash(token), dateOf(this.clock)],
    )
    return count === 1
  }

  /** As `take`, of one that was found before. */
  async takeById(id: string, tx: EntityManager): Promise<boolean> {
    const [, count] = await tx.query<[unknown, number]>(
      'DELETE FROM invitation WHERE id = $1 AND expires_at > $2',
      [id, dateOf(this.clock)],
    )
    return count === 1
  }

  /** Those that are open, the newest first. The key of a stretch: when they were made, and their id. */
  list(stretch: Stretch = {}): Promise<Invitation[]> {
    const open = this.database.manager
      .createQueryBuilder(Invitation, 'i')
      .where('i.expiresAt > :now', { now: dateOf(this.clock) })
    return readStretch(open, NEWEST, stretch)
  }

  /** Takes one back. Whether there was one. */
  async remove(id: string): Promise<boolean> {
    const { affected } = await this.database.manager.delete(Invitation, { id })
    return affected === 1
  }

  /** Removes those that nobody used in time. */
  async forgetOld(): Promise<void> {
    await this.database.query('DELETE FROM invitation WHERE expires_at <= $1', [dateOf(this.clock)])
  }
}
