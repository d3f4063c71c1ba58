/**
 * The articles of a file, in order: some bytes per article and no object each, since a file may have a million and is
 * handed from thread to thread.
 */
export class Articles {
  /**
   * `ids`: message ids, ASCII, one article behind the other, blanks between the alternatives of one; `ends`: where each
   * article's end there. `sizes`: bytes of the articles as they
   * were posted, encoded.
   */
  constructor(
    readonly ids: Uint8Array,
    readonly ends: Uint32Array,
    readonly sizes: Float64Array,
  ) {}

  static of(segments: readonly { messageIds: readonly string[]; bytes: number }[]): Articles {
    const ends = new Uint32Array(segments.length)
    let end = 0
    const texts = segments.map(({ messageIds }) => messageIds.join(' '))
    texts.forEach((text, at) => (ends[at] = end += text.length))
    const ids = Buffer.from(texts.join(''), 'latin1')
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

  /** The articles that hold the same, without angle brackets, safe to put into a command; none for one that nobody lists. */
  messageIds(at: number): string[] {
    const end = this.ends[at] ?? 0
    const start = this.ends[at - 1] ?? 0
    if (end <= start) return []
    const { buffer, byteOffset } = this.ids
    return Buffer.from(buffer, byteOffset + start, end - start)
      .toString('latin1')
      .split(' ')
  }

  /** Bytes of an article as it was posted, encoded; 0 is not known. */
  encodedBytes(at: number): number {
    return this.sizes[at] ?? 0
  }
}
