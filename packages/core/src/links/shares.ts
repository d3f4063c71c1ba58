import { Injectable } from '@nestjs/common'
import { Refusal } from '@obb/contracts'
import { DataSource, type EntityManager } from 'typeorm'
import { randomToken } from '../accounts/index.js'
import { Clock, dateOf } from '../clock/index.js'
import { lockLink, transaction } from '../locks/index.js'
import { isLiveSql } from './liveness.js'
import type { Share } from './share.table.js'
import { SHARE_ID_LENGTH } from './share-downloads.js'

/** Shares of one link at once, also those that are over. */
export const MAX_SHARES = 50

export interface ShareTerms {
  /** ms from now. */
  ttl: number
  maxDownloads: number
}

/** A share, and the file that it is of. `expiresAt`: at the latest with its link. */
export type ShareView = Omit<Share, 'link' | 'clients'> & { fileName: string; isOver: boolean }

const VIEW = `s.id, s.link_id AS "linkId", s.created_at AS "createdAt", least(s.expires_at, l.expires_at) AS "expiresAt",
  s.max_downloads AS "maxDownloads", s.downloads, coalesce(l.name, f.name, '') AS "fileName",
  (s.expires_at <= $3 OR NOT ${isLiveSql('l', 'f', '$3')}) AS "isOver"`

/** Shares of an account's links. Raises Refusal `link_unknown` for an unknown id and for another account's. */
@Injectable()
export class Shares {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** Raises Refusal `link_ended`, and `request_invalid` where the link has MAX_SHARES. */
  async assertRoom(
    accountId: string,
    linkId: string,
    tx: EntityManager = this.database.manager,
  ): Promise<void> {
    const [link] = await tx.query<{ isLive: boolean; shares: number }[]>(
      `SELECT ${isLiveSql('l', 'f', '$3')} AS "isLive",
              (SELECT count(*)::int FROM share WHERE link_id = l.id) AS shares
         FROM link l JOIN source_file f ON f.id = l.file_id WHERE l.id = $1 AND l.account_id = $2`,
      [linkId, accountId, dateOf(this.clock)],
    )
    if (!link) throw new Refusal('link_unknown')
    if (!link.isLive) throw new Refusal('link_ended')
    if (link.shares >= MAX_SHARES)
      throw new Refusal('request_invalid', {
        details: [`A link has ${MAX_SHARES} shares at most: remove some first.`],
      })
  }

  /** Raises as `assertRoom`. */
  async add(accountId: string, linkId: string, { ttl, maxDownloads }: ShareTerms): Promise<ShareView> {
    const now = this.clock.now()
    const id = randomToken(SHARE_ID_LENGTH)
    await transaction(this.database, async (tx) => {
      await lockLink(tx, linkId) // who waited counts what the one before has added
      await this.assertRoom(accountId, linkId, tx)
      await tx.query(
        'INSERT INTO share (id, link_id, created_at, expires_at, max_downloads) VALUES ($1, $2, $3, $4, $5)',
        [id, linkId, new Date(now), new Date(now + ttl), maxDownloads],
      )
    })
    const shares = await this.list(accountId, linkId)
    const made = shares.find((share) => share.id === id)
    if (!made) throw new Refusal('link_ended')
    return made
  }

  /** The newest first. */
  async list(accountId: string, linkId: string): Promise<ShareView[]> {
    const rows = await this.database.query<(ShareView & { id: string | null })[]>(
      `SELECT ${VIEW} FROM link l JOIN source_file f ON f.id = l.file_id LEFT JOIN share s ON s.link_id = l.id
        WHERE l.id = $1 AND l.account_id = $2 ORDER BY s.created_at DESC, s.id`,
      [linkId, accountId, dateOf(this.clock)],
    )
    if (rows.length === 0) throw new Refusal('link_unknown')
    return rows.filter(({ id }) => id !== null)
  }

  /** Those of several of the account's links, the newest first. */
  ofLinks(accountId: string, linkIds: readonly string[]): Promise<ShareView[]> {
    return this.database.query(
      `SELECT ${VIEW} FROM share s JOIN link l ON l.id = s.link_id JOIN source_file f ON f.id = l.file_id
        WHERE s.link_id = ANY($1) AND l.account_id = $2 ORDER BY s.created_at DESC, s.id`,
      [linkIds, accountId, dateOf(this.clock)],
    )
  }

  /** Raises Refusal `resource_unknown` where the account's link has no such share. */
  async assertThere(accountId: string, linkId: string, id: string): Promise<void> {
    const rows = await this.database.query<unknown[]>(
      'SELECT 1 FROM share s JOIN link l ON l.id = s.link_id WHERE s.id = $1 AND l.id = $2 AND l.account_id = $3',
      [id, linkId, accountId],
    )
    if (rows.length === 0) throw new Refusal('resource_unknown')
  }

  /** Takes one back: nobody downloads by it any more. Raises Refusal `resource_unknown`. */
  async remove(accountId: string, linkId: string, id: string): Promise<void> {
    const [, count] = await this.database.query<[unknown, number]>(
      `DELETE FROM share s USING link l WHERE s.id = $1 AND s.link_id = $2 AND l.id = s.link_id AND l.account_id = $3`,
      [id, linkId, accountId],
    )
    if (count === 0) throw new Refusal('resource_unknown')
  }
}
