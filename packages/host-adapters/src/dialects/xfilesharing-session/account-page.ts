/* The page `op=my_account`: what the script shows people of their account, in words that each theme puts differently. */
import type { AccountInfo } from '../../kit/adapter.js'
import { timeOf } from '../../kit/fields/dates.js'
import { amountOf } from '../../kit/fields/numbers.js'
import { present } from '../../kit/fields/present.js'

const DAY_MS = 86_400_000
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
/** Behind one of these stands the end of a premium time. */
const EXPIRY = /premium[\w -]{0,24}(?:expir\w{0,5}|until|valid|ends?)/gi
/** How far behind its label a value may be, characters. */
const NEAR = 80
const DAY_FIRST =
  /\b(\d{1,2}) (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6},? (\d{4})(?: (\d{2}:\d{2}(?::\d{2})?))?/i
const MONTH_FIRST =
  /\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6} (\d{1,2}),? (\d{4})(?: (\d{2}:\d{2}(?::\d{2})?))?/i
const ISO = /\b(\d{4}-\d{2}-\d{2})(?:[ T](\d{2}:\d{2}(?::\d{2})?))?/
const TRAFFIC =
  /\btraffic (?:available|left|remaining)(?: today)?\s?:?\s?(unlimited|-?[\d.,]{1,12} ?[kmgt]?b(?:ytes)?\b)/i
const PREMIUM = /\baccount (?:type|status)\s?:?\s?premium\b/i
const FREE =
  /\baccount (?:type|status)\s?:?\s?(?:free|basic|registered)\b|\bfree (?:account|member|user)|\b(?:upgrade to|buy|get|go) premium\b/i

/**
 * readAccountPage reads the text of the page; undefined where that says nothing of a premium time. A day without a time
 * lasts until its end, by UTC. `now`: epoch ms.
 */
export function readAccountPage(text: string, now: number): AccountInfo | undefined {
  const validUntil = expiryIn(text)
  if (validUntil === undefined && !PREMIUM.test(text) && !FREE.test(text)) return undefined
  const premium = validUntil === undefined ? PREMIUM.test(text) : validUntil > now
  const trafficLeft = amountOf(TRAFFIC.exec(text)?.[1])
  return { premium, ...present({ validUntil: premium ? validUntil : undefined, trafficLeft }) }
}

function expiryIn(text: string): number | undefined {
  for (const { 0: label, index } of text.matchAll(EXPIRY)) {
    const behind = text.slice(index + label.length, index + label.length + NEAR)
    if (/^\W{0,4}(never|lifetime|unlimited)\b/i.test(behind)) return Infinity
    const date = dateIn(behind)
    if (date !== undefined) return date
  }
  return undefined
}

function dateIn(text: string): number | undefined {
  const [, day, month, year, time] = DAY_FIRST.exec(text) ?? []
  if (day !== undefined) return endOf(year, month, day, time)
  const [, name, date, ofYear, clock] = MONTH_FIRST.exec(text) ?? []
  if (name !== undefined) return endOf(ofYear, name, date, clock)
  const [, iso, at] = ISO.exec(text) ?? []
  return iso === undefined ? undefined : timeAt(iso, at)
}

function endOf(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
  time: string | undefined,
): number | undefined {
  const number = MONTHS.indexOf((month ?? '').toLowerCase()) + 1
  return timeAt(`${year}-${String(number).padStart(2, '0')}-${(day ?? '').padStart(2, '0')}`, time)
}

function timeAt(date: string, time: string | undefined): number | undefined {
  const at = timeOf(time === undefined ? date : `${date} ${time}`)
  return at === undefined || time !== undefined ? at : at + DAY_MS - 1
}
