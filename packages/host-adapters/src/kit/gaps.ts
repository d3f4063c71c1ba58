/** What is known of the bytes that a file lacks. */
export interface Gaps {
  /** Bytes. */
  missing: number
  /** Places. */
  count: number
}

/** Half a file that is whole is worth a download; of less nothing is left to mend. */
const MOST_MISSING = 1 / 2
/** PAR2 sets have some hundred blocks, or a few thousand, and each gap costs at least one. */
const MOST_GAPS = 5_000

/** Whether a file of `size` bytes with these gaps is as good as gone. */
export function isPastMending({ count, missing }: Gaps, size: number): boolean {
  return missing > size * MOST_MISSING || count > MOST_GAPS
}
