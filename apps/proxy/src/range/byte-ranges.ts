/** Bytes [start, end) of the representation; start < end ≤ size. */
export interface ByteRange {
  start: number
  end: number
}

/** Most parts of one multipart answer; a request for more is answered with the whole file. */
export const MAX_RANGES = 16

/**
 * What a `Range` field asks of a file of `size` bytes (RFC 9110 §14.1.2, §14.2):
 * `undefined` to ignore the field, `[]` when no range can be satisfied, else the ranges in ascending
 * order, merged where they overlap or touch.
 *
 * Ignored: another unit, a syntax error anywhere in the list, more than MAX_RANGES ranges after merging,
 * and a range that starts at 0 of an empty file, which would be the whole file if it could be said.
 */
export function selectRanges(field: string, size: number): ByteRange[] | undefined {
  const set = /^bytes=(.*)$/i.exec(field)?.[1]
  if (set === undefined) return undefined
  const ranges: ByteRange[] = []
  let specs = 0
  for (const element of set.split(',')) {
    const text = element.replace(/^[ \t]+|(?<![ \t])[ \t]+$/g, '')
    if (text === '') continue
    const spec = parseSpec(text)
    if (spec === undefined) return undefined
    specs += 1
    const range = resolve(spec, size)
    if (range === 'whole') return undefined
    if (range !== undefined) ranges.push(range)
  }
  if (specs === 0) return undefined
  const merged = merge(ranges)
  return merged.length > MAX_RANGES ? undefined : merged
}

/** `first` null: the last `last` bytes. `last` null: to the end. */
type Spec = { first: number; last: number | null } | { first: null; last: number }

function parseSpec(text: string): Spec | undefined {
  const match = /^(\d*)-(\d*)$/.exec(text)
  const [, first = '', last = ''] = match ?? []
  if (first === '') return last === '' ? undefined : { first: null, last: position(last) }
  if (last === '') return { first: position(first), last: null }
  return isGreater(first, last) ? undefined : { first: position(first), last: position(last) }
}

function resolve(spec: Spec, size: number): ByteRange | 'whole' | undefined {
  if (spec.first === null) {
    if (size === 0) return 'whole'
    return spec.last === 0 ? undefined : { start: Math.max(0, size - spec.last), end: size }
  }
  if (spec.first >= size) return spec.first === 0 ? 'whole' : undefined
  return { start: spec.first, end: spec.last === null ? size : Math.min(size, spec.last + 1) }
}

function merge(ranges: readonly ByteRange[]): ByteRange[] {
  const merged: ByteRange[] = []
  for (const range of ranges.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1)
    if (last !== undefined && range.start <= last.end) last.end = Math.max(last.end, range.end)
    else merged.push({ ...range })
  }
  return merged
}

/** Sizes are safe integers, so a position beyond them may be any number beyond them. */
function position(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER)
}

/** Compares whole numbers of any length, which Number cannot tell apart beyond 2^53. */
function isGreater(a: string, b: string): boolean {
  const [left, right] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')]
  return left.length === right.length ? left > right : left.length > right.length
}
