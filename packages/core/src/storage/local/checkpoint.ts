import type { FileHandle } from 'node:fs/promises'
import { onDisk } from './local-files.js'
import { StoreError, type StoredPart } from '../object-store.js'
import type { PartJournal } from './part-journal.js'

interface Waiting {
  part: StoredPart
  file: FileHandle
  era: number
  signal: AbortSignal
  kept: () => void
  failed: (error: unknown) => void
}

/**
 * Makes the parts of one upload lasting: their bytes, then their lines in the journal. All of them lie in one file,
 * so one sync is for every part that was written when it began; those that come meanwhile share the next one. A
 * machine's disk is asked as often as it can answer, and the few threads of Node's file system stay free.
 */
export class Checkpoint {
  #waiting: Waiting[] = []
  #running = false
  #era = 0

  constructor(private readonly journal: PartJournal) {}

  /**
   * Changes when a sync fails. A system tells that bytes were lost once per descriptor and never to those opened
   * later, so no part that was being written then can be kept.
   */
  get era(): number {
    return this.#era
  }

  /** `file`: open since before the part's first byte; `era`: that of its opening. Raises the signal's reason. */
  keep(part: StoredPart, file: FileHandle, era: number, signal: AbortSignal): Promise<void> {
    return new Promise((kept, failed) => {
      this.#waiting.push({ part, file, era, signal, kept, failed })
      if (!this.#running) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#running = true
    for (let batch; (batch = this.#waiting.splice(0)).length > 0;) {
      try {
        await this.#sync(batch)
      } catch (error) {
        for (const { failed } of batch) failed(error)
      }
    }
    this.#running = false
  }

  async #sync(batch: readonly Waiting[]): Promise<void> {
    try {
      await onDisk(() => batch[0]!.file.datasync())
    } catch (error) {
      this.#era++
      throw error
    }
    const good: Waiting[] = []
    for (const each of batch) {
      if (each.signal.aborted) each.failed(each.signal.reason)
      else if (each.era !== this.#era) each.failed(new StoreError('UNAVAILABLE', 'local store: EIO before'))
      else good.push(each)
    }
    if (good.length > 0) await onDisk(() => this.journal.record(good.map(({ part }) => part)))
    for (const { kept } of good) kept()
  }
}
