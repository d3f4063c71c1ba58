/** A GET of one link with a Range and nothing that could decide against it. */
export interface RangeRequest {
  linkId: string
  /** The field's value. */
  range: string
  /** Whether the connection ends with the answer. */
  isLast: boolean
  /** The User-Agent. */
  client?: string | undefined
}

const LINE = /^GET \/download\/([0-9A-Za-z]{16,64})(?:\/([!$%&'()*+,.0-9:=@A-Z_a-z~-]+))? HTTP\/1\.1\r\n/
/** Blanks before the value are left to the value: one of two neighbours that take both has to be tried at each. */
const FIELD = /([!#$%&'*+.^_`|~0-9A-Za-z-]+):([\t\x20-\x7e\x80-\xff]*)\r\n/y

/**
 * Reads a head that is whole and followed by nothing. Undefined for everything that is not plainly such a request:
 * other methods, targets and versions, conditions, bodies, pipelined requests, anything malformed.
 */
export function readRangeRequest(text: string): RangeRequest | undefined {
  const line = LINE.exec(text)
  if (line === null) return undefined
  const [{ length }, linkId = '', name] = line
  if (name !== undefined && !isPlainName(name)) return undefined
  let hosts = 0
  let range: string | undefined
  let client: string | undefined
  let isLast = false
  let position = length
  for (; !text.startsWith('\r\n', position); position = FIELD.lastIndex) {
    FIELD.lastIndex = position
    const field = FIELD.exec(text)
    if (field === null) return undefined
    const [, fieldName = '', after = ''] = field
    const value = after.replace(/^[ \t]+/, '')
    switch (fieldName.toLowerCase()) {
      case 'host':
        hosts += 1
        break
      case 'range':
        if (range !== undefined) return undefined
        range = value.trimEnd()
        break
      case 'user-agent':
        client = value
        break
      case 'connection':
        if (!/^(?:keep-alive|close)$/i.test(value)) return undefined
        isLast ||= value.length === 'close'.length
        break
      case 'if-match':
      case 'if-none-match':
      case 'if-modified-since':
      case 'if-unmodified-since':
      case 'if-range':
      case 'content-length':
      case 'transfer-encoding':
      case 'expect':
      case 'upgrade':
        return undefined
    }
  }
  const isWhole = position + 2 === text.length
  return isWhole && hosts === 1 && range !== undefined ? { linkId, range, isLast, client } : undefined
}

/** One that can be decoded, and asks for no Metalink. */
function isPlainName(name: string): boolean {
  try {
    return !(name.includes('%') ? decodeURIComponent(name) : name).endsWith('.meta4')
  } catch {
    return false
  }
}
