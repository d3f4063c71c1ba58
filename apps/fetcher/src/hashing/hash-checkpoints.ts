import type { StoredPart, Upload } from '@obb/core/storage'
import type { HashName, HashSnapshot } from './hash-threads.js'
import { type SavedHashes, decodeHashes, encodeHashes } from './saved-hashes.js'

/** HashStatePlace keeps the state of hashes from one worker to the next. */
export interface HashStatePlace {
  /** Between two states at least, ms; EVERY_MS unless given. */
  everyMs?: number
  loadHashes(upload: Upload): Promise<Buffer | undefined>
  saveHashes(upload: Upload, state: Buffer): Promise<void>
}

/** EVERY_MS is the least time between two saved states; what a killed worker had hashed since is hashed again. */
const EVERY_MS = 5_000

/**
 * Saves the state of a file's hashes while it comes in: the newest one all of whose parts are stored, now and then,
 * and the last one at the end. A state that cannot be saved only costs the next worker time.
 */
export class HashCheckpoints {
  private readonly parts: Map<number, StoredPart>
  /** Parts 1 to this one are stored. */
  private whole = 0
  /** Newest last; only the first may have all its parts. */
  private taken: SavedHashes[] = []
  private saving: Promise<void> | undefined
  private savedAt: number

  constructor(
    private readonly place: HashStatePlace,
    private readonly upload: Upload,
    /** Each of the size that the plan gives it. */
    stored: readonly StoredPart[],
  ) {
    this.parts = new Map(stored.map((part) => [part.number, part]))
    this.savedAt = performance.now()
  }

  /** load gives what an earlier worker saved, if it is of the parts that are stored. */
  async load(names: ReadonlySet<HashName>): Promise<SavedHashes | undefined> {
    try {
      const bytes = await this.place.loadHashes(this.upload)
      return bytes && decodeHashes(bytes, this.parts, names)
    } catch {
      return undefined
    }
  }

  /** The parts after `last` are fetched again. */
  keepOnly(last: number): void {
    for (const number of this.parts.keys()) if (number > last) this.parts.delete(number)
  }

  /** A part is stored. */
  recordStored(part: StoredPart): void {
    this.parts.set(part.number, part)
    this.look()
  }

  /** The state after part `last`. */
  offer(last: number, states: HashSnapshot): void {
    this.taken.push({ last, states })
    this.look()
  }

  /** Saves what is not yet. */
  async end(): Promise<void> {
    while (this.saving) await this.saving
    await this.save()
  }

  private look(): void {
    const { everyMs = EVERY_MS } = this.place
    while (this.parts.has(this.whole + 1)) this.whole++
    const ready = this.taken.filter(({ last }) => last <= this.whole).length
    if (ready > 1) this.taken.splice(0, ready - 1)
    if (this.saving || ready === 0 || performance.now() - this.savedAt < everyMs) return
    this.saving = this.save().finally(() => {
      this.saving = undefined
      this.look()
    })
  }

  private async save(): Promise<void> {
    const [first] = this.taken
    if (!first || first.last > this.whole) return
    this.taken.shift()
    const state = encodeHashes(first, this.parts)
    if (state) await this.place.saveHashes(this.upload, state).catch(() => undefined)
    this.savedAt = performance.now()
  }
}
