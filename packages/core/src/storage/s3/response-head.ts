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

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-9]\d\d)(?: [^\r\n]*)?(?:\r\n|$)/
const FIELD = /([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*([^\r\n]*)(?:\r\n|$)/y
const LENGTH = /^\d{1,15}$/

/**
 * A head without its empty line; undefined for anything that is not plainly HTTP/1.x: what is read strictly
 * cannot be read differently by two sides.
 */
export function parseResponseHead(text: string): ResponseHead | undefined {
  const line = STATUS_LINE.exec(text)
  if (line === null) return undefined
  const head: ResponseHead = {
    status: Number(line[2]),
    length: undefined,
    contentRange: undefined,
    keepAlive: line[1] === '1',
  }
  let encoded = false
  for (let position = line[0].length; position < text.length; position = FIELD.lastIndex) {
    FIELD.lastIndex = position
    const field = FIELD.exec(text)
    if (field === null) return undefined
    const [, name = '', padded = ''] = field
    const value = withoutBlanksBehind(padded)
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

/** RFC 9110 §5.5: they are no part of a value. */
function withoutBlanksBehind(value: string): string {
  let end = value.length
  while (value[end - 1] === ' ' || value[end - 1] === '\t') end -= 1
  return value.slice(0, end)
}
