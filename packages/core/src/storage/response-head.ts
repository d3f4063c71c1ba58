/** Bytes of a head; stores send a few hundred. */
export const MAX_HEAD = 16 * 1024

/** What has to be known of an answer before its body can be taken (RFC 9112). */
export interface ResponseHead {
  status: number
  /** Bytes of the body; undefined where its end is marked in another way (chunked, by closing). */
  length: number | undefined
  contentRange: string | undefined
  /** Whether the connection can be used again after the body. */
  keepAlive: boolean
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: |$)/
const FIELD = /^([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*$/
const LENGTH = /^\d{1,15}$/

/**
 * A head without its empty line; undefined for anything that is not plainly HTTP/1.x: what is read strictly
 * cannot be read differently by two sides.
 */
export function parseResponseHead(text: string): ResponseHead | undefined {
  const [first = '', ...lines] = text.split('\r\n')
  const line = STATUS_LINE.exec(first)
  if (line === null) return undefined
  const head: ResponseHead = {
    status: Number(line[2]),
    length: undefined,
    contentRange: undefined,
    keepAlive: line[1] === '1',
  }
  let encoded = false
  for (const each of lines) {
    const field = FIELD.exec(each)
    if (field === null) return undefined
    const [, name = '', value = ''] = field
    switch (name.toLowerCase()) {
      case 'content-length':
        if (!LENGTH.test(value) || head.length !== undefined) return undefined
        head.length = Number(value)
        break
      case 'transfer-encoding':
        encoded = true
        break
      case 'content-range':
        if (head.contentRange !== undefined) return undefined
        head.contentRange = value
        break
      case 'connection':
        if (/\bclose\b/i.test(value)) head.keepAlive = false
        break
    }
  }
  if (encoded && head.length !== undefined) return undefined // RFC 9112 §6.3: perhaps smuggled
  if (head.status === 204 || head.status === 304) head.length = 0
  return head
}
