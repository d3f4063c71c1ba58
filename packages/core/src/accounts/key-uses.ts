import { Injectable } from '@nestjs/common'
import { LRUCache } from 'lru-cache'
import { DataSource } from 'typeorm'
import { Clock } from '../clock/index.js'

/** How exactly the last use of a key is kept, ms. */
const EXACT_TO_MS = 60_000
/** Keys whose last use this process remembers to have written. */
const MAX_WRITTEN = 10_000
/** Characters of a User-Agent that are kept. */
const MAX_CLIENT = 80

interface KeyUsed {
  at: Date
  client: string
  address: string
}

/**
 * Who used which key last: noted in memory with every request, and written for many keys in one statement, of each
 * key at most once a minute.
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
    this.noted.set(keyId, { at: new Date(this.clock.now()), client: shown, address })
  }

  /** Writes what is due; `all`: whatever was noted, as before an end. Raises what the database raises. */
  async write(all = false): Promise<void> {
    const now = this.clock.now()
    const due = [...this.noted].filter(
      ([id]) => all || now - (this.written.get(id) ?? -Infinity) >= EXACT_TO_MS,
    )
    if (due.length === 0) return
    for (const [id] of due) {
      this.noted.delete(id)
      this.written.set(id, now)
    }
    await this.database.query(
      `UPDATE api_key SET last_used_at = used.at, last_used_client = used.client, last_used_address = used.address
         FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[]) AS used (id, at, client, address)
        WHERE api_key.id = used.id AND revoked_at IS NULL AND (last_used_at IS NULL OR last_used_at < used.at)`,
      [
        due.map(([id]) => id),
        due.map(([, { at }]) => at),
        due.map(([, { client }]) => client),
        due.map(([, { address }]) => address),
      ],
    )
  }
}
