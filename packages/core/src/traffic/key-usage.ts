import { Injectable } from '@nestjs/common'
import { MAX_USAGE_DAYS } from '@obb/contracts'
import { DataSource } from 'typeorm'
import { Clock } from '../clock/index.js'
import { Statement } from '../statements/index.js'

const DAY_MS = 86_400_000
/** Days are kept for longer than anybody asks for, and than any clock is late, ms. */
const KEPT_MS = (MAX_USAGE_DAYS + 2) * DAY_MS

/** The id under which `key_usage` has what was charged without a key, an SQL expression. */
export const NO_KEY = `'00000000-0000-0000-0000-000000000000'::uuid`

/** What was used by one key. */
export interface UsedByKey {
  /** null: without a key, which is what people did who were signed in, and what was charged before keys were noted. */
  keyId: string | null
  /** As it is called, or was in the end; null without a key, and of one that is gone with its account. */
  keyName: string | null
  /** Bytes that were charged in these days, less what came back of them. */
  bytes: number
  /** Links that were charged. */
  links: number
  /** When the last of them was. */
  chargedAt: Date
}

/** keyNameSql gives the name of the key with this id, an SQL expression; revoked ones keep theirs. */
export const keyNameSql = (id: string): string =>
  `(SELECT name FROM api_key WHERE api_key.id = ${id} ORDER BY created_at DESC LIMIT 1)`

/** isOfKeySql asks whether a link or entry is of the key with this id, or by `none`; `key` is a text. */
export const isOfKeySql = (row: string, key: string): string =>
  `${row}.key_id IS NOT DISTINCT FROM nullif(${key}, 'none')::uuid`

const BY_KEY = new Statement<UsedByKey>(`
  SELECT key_id AS "keyId", ${keyNameSql('used.key_id')} AS "keyName", bytes, links, charged_at AS "chargedAt"
    FROM (SELECT nullif(key_id, ${NO_KEY}) AS key_id, sum(bytes)::bigint AS bytes,
                 sum(links)::int AS links, max(charged_at) AS charged_at
            FROM key_usage WHERE account_id = $1 AND day >= $2::timestamptz GROUP BY 1) used
   ORDER BY bytes DESC, links DESC, key_id`)

/** By which of its keys an account's traffic was used. */
@Injectable()
export class KeyUsage {
  constructor(
    private readonly database: DataSource,
    private readonly clock: Clock,
  ) {}

  /** In the last `days` days of UTC, with today; the most first. At most MAX_USAGE_DAYS are known. */
  byKey(accountId: string, days: number): Promise<UsedByKey[]> {
    const today = Math.floor(this.clock.now() / DAY_MS) * DAY_MS
    return BY_KEY.run(this.database, [accountId, new Date(today - (days - 1) * DAY_MS)])
  }

  /** Forgets what no question reaches back to, at most `limit` rows. How many they were. */
  async forgetPast(limit: number): Promise<number> {
    const [, forgotten] = await this.database.query<[unknown[], number]>(
      `DELETE FROM key_usage WHERE (account_id, day, key_id) IN (
         SELECT account_id, day, key_id FROM key_usage WHERE day < $1 ORDER BY day LIMIT $2 FOR UPDATE SKIP LOCKED)`,
      [new Date(this.clock.now() - KEPT_MS), limit],
    )
    return forgotten
  }
}
