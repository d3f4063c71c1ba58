/** A file is looked at in so many equal cells. */
const CELLS = 200

/**
 * How much of a file was sent, each byte once, in memory that does not grow with the number of ranges. Exact but where a
 * client has the same bytes sent again in a cell of which others are missing: then it is too many, by less than the cell.
 */
export class SentBytes {
  private readonly cells = new Float64Array(CELLS)
  private readonly width: number
  /** Bytes. */
  distinct = 0

  constructor(private readonly size: number) {
    this.width = Math.max(1, Math.ceil(size / CELLS))
  }

  /** Bytes of the file from `start` up to `end` were sent. */
  add(start: number, end: number): void {
    const { cells, width } = this
    const last = Math.min(end, this.size)
    for (let at = start; at < last;) {
      const cell = Math.floor(at / width)
      const next = Math.min(last, (cell + 1) * width)
      const before = cells[cell] ?? 0
      const whole = Math.min(width, this.size - cell * width)
      const after = Math.min(whole, before + next - at)
      cells[cell] = after
      this.distinct += after - before
      at = next
    }
  }

  /** Whether the byte at `at` was sent, with all around it. */
  has(at: number): boolean {
    const cell = Math.floor(at / this.width)
    return this.cells[cell] === Math.min(this.width, this.size - cell * this.width)
  }
}
