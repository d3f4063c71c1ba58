/**
 * The articles of a file, in order: some bytes per article and no object each, since a file may have a million and is
 * handed from thread to thread.
 */
export class Articles {
  /**
   * `ids`: message ids, ASCII, one behind the other; `ends`: where each ends there. `sizes`: bytes of the articles as they
   * were posted, encoded.
   */
  constructor(
    readonly ids: Uint8Array,
    readonly ends: Uint32Array,
    readonly sizes: Float64Array,
  ) {}

  static of(segments: readonly { messageId: string; bytes: number }[]): Articles {
    const ends = new Uint32Array(segments.length)
    let end = 0
    segments.forEach(({ messageId }, at) => (ends[at] = end += messageId.length))
    const ids = Buffer.from(segments.map(({ messageId }) => messageId).join(''), 'latin1')
    return new Articles(
      Uint8Array.from(ids),
      ends,
      Float64Array.from(segments, ({ bytes }) => bytes),
    )
  }

  /** As they were before they were handed over. */
  static from({ ends, ids, sizes }: Pick<Articles, 'ids' | 'ends' | 'sizes'>): Articles {
    return new Articles(ids, ends, sizes)
  }

  get length(): number {
    return this.ends.length
  }

  /** Without angle brackets, safe to put into a command; undefined for a place beyond the last. */
  messageId(at: number): string | undefined {
    const end = this.ends[at]
    if (end === undefined) return undefined
    const { buffer, byteOffset } = this.ids
    const start = this.ends[at - 1] ?? 0
    return Buffer.from(buffer, byteOffset + start, end - start).toString('latin1')
  }
}
