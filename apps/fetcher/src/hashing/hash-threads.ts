import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'

export type HashName = 'sha256' | 'md5' | 'sha1' | 'crc32c' | 'pieces'

/** The SHA-256 of pieces are of so many bytes each. */
export const PIECE_BYTES = 4 * 1024 * 1024

/** Lower-case hex; `pieces` is all digests in a row. */
export type HashValues = Partial<Record<HashName, string>>

/** HashSnapshot is the state of each hash that goes on later; `pieces`: the digests so far. */
export type HashSnapshot = Partial<Record<HashName, Uint8Array>>

/** Hashes whose state can be saved, at more CPU; `states` are those that go on. */
export interface Resumable {
  resumable?: boolean
  states?: HashSnapshot | undefined
}

/** HashSource is what is read: a file by its path or an open descriptor; neither if bytes are handed over. */
export type HashSource = { path: string } | { fd: number } | Record<never, never>

/** Some hashes of one file, computed in a thread, in file order. */
export interface HashJob {
  /** The next bytes of the file lie here in the source. Rejects if the thread cannot hash them. */
  segment(position: number, length: number): Promise<void>
  /** The next bytes of the file, which belong to the thread from now on. */
  bytes(bytes: Uint8Array<ArrayBuffer>): Promise<void>
  /** After what was given so far, which ends a piece. Rejects unless the job is resumable. */
  save(): Promise<HashSnapshot>
  /** The hashes of all of it. Ends the job. */
  digests(): Promise<HashValues>
  /** Gives it up. Idempotent. */
  end(): void
}

/** Threads at most: hashing shall not take a machine's other work away. */
const MOST = 4

interface Answer {
  job: number
  hashed?: number
  states?: HashSnapshot
  digests?: HashValues
  error?: string
}

/** Threads that hash, started with the first job and shared by all files of this process. */
export class HashThreads {
  private readonly threads: Thread[] = []

  constructor(private readonly most = Math.min(MOST, availableParallelism())) {}

  begin(algorithms: readonly HashName[], source: HashSource, how: Resumable = {}): HashJob {
    let thread = this.threads.reduce<Thread | undefined>(
      (least, other) => (least === undefined || other.load < least.load ? other : least),
      undefined,
    )
    if (thread === undefined || (thread.load > 0 && this.threads.length < this.most)) {
      thread = new Thread(() => this.threads.splice(this.threads.indexOf(thread as Thread), 1))
      this.threads.push(thread)
    }
    return thread.begin(algorithms, source, how)
  }
}

class Thread {
  private readonly worker: Worker
  private readonly jobs = new Map<number, Job>()
  private last = 0

  constructor(gone: () => void) {
    // It holds one buffer and a few hashes; the defaults would reserve far more.
    const resourceLimits = { maxOldGenerationSizeMb: 64, maxYoungGenerationSizeMb: 1 }
    this.worker = new Worker(new URL('./hash-thread.mjs', import.meta.url), { resourceLimits })
    this.worker.unref()
    this.worker.on('message', (answer: Answer) => this.jobs.get(answer.job)?.settle(answer))
    const fail = (): void => {
      gone()
      for (const job of this.jobs.values()) job.settle({ job: 0, error: 'THREAD_GONE' })
      this.jobs.clear()
    }
    this.worker.on('error', fail)
    this.worker.on('exit', fail)
  }

  get load(): number {
    return this.jobs.size
  }

  begin(algorithms: readonly HashName[], source: HashSource, how: Resumable): HashJob {
    const id = ++this.last
    const send = (message: object, transfer: ArrayBuffer[] = []): void =>
      this.worker.postMessage({ job: id, ...message }, transfer)
    const job = new Job(send, () => {
      this.jobs.delete(id)
      if (this.jobs.size === 0) this.worker.unref()
    })
    this.jobs.set(id, job)
    this.worker.ref()
    send({ begin: { algorithms, ...source, ...how } })
    return job
  }
}

interface Waiter {
  resolve: (answer: Answer) => void
  reject: (error: Error) => void
}

/** Answers come in the order of what was asked. */
class Job implements HashJob {
  private readonly waiting: Waiter[] = []
  private failure: Error | undefined
  private ended = false

  constructor(
    private readonly send: (message: object, transfer?: ArrayBuffer[]) => void,
    private readonly over: () => void,
  ) {}

  async segment(position: number, length: number): Promise<void> {
    await this.ask({ segment: [position, length] })
  }

  async bytes(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    await this.ask({ bytes }, [bytes.buffer])
  }

  async save(): Promise<HashSnapshot> {
    return (await this.ask({ save: true })).states ?? {}
  }

  async digests(): Promise<HashValues> {
    const { digests = {} } = await this.ask({ finish: true })
    this.close()
    return digests
  }

  end(): void {
    if (this.ended) return
    this.send({ end: true })
    this.close()
  }

  settle(answer: Answer): void {
    if (answer.error === undefined) return this.waiting.shift()?.resolve(answer)
    this.failure = new Error(`hash thread: ${answer.error}`)
    for (const { reject } of this.waiting.splice(0)) reject(this.failure)
    this.close()
  }

  private ask(message: object, transfer?: ArrayBuffer[]): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (this.failure || this.ended) return reject(this.failure ?? new Error('hash job has ended'))
      this.waiting.push({ resolve, reject })
      this.send(message, transfer)
    })
  }

  private close(): void {
    if (this.ended) return
    this.ended = true
    for (const { reject } of this.waiting.splice(0)) reject(new Error('hash job has ended'))
    this.over()
  }
}

let shared: HashThreads | undefined

/** hashThreads gives the hash threads of this process. */
export function hashThreads(): HashThreads {
  return (shared ??= new HashThreads())
}
