import type { BlockCandidate } from './block.table.js'
import { NamePattern, foldName } from './name-pattern.js'

/*
 * All name patterns at once, at a cost that does not grow with their number.
 *
 * Each pattern has an anchor: a few characters in a row that every name it fits has. A name is gone over once, and
 * what stands at each of its places is looked up among the anchors, by hash; a pattern is compared only where its
 * anchor was found. Anchors are as long as the pattern allows, up to eight characters; but one that only a few other
 * patterns have goes before a longer one that many have. So thousands of patterns that look alike are told apart by what
 * is theirs, and adding a pattern costs what it is long. Patterns of nothing but `*` and `?` ask for a length.
 */

/** Lengths of anchors, the longest first: as few as will do, since each is a look-up for every place of a name. */
const ANCHOR_LENGTHS = [8, 4, 2, 1] as const
/** Patterns that may have the same anchor before a shorter one is looked for. */
const CROWD = 8

interface Entry {
  block: BlockCandidate
  pattern: NamePattern
}

interface Anchors {
  length: number
  entries: Map<string, Entry[]>
}

/** An anchor that a pattern could have, and the patterns that have it. */
interface Place {
  entries: Anchors['entries']
  anchor: string
  others: Entry[] | undefined
}

/** A search's outcome, and what it took: look-ups of anchors, and patterns that were compared. */
export interface NameSearch {
  block: BlockCandidate | undefined
  steps: number
  compared: number
}

export class NamePatterns {
  private readonly ids = new Set<string>()
  private readonly anchors: readonly Anchors[] = ANCHOR_LENGTHS.map((length) => ({
    length,
    entries: new Map(),
  }))
  /** Patterns without a character of their own, by how many characters they want. */
  private readonly exactly = new Map<number, BlockCandidate>()
  private atLeast: { length: number; block: BlockCandidate } | undefined

  /** How many there are. */
  get size(): number {
    return this.ids.size
  }

  has(id: string): boolean {
    return this.ids.has(id)
  }

  /** Once for each id. */
  add(block: BlockCandidate): void {
    this.ids.add(block.id)
    const runs = foldName(block.value)
      .split(/[*?]/)
      .filter((run) => run !== '')
    const place = this.placeFor(runs)
    if (place === undefined) return this.addLength(block)
    const { entries, anchor, others } = place
    const entry = { block, pattern: new NamePattern(block.value) }
    if (others) others.push(entry)
    else entries.set(anchor, [entry])
  }

  /** Where a pattern with these runs of characters goes; undefined without any. */
  private placeFor(runs: readonly string[]): Place | undefined {
    let best: Place | undefined
    for (const anchors of this.anchors) {
      const place = rarestPlace(anchors, runs)
      if (place === undefined) continue
      if (sizeOf(place) < CROWD) return place
      if (best === undefined || sizeOf(place) < sizeOf(best)) best = place
    }
    return best
  }

  /** A pattern that the name fits. */
  find(name: string): BlockCandidate | undefined {
    return this.search(name).block
  }

  search(name: string): NameSearch {
    const folded = foldName(name)
    const search: NameSearch = { block: undefined, steps: 0, compared: 0 }
    if (this.size === 0) return search
    const characters = Array.from(folded)
    search.block = this.byLength(characters.length)
    const compared = new Set<Entry[]>()
    for (const { length, entries } of this.anchors) {
      if (search.block) return search
      if (entries.size > 0) this.searchAnchors(search, { folded, characters, length, entries, compared })
    }
    return search
  }

  private searchAnchors(
    search: NameSearch,
    at: Anchors & { folded: string; characters: readonly string[]; compared: Set<Entry[]> },
  ): void {
    const { folded, characters, length, entries, compared } = at
    for (let place = 0; place + length <= folded.length; place++) {
      search.steps++
      const found = entries.get(folded.slice(place, place + length))
      if (found === undefined || compared.has(found)) continue
      compared.add(found)
      for (const { block, pattern } of found) {
        search.compared++
        if (!pattern.fits(characters)) continue
        search.block = block
        return
      }
    }
  }

  private addLength(block: BlockCandidate): void {
    const length = Array.from(block.value).filter((character) => character === '?').length
    if (!block.value.includes('*')) this.exactly.set(length, block)
    else if (this.atLeast === undefined || length < this.atLeast.length) this.atLeast = { length, block }
  }

  private byLength(length: number): BlockCandidate | undefined {
    if (this.atLeast !== undefined && length >= this.atLeast.length) return this.atLeast.block
    return this.exactly.get(length)
  }
}

const sizeOf = ({ others }: Place): number => others?.length ?? 0

/** Of all anchors of this length in the runs of a pattern the one that the fewest patterns have. */
function rarestPlace({ length, entries }: Anchors, runs: readonly string[]): Place | undefined {
  let rarest: Place | undefined
  for (const run of runs) {
    for (let at = 0; at + length <= run.length; at++) {
      const anchor = run.slice(at, at + length)
      const place = { entries, anchor, others: entries.get(anchor) }
      if (place.others === undefined) return place
      if (rarest === undefined || sizeOf(place) < sizeOf(rarest)) rarest = place
    }
  }
  return rarest
}
