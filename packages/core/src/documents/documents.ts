import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import { Injectable, Optional } from '@nestjs/common'
import { DataSource } from 'typeorm'
import { Clock, dateOf } from '../clock/index.js'
import { Document } from './document.table.js'

const KEPT_MS = 30 * 24 * 3_600_000
const FORGOTTEN_AT_ONCE = 100
/** Bytes that the documents of one account may take, as they are kept. */
const SHARE = 256 * 1024 * 1024

const zip = promisify(gzip)

/**
 * Documents that users uploaded, by the SHA-256 of their text. Kept for 30 days from the last use; of an account
 * with more than 256 MiB of them, those that were not used for longest make room.
 */
@Injectable()
export class Documents {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
    @Optional() private readonly share: number = SHARE,
  ) {}

  /** The same text is one document, whoever has it. `isNew`: it was not there. */
  async keep(accountId: string, text: Buffer): Promise<{ digest: string; isNew: boolean }> {
    const digest = createHash('sha256').update(text).digest('hex')
    if (await this.touch(digest)) return { digest, isNew: false }
    const content = await zip(text)
    const row = { digest, accountId, content, size: content.length, usedAt: dateOf(this.clock) }
    await this.database.createQueryBuilder().insert().into(Document).values(row).orIgnore().execute()
    await this.makeRoom(accountId, digest)
    return { digest, isNew: true }
  }

  /** Its text as gzip; undefined when it is not there, or not any more. */
  async read(digest: string): Promise<Buffer | undefined> {
    const document = await this.database.manager.findOneBy(Document, { digest })
    if (!document) return undefined
    await this.touch(digest)
    return document.content
  }

  /** True: there are more. */
  async forgetOld(): Promise<boolean> {
    const [, deleted] = await this.database.query<[unknown[], number]>(
      `DELETE FROM document WHERE digest = ANY(ARRAY(
         SELECT digest FROM document WHERE used_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED))`,
      [new Date(this.clock.now() - KEPT_MS), FORGOTTEN_AT_ONCE],
    )
    return deleted === FORGOTTEN_AT_ONCE
  }

  /** Whether it is there. */
  private async touch(digest: string): Promise<boolean> {
    const { affected } = await this.database.manager.update(
      Document,
      { digest },
      { usedAt: dateOf(this.clock) },
    )
    return affected === 1
  }

  private async makeRoom(accountId: string, latest: string): Promise<void> {
    await this.database.query(
      `DELETE FROM document WHERE digest IN (
         SELECT digest FROM (
           SELECT digest, sum(size) OVER (ORDER BY digest = $2 DESC, used_at DESC, digest) AS taken
             FROM document WHERE account_id = $1) AS kept
          WHERE taken > $3 AND digest <> $2)`,
      [accountId, latest, this.share],
    )
  }
}
