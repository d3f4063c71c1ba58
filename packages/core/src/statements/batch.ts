/** Questions that go in one round trip at most. */
const MAX_SIZE = 100
/** A round trip that takes longer holds up nobody else, ms. */
const PATIENCE_MS = 50

interface Asked<Question, Answer> {
  question: Question
  resolve: (answer: Answer) => void
  reject: (reason: unknown) => void
}

/**
 * Questions of the same kind that many ask at once, answered together: one round trip is under way at a time, unless
 * it hangs, and whoever asks meanwhile goes with the next. Nobody waits for company, an answer is never older than its question,
 * and a busy process makes fewer round trips per question, which is most of what a small look-up costs.
 */
export class Batch<Question, Answer> {
  private waiting: Asked<Question, Answer>[] = []
  private running = false

  /** `answer`: one answer per question, in their order. Its failure is that of all who asked with it. */
  constructor(private readonly answer: (questions: Question[]) => Promise<Answer[]>) {}

  ask(question: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ question, resolve, reject })
      if (!this.running) void this.run()
    })
  }

  private async run(): Promise<void> {
    this.running = true
    await Promise.resolve() // those who ask in this very turn
    while (this.waiting.length > 0) {
      let timer: NodeJS.Timeout | undefined
      const late = new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)))
      await Promise.race([this.trip(this.waiting.splice(0, MAX_SIZE)), late])
      clearTimeout(timer)
    }
    this.running = false
  }

  private async trip(asked: Asked<Question, Answer>[]): Promise<void> {
    try {
      const answers = await this.answer(asked.map(({ question }) => question))
      if (answers.length !== asked.length) throw new Error(`${answers.length} answers to ${asked.length}`)
      asked.forEach(({ resolve }, at) => resolve(answers[at] as Answer))
    } catch (error) {
      for (const { reject } of asked) reject(error)
    }
  }
}
