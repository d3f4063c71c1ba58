import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { mkdtemp, rm, stat, statfs } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { Inject, Injectable, type OnModuleInit, Optional } from '@nestjs/common'
import { CONFIG, type FetcherConfig } from '@obb/core/config'
import { Fetches } from '@obb/core/fetches'
import { LOG, type Log } from '@obb/core/log'
import { OBJECT_STORE, type ObjectStore } from '@obb/core/storage'
import { type ByteRange, HostError, type StreamSource } from '@obb/host-adapters'
import { type Par2End, hasPar2, runPar2 } from './par2-program.js'
import { RepairFolders } from './repair-folders.js'
import { RepairSet, type Workshop } from './repair-set.js'

/** A stored file that may have gaps. */
export interface StoredFile {
  fileId: string
  /** Names that it goes by. */
  names: readonly string[]
  /** Of its object. */
  key: string
  /** Bytes. */
  size: number
  source: StreamSource
}

/** A host that fails meanwhile is asked so often again, after so many ms. */
const PAUSES_MS: readonly number[] = [1_000, 10_000, 30_000]

/** Under which limits of whoever fetches the file. */
type How = Pick<Workshop, 'pay' | 'signal'>

/** Why a file stays as it is; told to the operator. */
const REASONS: Readonly<Record<Exclude<Par2End, 'repaired'>, string>> = {
  missing: 'this machine has no par2 (Debian package par2)',
  'not enough': 'the PAR2 set has too few recovery blocks',
  failed: 'par2 failed',
}

/** Those of this process. */
const FOLDERS = new RepairFolders()

/** Mends files with gaps by the PAR2 sets that were posted with them, in a folder of their own. */
@Injectable()
export class FileRepair implements OnModuleInit {
  constructor(
    private readonly fetches: Fetches,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    @Inject(CONFIG) private readonly config: Pick<FetcherConfig, 'REPAIR_MAX'>,
    @Inject(LOG) private readonly log: Log,
    @Optional() private readonly pauses = PAUSES_MS,
  ) {}

  async onModuleInit(): Promise<void> {
    try {
      const removed = await FOLDERS.removeLeft()
      if (removed > 0) this.log.info({ removed }, 'removed folders of repairs that were broken off')
    } catch (error) {
      this.log.warn({ err: error }, 'folders of repairs that were broken off are not removed')
    }
    if (this.config.REPAIR_MAX > 0 && !(await hasPar2())) this.log.warn(`no repairs: ${REASONS.missing}`)
  }

  /**
   * Gives `use` the path of the file as it was posted, proven by the MD5 of its set. Undefined, with a line in the log,
   * for a file that cannot be mended. Raises what `use` raises, or the signal's reason.
   */
  async run<T>(file: StoredFile, how: How, use: (path: string) => Promise<T>): Promise<T | undefined> {
    if (file.source.companions === undefined) return undefined
    const gaps = await this.fetches.gaps(file.fileId)
    if (gaps.length === 0) return undefined
    const { fileId } = file
    return FOLDERS.with(async (folder) => {
      const { path, why } = await this.mendInTries(file, gaps, how, folder)
      if (path === undefined) {
        this.log.info({ fileId, gaps: gaps.length, why }, 'file has gaps and is not repaired')
        return undefined
      }
      this.log.info({ fileId, gaps: gaps.length }, 'file is repaired')
      return use(path)
    })
  }

  /** What passes by itself costs no file its repair. */
  private async mendInTries(
    file: StoredFile,
    gaps: readonly ByteRange[],
    how: How,
    folder: string,
  ): ReturnType<FileRepair['mend']> {
    for (let tries = 0; ; tries++) {
      const own = await mkdtemp(join(folder, 'try-'))
      try {
        return await this.mend(file, gaps, how, own)
      } catch (error) {
        how.signal.throwIfAborted()
        this.log.warn({ fileId: file.fileId, err: error }, 'repair failed')
        const ms = this.pauses[tries]
        if (ms === undefined || !(error instanceof HostError) || !error.retryable)
          return { why: 'it came to an error' }
        await rm(own, { recursive: true, force: true })
        await pause(ms, undefined, { signal: how.signal })
      }
    }
  }

  private async mend(
    { key, names, size, source }: StoredFile,
    gaps: readonly ByteRange[],
    how: How,
    folder: string,
  ): Promise<{ path: string; why?: never } | { path?: undefined; why: string }> {
    const { signal } = how
    const limit = this.config.REPAIR_MAX
    if (limit === 0) return { why: 'REPAIR_MAX is 0' }
    if (!(await hasPar2())) return { why: REASONS.missing }
    const { bavail, bsize } = await statfs(folder)
    // Others need the place too, and what is made anew lies beside what was there.
    const room = Math.min(limit, (bavail * bsize) / 2)
    const shop = { ...how, folder, room }
    const companions = (await source.companions?.(signal)) ?? []
    const md5Of16k = await this.md5Of(await this.store.read(key, 0, Math.min(size, 16_384)))
    const set = await RepairSet.find(companions, { names, size, md5Of16k }, shop)
    if (set === undefined) return { why: 'nothing that was posted with it describes it' }
    if (set.bytes + size > room) {
      return { why: `its set has ${set.bytes} bytes, more than REPAIR_MAX or than ${tmpdir()} has room for` }
    }
    const path = join(folder, set.own.name)
    await pipeline(await this.store.read(key, 0, size), createWriteStream(path, { flags: 'wx' }), { signal })
    let needed = set.blocksIn(gaps) + (await set.fetchOthers())
    let end: Par2End
    do {
      await set.fetchBlocks(needed)
      end = await runPar2(folder, set.name, signal)
      needed = Infinity // what is damaged without anybody's knowledge
    } while (end === 'not enough' && set.hasMore)
    if (end !== 'repaired') return { why: REASONS[end] }
    const isProven =
      (await stat(path)).size === size && (await this.md5Of(createReadStream(path))) === set.own.md5
    return isProven ? { path } : { why: 'what par2 made of it is not what its set describes' }
  }

  private async md5Of(bytes: AsyncIterable<Buffer>): Promise<string> {
    const hash = createHash('md5')
    for await (const chunk of bytes) hash.update(chunk)
    return hash.digest('hex')
  }
}
