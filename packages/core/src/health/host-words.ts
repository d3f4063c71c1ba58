import { Injectable } from '@nestjs/common'
import { type HostError, type HostManifest, quotable } from '@obb/host-adapters'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { HostWordsRow } from './host-words.table.js'

/** Texts that are kept of one platform; beyond that the one that was heard longest ago goes. */
const KEPT_PER_PLATFORM = 100
/** Who said it. */
type Speaker = Pick<HostManifest, 'id' | 'catchAll'>

/**
 * What hosts said that nobody understood, for the operator: without secrets (see HostErrorOptions.words), of bounded
 * length and number, and without figures, so that a text with a time or an id in it is one text.
 */
@Injectable()
export class HostWords {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Keeps what an error has of such words, if it has any, without `secrets`. What servers of plain links say is no
   * platform's.
   */
  async record(
    { catchAll, id: platform }: Speaker,
    { kind, words }: Pick<HostError, 'kind' | 'words'>,
    secrets: readonly string[] = [],
  ): Promise<void> {
    if (catchAll) return
    const text = quotable(words ?? '', secrets)
      .replace(/\d+/g, '#')
      .replace(/\s+/g, ' ')
      .trim()
    if (text === '') return
    const now = dateOf(this.clock)
    const [row] = await this.database.query<{ count: string }[]>(
      `INSERT INTO host_words AS w (platform, words, taken_for, first_at, last_at) VALUES ($1, $2, $3, $4, $4)
       ON CONFLICT (platform, words) DO UPDATE SET count = w.count + 1, taken_for = $3, last_at = greatest(w.last_at, $4)
       RETURNING count`,
      [platform, text, kind, now],
    )
    if (Number(row?.count) === 1) await this.forgetOldest(platform)
  }

  /** The latest first, at most `limit`. */
  latest(limit: number): Promise<HostWordsRow[]> {
    return this.database.manager.find(HostWordsRow, {
      order: { lastAt: 'DESC', platform: 'ASC', words: 'ASC' },
      take: limit,
    })
  }

  private async forgetOldest(platform: string): Promise<void> {
    await this.database.query(
      `DELETE FROM host_words WHERE platform = $1 AND words IN (
         SELECT words FROM host_words WHERE platform = $1 ORDER BY last_at DESC, words OFFSET $2)`,
      [platform, KEPT_PER_PLATFORM],
    )
  }
}
