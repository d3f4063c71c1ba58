/* The page `user/my_account`, with the state of the premium time and the traffic of the day in rows. */
import type { AccountInfo } from '../../kit/adapter.js'
import { timeOf } from '../../kit/fields/dates.js'
import { amountOf } from '../../kit/fields/numbers.js'
import { present } from '../../kit/fields/present.js'

const DAY_MS = 86_400_000
const STATE = /premium download: (active|inactive|not active|expired|none|no)\b/i
const EXPIRY = /package expire date: (\d{4})\/(\d{1,2})\/(\d{1,2})\b/i
/** The first figure may have the unit of the second alone. */
const TRAFFIC = /daily traffic usage: ([\d.,]{1,12}) ?([kmgt]?b)? ?\/ ?([\d.,]{1,12}) ?([kmgt]?b)\b/i

/** Undefined where the text says nothing of premium downloads. A day lasts until its end, by UTC. */
export function readAccountPage(text: string): AccountInfo | undefined {
  const state = STATE.exec(text)?.[1]
  if (state === undefined) return undefined
  const premium = state.toLowerCase() === 'active'
  const [, year, month = '', day = ''] = EXPIRY.exec(text) ?? []
  const begin =
    year === undefined ? undefined : timeOf(`${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`)
  const validUntil = premium && begin !== undefined ? begin + DAY_MS - 1 : undefined
  const [, used, unit, total, ofTotal = ''] = TRAFFIC.exec(text) ?? []
  const trafficUsed = amountOf(`${used} ${unit ?? ofTotal}`)
  const trafficTotal = amountOf(`${total} ${ofTotal}`)
  const isTold = trafficUsed !== undefined && trafficTotal !== undefined
  const trafficLeft = isTold ? Math.max(0, trafficTotal - trafficUsed) : undefined
  return { premium, ...present({ validUntil, trafficLeft, trafficTotal }) }
}
