import { setTimeout as sleep } from 'node:timers/promises'
import { within } from '../deadline/index.js'

/** Questions that go in one round trip at most. */
const MAX_SIZE = 100
/** A round trip that takes longer holds up nobody else, ms. */
const PATIENCE_MS = 50
/** So soon after the last round trip began, a question has company on its way, ms. */
const BUSY_MS = 10

/** For the first look-up of requests: in a busy gateway those that come within so long share their statements, ms. */
export const GATHER_MS = 1

/** A Batch of askers who all want to know the same. */
export function sharedAnswer<Answer>(read: () => Promise<Answer>): Batch<void, Answer> {
  return new Batch<void, Answer>(async (askers) => {
    const answer = await read()
    return askers.map(() => answer)
  }, GATHER_MS)
}

interface PendingQuestion<Question, Answer> {
  question: Question
  resolve: (answer: Answer) => void
  reject: (reason: unknown) => void
}

/**
 * Questions of the same kind that many ask at once, answered together: one round trip is under way at a time, unless
 * it hangs, and whoever asks meanwhile goes with the next. An answer is never older than its question, and a busy
 * process makes fewer round trips per question, which is most of what a small look-up costs. A question that comes
 * alone goes at once; where others went a moment ago it may wait for company, which all of them win back.
 */
export class Batch<Question, Answer> {
  private waiting: PendingQuestion<Question, Answer>[] = []
  private running = false
  /** When the last round trip began, ms of the process's own clock. */
  private began = -Infinity

  /**
   * `answer`: one answer per question, in their order. Its failure is that of all who asked with it.
   * `gatherMs`: how long to wait for company in a busy process; what follows another batch comes in company already.
   */
  constructor(
    private readonly answer: (questions: Question[]) => Promise<Answer[]>,
    private readonly gatherMs = 0,
  ) {}

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ question, resolve, reject })
      if (!this.running) void this.run()
    })
  }

  private async run(): Promise<void> {
    this.running = true
    while (this.waiting.length > 0) {
      await this.gather()
      const trip = this.trip(this.waiting.splice(0, MAX_SIZE))
      await within(PATIENCE_MS, trip, 'a statement').catch(() => undefined) // the next ones need not wait for it
    }
    this.running = false
  }

  private async gather(): Promise<void> {
    const busy = performance.now() - this.began < BUSY_MS
    await (busy && this.gatherMs > 0 ? sleep(this.gatherMs) : new Promise(setImmediate))
    this.began = performance.now()
  }

  private async trip(asked: PendingQuestion<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.answer(asked.map(({ question }) => question))
      if (answers.length !== asked.length) throw new Error(`${answers.length} answers to ${asked.length}`)
      asked.forEach(({ resolve }, at) => resolve(answers[at] as Answer))
    } catch (error) {
      for (const { reject } of asked) reject(error)
    }
  }
}
