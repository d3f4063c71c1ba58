import { Inject, Injectable } from '@nestjs/common'
import { LOG, type Log } from '@obb/core/log'
import { storeAction } from '@obb/core/readiness'
import { OBJECT_STORE, type ObjectStore, StoreError } from '@obb/core/storage'
import {
  type Holdings,
  Installation,
  StoreHealth,
  StoreSweeps,
  type StoreTrouble,
} from '@obb/core/store-state'

/** Written to see whether a store that was full takes a part again, bytes. */
const PART = 8 * 1024 * 1024
/** Parts of a listing that one round of the sweep goes through. */
const PAGES_AT_ONCE = 16

/**
 * The store as one worker sees it, and what it tells the others of it (StoreHealth): whether it is there, whether it is
 * the one where this installation's files lie, and whether it takes more. Nothing is fetched that it would not take.
 */
@Injectable()
export class StoreWatch {
  private begun: Promise<void> | undefined
  private current: Holdings | undefined
  private prepared = false
  /** It was seen to be this installation's, by this process. */
  private ours = false
  private probing: Promise<void> | undefined

  constructor(
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    private readonly health: StoreHealth,
    private readonly installation: Installation,
    private readonly sweeps: StoreSweeps,
    @Inject(LOG) private readonly log: Log,
  ) {}

  /** Raises what the database says. A store that cannot be used is told, and tried again by `look`. */
  begin(): Promise<void> {
    return (this.begun ??= this.firstLook())
  }

  /** Once `begin` is done. */
  get holdings(): Holdings {
    if (!this.current) throw new Error('the installation is not established')
    return this.current
  }

  /** Whether a file may be fetched now, and how many bytes there is room for; undefined where the store does not tell. */
  async takes(): Promise<{ room: number | undefined } | undefined> {
    await this.begin()
    if (!this.ours || (await this.health.state()).trouble !== null) return undefined
    try {
      return { room: await this.store.room() }
    } catch (error) {
      await this.blame(error)
      return undefined
    }
  }

  /**
   * The store ended a fetch. Where it says that it is full nothing else is fetched; where it could not be used it is
   * asked once more, since that may have been about one request. With a whole part: a store may close the connection on
   * a body for which it has no room, and then its answer is not always heard.
   */
  async blame(error: unknown): Promise<void> {
    if (!(error instanceof StoreError)) return
    if (error.kind === 'FULL') return this.tell('full', error.message)
    if (error.kind === 'UNAVAILABLE') await this.probe(PART)
  }

  /** A file was stored. */
  async recordStored(): Promise<void> {
    await this.health.recordStored()
  }

  /** Every few seconds: how much room there is, and once it is time whether what was wrong is over. */
  async look(): Promise<void> {
    await this.begin()
    await this.followOperator()
    await this.measure()
    await this.health.runTest(() => this.tryNow())
    const trouble = await this.health.enterProbe()
    if (trouble) await this.probe(trouble === 'full' ? PART : 1)
    else if (!this.ours && (await this.health.state()).trouble === null) await this.probe(1)
  }

  /** Goes on with the sweep that waits, a few parts of the listing at a time. */
  async sweep(): Promise<void> {
    if (!this.ours) return
    for (let page = 0; page < PAGES_AT_ONCE; page++) {
      const sweep = await this.sweeps.enter()
      if (!sweep) return
      const part = await this.store.listObjects(this.holdings.root, sweep.cursor ?? undefined)
      const now = await this.sweeps.advance(sweep, part, this.holdings)
      if (now.finishedAt === null) continue
      const { dryRun, failure, objects, orphanBytes, orphans } = now
      const found = { dryRun, objects, orphans, orphanBytes }
      if (failure !== null) this.log.warn({ ...found, reason: failure }, 'sweep of the store')
      else this.log.info(found, 'sweep of the store')
    }
  }

  private async firstLook(): Promise<void> {
    const { holdings, copyOf } = await this.installation.establish()
    this.current = holdings
    if (copyOf !== undefined) {
      const told = { installation: holdings.id, copyOf }
      this.log.warn(
        told,
        'this database is a copy: objects of the one it was copied from are read, and never deleted',
      )
    }
    await this.probe(1)
  }

  /** followOperator follows what was decided through the API. */
  private async followOperator(): Promise<void> {
    const known = await this.installation.current()
    if (!known) return
    this.current = known.holdings
    if (!known.adopting) return
    this.ours = false
    await this.health.retryNow()
    await this.probe(1)
  }

  private async measure(): Promise<void> {
    const room = await this.store.room().catch(() => undefined) // a fetch, or the probe, tells why
    if (room === undefined) return
    const { lacking, changed } = await this.health.recordRoom(room)
    if (changed && lacking !== null)
      this.log.warn({ room, lacking }, 'the store has no room for a file that waits')
    else if (changed) this.log.info({ room }, 'the store has room again')
    if (room <= 0 && this.ours) await this.tell('full', `only the reserve is left (${room} bytes)`)
  }

  /** As somebody asks for: with a whole part where it is full, since it may well take a byte. */
  private async tryNow(): Promise<void> {
    const { trouble } = await this.health.state()
    await this.probe(trouble === 'full' ? PART : 1)
  }

  /** Whoever wants to know meanwhile gets to know by the same one. */
  private probe(bytes: number): Promise<void> {
    return (this.probing ??= this.tryIt(bytes).finally(() => (this.probing = undefined)))
  }

  /** Does what a fetch would: finds the store to be the right one, and writes `bytes`. */
  private async tryIt(bytes: number): Promise<void> {
    try {
      if (!this.prepared) await this.store.prepare()
      this.prepared = true
      await this.store.ping()
      if (!(await this.recognise())) return
      const key = `${this.holdings.root}.probe`
      await this.store.put(key, Buffer.alloc(bytes))
      await this.store.delete(key)
    } catch (error) {
      if (!(error instanceof StoreError)) throw error
      return this.tell(error.kind === 'FULL' ? 'full' : 'away', error.message)
    }
    // A full store may well take a byte.
    const recovered = await this.health.recordRecovery(bytes < PART ? 'full' : undefined)
    if (recovered) this.log.info({}, 'the store takes files again')
  }

  private async recognise(): Promise<boolean> {
    const known = await this.installation.current()
    const found = known?.adopting ? 'unmarked' : await this.installation.liesIn(this.store)
    this.ours = found !== 'no'
    if (found === 'no') {
      await this.tell(
        'wrong',
        'none of the files of this installation is in it: another bucket or directory? If it is meant, ./obb store adopt',
      )
    }
    if (found === 'unmarked') await this.installation.mark(this.store, this.holdings)
    return this.ours
  }

  private async tell(trouble: StoreTrouble, reason: string): Promise<void> {
    if (await this.health.recordFailure(trouble, reason))
      this.log.warn({ trouble, reason, action: storeAction(trouble, reason) }, 'the store takes no files')
  }
}
