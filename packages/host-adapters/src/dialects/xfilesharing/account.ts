/* Accounts of the script, which each site states in fields and spellings of its own. */
import { z } from 'zod'
import type { AccountInfo } from '../../kit/adapter.js'
import { timeOf } from '../../kit/fields/dates.js'
import { present } from '../../kit/fields/present.js'
import { field } from '../../kit/fields/schema.js'
import type { Site } from './site.js'

/** From here on a premium time is for life, ms. */
const FOR_LIFE_MS = 6 * 365 * 86_400_000

/** The answer of `account/info`. Old scripts misspell the expiry; a free account has a past one or none. */
export function accountSchema({ trafficUnit = 'B' }: Pick<Site, 'trafficUnit'>) {
  const traffic = field.amount({ unit: trafficUnit })
  return z.object({
    server_time: field.time,
    result: z.object({
      premium: field.flag,
      premium_expire: z.unknown().optional(),
      premim_expire: z.unknown().optional(),
      premium_bandwidth: traffic,
      premium_traffic_left: traffic,
      traffic_left: traffic,
    }),
  })
}

export type XfsAccount = Omit<AccountInfo, 'premium'> & {
  /** Undefined where the host says nothing about it. */
  premium: boolean | undefined
}

/**
 * readAccount reads what the host says of an account; times are on its own clock, which `server_time` tells. `now`:
 * epoch ms.
 */
export function readAccount(
  { server_time: hostNow, result }: z.output<ReturnType<typeof accountSchema>>,
  { trafficGrantsDownloads = false }: Pick<Site, 'trafficGrantsDownloads'>,
  now: number,
): XfsAccount {
  const { premium_expire: expiry = result.premim_expire } = result
  const remaining = (timeOf(expiry) ?? 0) - (hostNow ?? now)
  const trafficLeft = result.premium_bandwidth ?? result.premium_traffic_left ?? result.traffic_left
  const byTime = remaining > 0 || (result.premium ?? (expiry === undefined ? undefined : false))
  const byTraffic = trafficGrantsDownloads && trafficLeft !== undefined && trafficLeft > 0
  const validUntil = remaining > FOR_LIFE_MS ? Infinity : now + remaining
  return {
    premium: byTraffic || byTime,
    ...present({ validUntil: remaining > 0 ? validUntil : undefined, trafficLeft }),
  }
}
