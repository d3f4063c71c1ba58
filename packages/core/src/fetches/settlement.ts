import { REFUSALS } from '@obb/contracts'
import type { EntityManager } from 'typeorm'
import { type Account, capOf } from '../accounts/index.js'
import type { Clock } from '../clock/index.js'
import type { HostRefusal } from '../files/index.js'
import { failLink, isUnendedSql } from '../links/index.js'
import { lockAccounts } from '../locks/index.js'
import { type HostUsage, TrafficLedger } from '../traffic/index.js'

/** When to ask again for a link that its account has too little traffic for, ms. */
const TRAFFIC_RETRY_MS = REFUSALS.traffic_insufficient.retryInSeconds * 1000

export interface Settler {
  clock: Clock
  usage: HostUsage
}

interface UnsettledLink extends Pick<Account, 'dailyPerHost' | 'hostCaps' | 'trafficLeft'> {
  linkId: string
  accountId: string
  platform: string
  /** Bytes, by which the file is larger than the account was charged for; negative if it is smaller. */
  more: number
}

/**
 * Brings what live links of a file were charged to the size that it turned out to have. Each account's 24 h usage and
 * traffic are asked again for what is more, as at admission; where they do not suffice the link ends, as `failLink`.
 * Call it under the file's lock, before bytes of that size are stored.
 */
export async function settleLinks(
  tx: EntityManager,
  by: Settler,
  fileId: string,
  size: number,
): Promise<void> {
  const found = await tx.query<{ accountId: string }[]>(
    `SELECT account_id AS "accountId" FROM link
      WHERE file_id = $1 AND ${isUnendedSql('link')} AND charged <> $2`,
    [fileId, size],
  )
  if (found.length === 0) return
  const accounts = found.map(({ accountId }) => accountId)
  await lockAccounts(tx, accounts)
  const links = await tx.query<UnsettledLink[]>(
    `SELECT l.id AS "linkId", a.id AS "accountId", f.platform, $2 - l.charged AS more,
            a.traffic_left AS "trafficLeft", a.daily_per_host AS "dailyPerHost", a.host_caps AS "hostCaps"
       FROM link l JOIN account a ON a.id = l.account_id JOIN source_file f ON f.id = l.file_id
      WHERE l.file_id = $1 AND ${isUnendedSql('l')} AND a.id = ANY($3)`,
    [fileId, size, accounts],
  )
  for (const link of links) {
    const refusal = link.more > 0 ? await refusalFor(tx, by, link) : undefined
    if (refusal) await failLink(tx, by.clock, link.linkId, refusal)
  }
  await TrafficLedger.settle(tx, by.clock, fileId, size)
}

/** In the order of the gates: 54, then 52. */
async function refusalFor(
  tx: EntityManager,
  { clock, usage }: Settler,
  link: UnsettledLink,
): Promise<HostRefusal | undefined> {
  const { more, platform, trafficLeft } = link
  const cap = capOf(link, platform)
  if (cap !== null) {
    const window = await usage.window(link, tx)
    const seconds = await usage.secondsUntilFits(link, window, { bytes: more, cap }, tx)
    if (seconds > 0) return { cause: 'host_usage_exceeded', until: clock.now() + seconds * 1000 }
  }
  if (more <= trafficLeft) return undefined
  return { cause: 'traffic_insufficient', until: clock.now() + TRAFFIC_RETRY_MS }
}
