/* The page `stat/download`, which says in words until when an account is premium and what its last day was. */
import type { AccountInfo } from '../../kit/adapter.js'
import { timeOf } from '../../kit/fields/dates.js'
import { amountOf } from '../../kit/fields/numbers.js'
import { present } from '../../kit/fields/present.js'

const DAY_MS = 86_400_000
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const USED = /downloaded in last 24 hours: ([\d.,]{1,12}) of ([\d.,]{1,12}) gb/i
/** Month first, as the site writes it: `03/24/27`. */
const FIGURES = /premium till (\d{1,2})\/(\d{1,2})\/(\d{2}|\d{4})\b/i
const WORDS = /premium till ([a-z]{3})[a-z.]{0,8} (\d{1,2}) ?, ?(\d{4}|\d{2})\b/i
const FREE = /\b(buy|get|become|not) premium\b/i

/** Undefined where the text says nothing of a premium time. `now`: epoch ms; a day lasts until its end, by UTC. */
export function readAccountPage(text: string, now: number): AccountInfo | undefined {
  const validUntil = /eternal premium/i.test(text) ? Infinity : dayIn(text)
  const [, used, total] = USED.exec(text) ?? []
  if (validUntil === undefined && !FREE.test(text)) return undefined
  const [trafficUsed, trafficTotal] = [used, total].map((figure) => amountOf(figure, { unit: 'GB' }))
  const isTold = trafficUsed !== undefined && trafficTotal !== undefined
  const trafficLeft = isTold ? Math.max(0, trafficTotal - trafficUsed) : undefined
  const premium = validUntil !== undefined && validUntil > now
  return { premium, ...present({ validUntil: premium ? validUntil : undefined, trafficLeft, trafficTotal }) }
}

function dayIn(text: string): number | undefined {
  const [, month, day, year] = FIGURES.exec(text) ?? []
  if (month !== undefined) return endOf(year, Number(month), day)
  const [, name = '', date, ofYear] = WORDS.exec(text) ?? []
  return endOf(ofYear, MONTHS.indexOf(name.toLowerCase()) + 1, date)
}

function endOf(year: string | undefined, month: number, day: string | undefined): number | undefined {
  if (year === undefined || day === undefined) return undefined
  const full = year.length === 2 ? `20${year}` : year
  const begin = timeOf(`${full}-${String(month).padStart(2, '0')}-${day.padStart(2, '0')}`)
  return begin === undefined ? undefined : begin + DAY_MS - 1
}
