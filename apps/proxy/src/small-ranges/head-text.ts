import { STATUS_CODES } from 'node:http'
import type { ServedAnswer } from '../download/answer.js'
import { FOR_PAGES } from '../http/cross-origin.js'
import { formatHttpDate } from '../range/index.js'

const FOR_PAGES_TEXT = fieldsText(FOR_PAGES)

/**
 * A head as Node's HTTP server writes it. `keepAlive`: ms until the connection is closed when nothing more is asked
 * for; undefined closes it after this answer. `now`: epoch ms.
 */
export function headText(
  { code, headers }: ServedAnswer,
  keepAlive: number | undefined,
  now: number,
): string {
  const connection =
    keepAlive === undefined ? 'close' : `keep-alive\r\nKeep-Alive: timeout=${keepAlive / 1000}`
  const line = `HTTP/1.1 ${code} ${STATUS_CODES[code]}\r\n`
  return `${line}${FOR_PAGES_TEXT}${fieldsText(headers)}Date: ${dateText(now)}\r\nConnection: ${connection}\r\n\r\n`
}

function fieldsText(headers: Readonly<ServedAnswer['headers']>): string {
  let fields = ''
  for (const name in headers) fields += `${name}: ${String(headers[name])}\r\n`
  return fields
}

let second = NaN
let text = ''

/** Written once a second. */
function dateText(now: number): string {
  if (Math.floor(now / 1000) !== second) {
    second = Math.floor(now / 1000)
    text = formatHttpDate(now)
  }
  return text
}
