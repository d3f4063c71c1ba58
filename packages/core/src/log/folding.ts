/** Lines that are all alike are told of once in so long, ms. */
const WINDOW_MS = 10_000
/** Different lines that are folded at once; more are written as they come. */
const MOST = 1_000

/** What follows the first of lines that are all alike. */
export interface Repeats {
  times: number
  seconds: number
}

interface Run {
  times: number
  since: number
  tell: (repeats: Repeats) => void
  timer: NodeJS.Timeout
}

/** Folds repeated lines: the first is written, those that follow are counted, and told of together. */
export class Folding {
  private readonly runs = new Map<string, Run>()

  constructor(private readonly windowMs = WINDOW_MS) {}

  /** Whether a line is written now. `key`: the same for those that are alike. `tell` writes the line of the others. */
  take(key: string, tell: (repeats: Repeats) => void): boolean {
    const run = this.runs.get(key)
    if (run !== undefined) {
      run.times++
      return false
    }
    if (this.runs.size < MOST) {
      const timer = setInterval(() => this.end(key), this.windowMs).unref()
      this.runs.set(key, { times: 0, since: performance.now(), tell, timer })
    }
    return true
  }

  /** Tells of everything that was counted, before the process ends. */
  flush(): void {
    for (const run of this.runs.values()) {
      clearInterval(run.timer)
      tellRepeats(run)
    }
    this.runs.clear()
  }

  /** The end of a window: one without repeats is the last. */
  private end(key: string): void {
    const run = this.runs.get(key)
    if (run === undefined || tellRepeats(run)) return
    clearInterval(run.timer)
    this.runs.delete(key)
  }
}

/** False if there were none. */
function tellRepeats(run: Run): boolean {
  const { times, since, tell } = run
  if (times === 0) return false
  run.times = 0
  run.since = performance.now()
  tell({ times, seconds: Math.max(1, Math.round((run.since - since) / 1000)) })
  return true
}
