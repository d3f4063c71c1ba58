import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import { type FakeContent, patternContent } from '@obb/host-adapters/testing'

/** Bytes of a part in every store, for the sizes of these tests. */
export const PART = 8 * 1024 * 1024

/** A file at a host that writes down what is asked of it. */
export class WatchedContent implements FakeContent {
  /** Ranges [start, end) in order of request. */
  readonly reads: [start: number, end: number][] = []
  private readonly pattern: FakeContent

  constructor(
    readonly size: number,
    seed = 1,
  ) {
    this.pattern = patternContent(size, seed)
  }

  read(start: number, end: number): Readable {
    this.reads.push([start, end])
    return this.pattern.read(start, end)
  }

  /** Numbers of the parts that were asked for from the `from`th request on, in order. */
  partsAsked(from = 0): number[] {
    return this.reads
      .slice(from)
      .map(([start]) => start / PART + 1)
      .sort((a, b) => a - b)
  }

  /** Lower-case hex of the whole content; does not count as a read. */
  async digest(algorithm: 'md5' | 'sha256'): Promise<string> {
    const hash = createHash(algorithm)
    for await (const chunk of this.pattern.read(0, this.size)) hash.update(chunk as Buffer)
    return hash.digest('hex')
  }
}
