/*
 * File names against patterns of `*` and `?`, in time linear in the name.
 *
 * A pattern is cut at its stars into pieces of plain characters and `?`. The first piece is bound to the start of
 * the name, the last one to its end, and those between are looked for from left to right, each as early as it
 * can be: an earlier find never spoils a later one, so nothing is ever tried again. A piece is looked for with
 * Shift-And (Baeza-Yates, Gonnet 1992): one bit per character of the piece says whether the piece up to that
 * character ends here. A `?` sets its bit for every character, which is what the faster searches cannot do. Each
 * character of the name is seen once, at a cost of one step per 32 characters of the piece.
 */

/** Longest pattern, characters. */
export const MAX_PATTERN_LENGTH = 256

const WORD = 32

/** How names are compared: without regard to case or to how accents are composed. */
export function foldName(text: string): string {
  return text.normalize('NFC').toLowerCase()
}

type Piece = readonly string[]

interface Search {
  length: number
  /** By character: the places of the piece that it fits. */
  masks: ReadonlyMap<string, Int32Array>
  /** Places of `?`, for characters that the piece does not name. */
  any: Int32Array
}

function searchOf(piece: Piece): Search {
  const words = Math.ceil(piece.length / WORD)
  const any = new Int32Array(words)
  const set = (mask: Int32Array, place: number) => {
    mask[Math.floor(place / WORD)] = (mask[Math.floor(place / WORD)] ?? 0) | (1 << (place % WORD))
  }
  piece.forEach((character, place) => character === '?' && set(any, place))
  const masks = new Map<string, Int32Array>()
  piece.forEach((character, place) => {
    if (character === '?') return
    const mask = masks.get(character) ?? Int32Array.from(any)
    set(mask, place)
    masks.set(character, mask)
  })
  return { length: piece.length, masks, any }
}

export class NamePattern {
  private readonly first: Piece
  private readonly between: readonly Search[]
  /** Undefined for a pattern without a star, which `first` is all of. */
  private readonly last: Piece | undefined

  /** `*` is any number of characters, `?` is one; at most MAX_PATTERN_LENGTH. */
  constructor(pattern: string) {
    const pieces = foldName(pattern)
      .split('*')
      .map((piece) => Array.from(piece))
    const [first = []] = pieces
    this.first = first
    this.last = pieces.length > 1 ? pieces.at(-1) : undefined
    this.between = pieces
      .slice(1, -1)
      .filter((piece) => piece.length > 0)
      .map(searchOf)
  }

  matches(name: string): boolean {
    return this.match(name).matches
  }

  /** The same, and what it took. */
  match(name: string): { matches: boolean; steps: number } {
    const walk = { steps: 0 }
    return { matches: this.fits(Array.from(foldName(name)), walk), steps: walk.steps }
  }

  /** The same of the characters of a folded name. */
  fits(name: readonly string[], walk = { steps: 0 }): boolean {
    const { first, last } = this
    if (last === undefined) return name.length === first.length && fitsAt(first, name, 0, walk)
    const end = name.length - last.length
    if (end < first.length || !fitsAt(first, name, 0, walk) || !fitsAt(last, name, end, walk)) return false
    let from = first.length
    for (const search of this.between) {
      const after = find(search, name, from, end, walk)
      if (after === undefined) return false
      from = after
    }
    return true
  }
}

function fitsAt(piece: Piece, name: readonly string[], at: number, walk: { steps: number }): boolean {
  return piece.every((character, place) => {
    walk.steps++
    return character === '?' || character === name[at + place]
  })
}

/** find gives the end of the first find of a piece in [from, end), if there is one. */
function find(
  search: Search,
  name: readonly string[],
  from: number,
  end: number,
  walk: { steps: number },
): number | undefined {
  const { masks, any, length } = search
  const state = new Int32Array(any.length)
  const goal = 1 << ((length - 1) % WORD)
  for (let at = from; at < end; at++) {
    const mask = masks.get(name[at] ?? '') ?? any
    let carry = 1
    for (let word = 0; word < state.length; word++) {
      walk.steps++
      const before = state[word] ?? 0
      state[word] = ((before << 1) | carry) & (mask[word] ?? 0)
      carry = before >>> (WORD - 1)
    }
    if (((state.at(-1) ?? 0) & goal) !== 0) return at + 1
  }
  return undefined
}
