/** Longest file name of common file systems, in bytes of UTF-8. */
const MAX_NAME = 255
/** UTF-16 units looked at; keeps a monstrous name from costing time. */
const MAX_INPUT = 4_096
/** EXTENSION is what counts as an extension worth keeping when a name is cut. */
const EXTENSION = /\.[A-Za-z0-9]{1,16}$/
/** DEVICE is what Windows takes for a device, whatever follows the first dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\.|$)/i

/**
 * `name` as one harmless path segment, for the API, the header of a download and the file that is written: no
 * separators, control characters, line breaks, direction marks (which make `exe.jpg` of `gpj.exe`) or broken surrogates,
 * no dots or blanks at its ends, no device of Windows, at most `maxBytes` of UTF-8 with its extension kept. Undefined if
 * nothing is left.
 */
export function safeFileName(name: string, maxBytes = MAX_NAME): string | undefined {
  const plain = withoutEnds(
    name
      .slice(0, MAX_INPUT)
      .replace(/[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Surrogate}]/gu, '')
      .replace(/[/\\]/g, '_'),
  )
  const cut = withoutEnds(cutToBytes(DEVICE.test(plain) ? `_${plain}` : plain, maxBytes))
  return cut === '' ? undefined : cut
}

/** Not by a pattern: one that looks for the end costs the square of a run of blanks. */
function withoutEnds(text: string): string {
  const isEnd = (char = ''): boolean => char === '.' || char.trim() === ''
  let [start, end] = [0, text.length]
  while (start < end && isEnd(text[start])) start++
  while (end > start && isEnd(text[end - 1])) end--
  return text.slice(start, end)
}

function cutToBytes(name: string, limit: number): string {
  const bytes = new TextEncoder()
  if (bytes.encode(name).length <= limit) return name
  const extension = EXTENSION.exec(name)?.[0] ?? ''
  let room = limit - extension.length
  let stem = ''
  for (const char of name.slice(0, name.length - extension.length)) {
    room -= bytes.encode(char).length
    if (room < 0) break
    stem += char
  }
  return stem + extension
}
