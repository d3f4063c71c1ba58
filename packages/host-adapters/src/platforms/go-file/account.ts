/* Accounts: what is left of a credit or of a month, reckoned from a history of days. */
import { z } from 'zod'
import type { AccountInfo } from '../../kit/adapter.js'
import { numberOf } from '../../kit/fields/numbers.js'
import { field } from '../../kit/fields/schema.js'

const TERABYTE = 1e12
/** Stands for "no end". */
const NO_END_SECONDS = 9_999_999_999

export const accountSchema = z.object({
  data: z.object({
    tier: field.text,
    premiumType: field.text,
    subscriptionEndDate: field.number,
    subscriptionLimitDirectTraffic: field.bytes,
    statsCurrent: z.unknown(),
    statsHistory: z.unknown(),
    credit: field.number,
    creditTrafficRate: field.number,
  }),
})
type AccountFields = z.infer<typeof accountSchema>['data']

/** Traffic is an estimate: what the limit is named for is not what clients see counted against it. */
export function accountOf(told: AccountFields): AccountInfo {
  if (told.tier?.toLowerCase() !== 'premium') return { premium: false }
  const { subscriptionEndDate: end, subscriptionLimitDirectTraffic: total } = told
  if (told.premiumType?.toLowerCase() === 'credit') {
    const left = creditBytes(told)
    return { premium: true, ...(left !== undefined && { trafficLeft: left }) }
  }
  return {
    premium: true,
    ...(end !== undefined && end > 0 && end !== NO_END_SECONDS && { validUntil: end * 1000 }),
    ...(total !== undefined && { trafficTotal: total, trafficLeft: Math.max(0, total - usedBytes(told)) }),
  }
}

/** The rate is what a terabyte costs. */
function creditBytes({ credit, creditTrafficRate: rate }: AccountFields): number | undefined {
  if (credit === undefined || rate === undefined || rate <= 0) return undefined
  return Math.max(0, Math.floor((credit / rate) * TERABYTE))
}

/** Today and the newest month of the history, which is kept by year, month and day. */
function usedBytes({ statsCurrent, statsHistory }: AccountFields): number {
  const days = Object.values(fieldsOf(newest(newest(statsHistory))))
  return [statsCurrent, ...days].reduce<number>((sum, day) => sum + downloadedBytes(day), 0)
}

function downloadedBytes(stats: unknown): number {
  return Math.max(0, numberOf(fieldsOf(stats)['trafficWebDownloaded']) ?? 0)
}

function newest(byNumber: unknown): unknown {
  const [latest] = Object.entries(fieldsOf(byNumber)).sort(([a], [b]) => Number(b) - Number(a))
  return latest?.[1]
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
