/** Longest file name, bytes of UTF-8: clients add endings of their own to the 255 that file systems take. */
export const MAX_FILE_NAME_BYTES = 230
/** UTF-16 units looked at; keeps a monstrous name from costing time. */
const MAX_INPUT = 4_096
/**
 * ENDING is what a name keeps when it is cut: its extension, with what says which part of a set it is. What stands
 * before it is cut to the same in all parts.
 */
const ENDING =
  /(?:(?:\.(?:part\d{1,5}|vol\d{1,5}[+-]\d{1,5}|tar))?\.[A-Za-z0-9]{1,16}|\.[A-Za-z0-9]{1,10}\.\d{3,4})$/i
/** Longest ENDING, bytes. */
const MAX_ENDING = 32
/** Share of what is cut that its end keeps: it tells one from its neighbours. */
const TAIL_SHARE = 1 / 4
/** Stands where something was cut out. */
const CUT = '~'
/** Longest character that is not cut into its code points, bytes: flags and families take less. */
const MAX_CHARACTER = 64
/** INVISIBLE also makes `exe.jpg` of `gpj.exe`. */
const INVISIBLE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Surrogate}\u200b\u2060\ufeff]/gu
/** RESERVED is what a path or Windows gives a meaning of its own, and what stands for a byte that was no character. */
const RESERVED = /[/\\:*?"<>|\ufffd]/g
/** DEVICE is what Windows takes for a device, whatever follows the first dot. */
const DEVICE = /^(?:con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$) *(?:\.|$)/i

/** Each unit is a character. */
const PLAIN = /^[\x20-\x7e]*$/
/** A character that begins anew, whatever stands before it. */
const ALONE = /[\x20-\x7e\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]/

const characters = new Intl.Segmenter('en', { granularity: 'grapheme' })

/**
 * `name` as one harmless path segment on every system: what the API tells, the header of a download says, and who
 * fetches it writes. No separators, reserved or control characters, line breaks, direction marks or broken surrogates,
 * composed (NFC), no dots or blanks at its ends, no device of Windows, at most MAX_FILE_NAME_BYTES of UTF-8: what is
 * too long is cut in its midst, between characters, and keeps its extension. Undefined if nothing is left.
 */
export function safeFileName(name: string): string | undefined {
  const plain = withoutEnds(bounded(name).replace(INVISIBLE, '').normalize('NFC').replace(RESERVED, '_'))
  const cut = withoutEnds(cutToFit(DEVICE.test(plain) ? `_${plain}` : plain))
  return cut === '' ? undefined : cut
}

/** The name that a file is downloaded by. */
export function downloadName(name: string): string {
  return safeFileName(name) ?? 'download'
}

function bounded(name: string): string {
  if (name.length <= MAX_INPUT) return name
  const tail = MAX_INPUT * TAIL_SHARE
  return name.slice(0, MAX_INPUT - tail) + name.slice(-tail)
}

/** Not by a pattern: one that looks for the end costs the square of a run of blanks. */
function withoutEnds(text: string): string {
  const isEnd = (char = ''): boolean => char === '.' || char.trim() === ''
  let [start, end] = [0, text.length]
  while (start < end && isEnd(text[start])) start++
  while (end > start && isEnd(text[end - 1])) end--
  return text.slice(start, end)
}

function cutToFit(name: string): string {
  if (bytesOf(name) <= MAX_FILE_NAME_BYTES) return name
  const ending = ENDING.exec(name.slice(-MAX_ENDING))?.[0] ?? ''
  return inItsMidst(name.slice(0, name.length - ending.length), MAX_FILE_NAME_BYTES - MAX_ENDING) + ending
}

function inItsMidst(stem: string, limit: number): string {
  if (bytesOf(stem) <= limit) return stem
  const room = Math.floor(limit * TAIL_SHARE)
  const tail = fitting(lastCharacters(stem, room + MAX_CHARACTER).toReversed(), room).toReversed()
  const head = fitting(charactersOf(stem.slice(0, limit)), limit - bytesOf(CUT) - bytesOf(tail.join('')))
  return head.join('') + CUT + tail.join('')
}

/** Characters as people see them; one that is too long by its code points. */
function charactersOf(text: string): string[] {
  if (PLAIN.test(text)) return [...text]
  return Array.from(characters.segment(text), ({ segment }) => segment).flatMap((character) =>
    bytesOf(character) > MAX_CHARACTER ? [...character] : [character],
  )
}

/** Those at the end of a long text, in so many UTF-16 units: from one on that no other goes on with, if there is one. */
function lastCharacters(text: string, units: number): string[] {
  const end = text.slice(-units)
  const first = end.length < text.length ? Math.max(0, end.search(ALONE)) : 0
  return charactersOf(end.slice(first))
}

/** The first of `pieces` that have room in so many bytes. */
function fitting(pieces: readonly string[], room: number): string[] {
  let left = room
  const end = pieces.findIndex((piece) => (left -= bytesOf(piece)) < 0)
  return pieces.slice(0, end === -1 ? undefined : end)
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length
}
