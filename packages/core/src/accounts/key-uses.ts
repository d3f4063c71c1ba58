import { Injectable } from '@nestjs/common'
import type { RefusalCause } from '@obb/contracts'
import { LRUCache } from 'lru-cache'
import { DataSource } from 'typeorm'
import { Clock } from '../clock/index.js'

/** How exactly the last use of a key is kept, ms: while few are in use so that a person can watch one, else less. */
const EXACT_TO_MS = { few: 3_000, many: 60_000 }
/** Keys that are in use at once, and still are few. */
const FEW = 20
/** Keys whose last use this process remembers to have written. */
const MAX_WRITTEN = 10_000
/** Characters of a User-Agent that are kept. */
const MAX_CLIENT = 80

interface KeyUsed {
  /** Undefined while it was only refused. */
  use?: { at: Date; client: string; address: string }
  refusal?: { at: Date; cause: RefusalCause }
}

/**
 * Who used which key last, and why it was refused last: noted in memory with every request, and written for many keys
 * in one statement, of each key at most once a minute, or in three seconds where few are in use.
 */
@Injectable()
export class KeyUses {
  private readonly noted = new Map<string, KeyUsed>()
  /** When each was written last, epoch ms. */
  private readonly written = new LRUCache<string, number>({ max: MAX_WRITTEN })

  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** `client`: the User-Agent. */
  note(keyId: string, client: string | undefined, address: string): void {
    const shown = (client ?? '').replaceAll(/\p{Cc}/gu, '').slice(0, MAX_CLIENT)
    const use = { at: new Date(this.clock.now()), client: shown, address }
    this.noted.set(keyId, { ...this.noted.get(keyId), use })
  }

  /** A request with this key, which is known, was refused. */
  noteRefusal(keyId: string, cause: RefusalCause): void {
    const refusal = { at: new Date(this.clock.now()), cause }
    this.noted.set(keyId, { ...this.noted.get(keyId), refusal })
  }

  /** Writes what is due; `all`: whatever was noted, as before an end. Raises what the database raises. */
  async write(all = false): Promise<void> {
    const now = this.clock.now()
    const exactTo = this.noted.size <= FEW ? EXACT_TO_MS.few : EXACT_TO_MS.many
    const due = [...this.noted].filter(([id]) => all || now - (this.written.get(id) ?? -Infinity) >= exactTo)
    if (due.length === 0) return
    for (const [id] of due) {
      this.noted.delete(id)
      this.written.set(id, now)
    }
    // Of what is written and what was noted the later stays, in whichever order processes write.
    await this.database.query(
      `UPDATE api_key SET
           (last_used_at, last_used_client, last_used_address) = (
             SELECT * FROM (VALUES (noted.used_at, noted.client, noted.address),
                                   (last_used_at, last_used_client, last_used_address)) AS use (at)
              ORDER BY at DESC NULLS LAST LIMIT 1),
           (last_refused_at, last_refusal) = (
             SELECT * FROM (VALUES (noted.refused_at, noted.cause), (last_refused_at, last_refusal)) AS refusal (at)
              ORDER BY at DESC NULLS LAST LIMIT 1)
         FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::timestamptz[], $6::text[])
                AS noted (id, used_at, client, address, refused_at, cause)
        WHERE api_key.id = noted.id AND revoked_at IS NULL
          AND (noted.used_at > coalesce(last_used_at, '-infinity')
               OR noted.refused_at > coalesce(last_refused_at, '-infinity'))`,
      [
        due.map(([id]) => id),
        due.map(([, { use }]) => use?.at ?? null),
        due.map(([, { use }]) => use?.client ?? null),
        due.map(([, { use }]) => use?.address ?? null),
        due.map(([, { refusal }]) => refusal?.at ?? null),
        due.map(([, { refusal }]) => refusal?.cause ?? null),
      ],
    )
  }
}
