const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const LONG_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday']
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

const day = `(?:${DAYS.join('|')})`
const longDay = `(?:${LONG_DAYS.join('|')})`
const month = `(?<month>${MONTHS.join('|')})`
const time = '(?<hour>\\d\\d):(?<minute>\\d\\d):(?<second>\\d\\d)'

/** The three forms of RFC 9110 §5.6.7; the last two are obsolete but have to be understood. */
const FORMS = [
  new RegExp(`^${day}, (?<date>\\d\\d) ${month} (?<year>\\d{4}) ${time} GMT$`),
  new RegExp(`^${longDay}, (?<date>\\d\\d)-${month}-(?<year>\\d\\d) ${time} GMT$`),
  new RegExp(`^${day} ${month} (?<date>[ \\d]\\d) ${time} (?<year>\\d{4})$`),
]

/**
 * An HTTP-date (RFC 9110 §5.6.7) as whole epoch seconds; undefined if it is none, or no day of the calendar.
 * `now` (epoch ms) settles the century of two-digit years: never more than 50 years ahead.
 */
export function parseHttpDate(text: string, now: number): number | undefined {
  const fields = FORMS.map((form) => form.exec(text)?.groups).find((groups) => groups !== undefined)
  if (fields === undefined) return undefined
  const date = Number(fields['date'])
  const hour = Number(fields['hour'])
  const minute = Number(fields['minute'])
  const second = Number(fields['second'])
  const monthIndex = MONTHS.indexOf(fields['month'] ?? '')
  const year = fullYear(fields['year'] ?? '', now)
  if (hour > 23 || minute > 59 || second > 60) return undefined
  const midnight = new Date(Date.UTC(2000, monthIndex, 1))
  midnight.setUTCFullYear(year, monthIndex, date)
  if (midnight.getUTCMonth() !== monthIndex || midnight.getUTCDate() !== date) return undefined
  return midnight.getTime() / 1000 + hour * 3600 + minute * 60 + second
}

function fullYear(digits: string, now: number): number {
  if (digits.length === 4) return Number(digits)
  const thisYear = new Date(now).getUTCFullYear()
  const year = Math.floor(thisYear / 100) * 100 + Number(digits)
  return year > thisYear + 50 ? year - 100 : year
}

/** The instant (epoch ms, ≥ 0) as an IMF-fixdate; fractions of a second are cut off. */
export function formatHttpDate(ms: number): string {
  return new Date(ms).toUTCString()
}
