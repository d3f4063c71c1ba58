import type { HostRequest } from './host-http.js'

const MAX_QUOTE = 160
const MIN_SECRET = 4
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f-\u009f]+/g
/** SUSPICIOUS matches what looks like a secret though it was not sent: queries of URLs, addresses, keys and tokens. */
const SUSPICIOUS = /\?[^\s"'<>]{1,2000}|[^\s@"'<>]{1,64}@[^\s@"'<>]{1,255}|[A-Za-z0-9+/_=-]{20,}/g

/**
 * What a host said, as it may stand in a message: without anything that was sent to it, which hosts like to
 * repeat, and without what looks like a secret; one line, at most 160 characters.
 */
export function quotable(text: string, sent: readonly string[]): string {
  let quote = text.slice(0, 4 * MAX_QUOTE).replace(CONTROL, ' ')
  const longestFirst = [...sent].sort((a, b) => b.length - a.length)
  for (const secret of longestFirst) if (secret.length >= MIN_SECRET) quote = quote.replaceAll(secret, '…')
  return quote.replace(SUSPICIOUS, '…').slice(0, MAX_QUOTE).trim()
}

/** Every value that a request carries. */
export function sentBy({ form, headers, json, query }: HostRequest): string[] {
  const values: string[] = []
  const collect = (value: unknown, depth: number): void => {
    if (typeof value === 'string') values.push(value)
    else if (typeof value === 'object' && value !== null && depth < 8) {
      for (const inner of Object.values(value)) collect(inner, depth + 1)
    }
  }
  for (const part of [form, headers, json, query]) collect(part, 0)
  // A scheme such as Bearer is no secret, what follows it is; Basic is quoted decoded as well.
  return values.flatMap((value) => {
    const [, token] = /^(?:bearer|basic) (.+)$/i.exec(value) ?? []
    return token === undefined
      ? [value]
      : [value, token, ...Buffer.from(token, 'base64').toString('utf8').split(':')]
  })
}
