/** Bytes [start, end). */
export interface Span {
  start: number
  end: number
}

/** A set of byte positions, kept as the fewest spans, in order. */
export class RangeSet {
  private readonly list: Span[] = []

  constructor(spans: readonly Span[] = []) {
    for (const { start, end } of spans) this.add(start, end)
  }

  add(start: number, end: number): void {
    if (end <= start) return
    const first = this.list.findIndex((span) => span.end >= start)
    const from = first === -1 ? this.list.length : first
    let until = from
    const merged = { start, end }
    for (let span = this.list[until]; span !== undefined && span.start <= end; span = this.list[++until]) {
      merged.start = Math.min(merged.start, span.start)
      merged.end = Math.max(merged.end, span.end)
    }
    this.list.splice(from, until - from, merged)
  }

  clear(): void {
    this.list.length = 0
  }

  spans(): Span[] {
    return this.list.map(({ start, end }) => ({ start, end }))
  }

  /** How many bytes are in the set. */
  get bytes(): number {
    return this.list.reduce((sum, { start, end }) => sum + end - start, 0)
  }

  /** missingSpans are what [0, size) lacks, in order. */
  missingSpans(size: number): Span[] {
    const gaps: Span[] = []
    let at = 0
    for (const { start, end } of this.list) {
      if (start > at && at < size) gaps.push({ start: at, end: Math.min(start, size) })
      at = Math.max(at, end)
    }
    if (at < size) gaps.push({ start: at, end: size })
    return gaps
  }
}
