import { createHash } from 'node:crypto'
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { type ByteRange, type Companion, HostError } from '@obb/host-adapters'
import { type DescribedFile, MARK, OWN_PREFIX, PacketReader, type SetFacts, noFacts } from './par2-packets.js'

/** The file that is to be mended, as far as it is known. */
export interface Wanted {
  names: readonly string[]
  /** Bytes. */
  size: number
  /** Hex; right where there is no gap in it. */
  md5Of16k: string
}

interface Volume {
  companion: Companion
  /** Recovery blocks, as its name tells. */
  blocks: number
}

/** Where and how a repair is made. */
export interface Workshop {
  /** Nobody else's; its files are those of the set. */
  folder: string
  /** Bytes that may be fetched into it. */
  room: number
  /** Waits until so many bytes may come. */
  pay(bytes: number): Promise<void>
  signal: AbortSignal
}

/** Files whose beginning is looked at: each costs an article. */
const MOST_PROBED = 200
/** Of a set, by PAR2 2.0. */
const MOST_BLOCKS = 32_768
const BEGINNING: ByteRange = { start: 0, end: 16_384 }

/** A PAR2 set in a folder: what it describes and how much of it was fetched. No name of it leads out of there. */
export class RepairSet {
  /** Of its first file in the folder. */
  readonly name = `${OWN_PREFIX}par2`
  private volumesRead = 0
  /** Bytes. */
  private fetched = 0

  /** The set among the companions that describes the file; undefined where none does. Raises HostError. */
  static async find(
    companions: readonly Companion[],
    wanted: Wanted,
    shop: Workshop,
  ): Promise<RepairSet | undefined> {
    const named = setsIn(companions)
    const sets = named.length > 0 ? named : [await hiddenSet(companions, shop)]
    const volumes = new Set(sets.flat().map(({ companion }) => companion))
    const others = companions.filter((companion) => !volumes.has(companion))
    for (const each of sets) {
      const facts = noFacts()
      const set = new RepairSet(others, each, facts, shop)
      while (facts.files.size === 0 && set.hasMore) await set.fetchFirst()
      const own = described(facts, wanted)
      if (own !== undefined && set.blocks <= MOST_BLOCKS) {
        set.own = own
        return set
      }
    }
    return undefined
  }

  own!: DescribedFile

  private constructor(
    /** What may be files of it. */
    private readonly companions: readonly Companion[],
    /** Those with the fewest blocks first. */
    private readonly volumes: Volume[],
    private readonly facts: SetFacts,
    private readonly shop: Workshop,
  ) {}

  /** Bytes of its files and volumes together. */
  get bytes(): number {
    const files = [...this.facts.files.values()].reduce((sum, { size }) => sum + size, 0)
    return this.volumes.reduce((sum, { companion }) => sum + companion.bytes, files)
  }

  /** Of its files; Infinity where their length is not known. */
  private get blocks(): number {
    const { blockBytes, files } = this.facts
    return [...files.values()].reduce((sum, { size }) => sum + Math.ceil(size / blockBytes), 0)
  }

  get hasMore(): boolean {
    return this.volumes.length > 0
  }

  /** Blocks of a file that the gaps touch. */
  blocksIn(gaps: readonly ByteRange[]): number {
    const { blockBytes } = this.facts
    const touched = new Set<number>()
    for (const { start, end } of gaps) {
      for (let block = Math.floor(start / blockBytes); block * blockBytes < end; block++) touched.add(block)
    }
    return touched.size
  }

  /** The other files that it describes, as far as they were posted. Returns how many blocks of them are lost. */
  async fetchOthers(): Promise<number> {
    let lost = 0
    const others = [...this.facts.files.values()].filter((file) => file !== this.own)
    const companions = await this.companionsOf(others)
    for (const file of others) {
      const companion = companions.get(file)
      const gaps = companion === undefined ? 'all' : await this.fetchInto(file.name, companion)
      lost += this.blocksIn(gaps === 'all' ? [{ start: 0, end: file.size }] : gaps)
    }
    return lost
  }

  /** So many recovery blocks, or as many as there are. */
  async fetchBlocks(needed: number): Promise<void> {
    while (this.facts.blocks.size < needed && this.hasMore) await this.fetchVolume()
  }

  /** By their names, or where those were changed by how they begin. */
  private async companionsOf(files: readonly DescribedFile[]): Promise<Map<DescribedFile, Companion>> {
    const found = new Map<DescribedFile, Companion>()
    const rest = new Set(this.companions)
    for (const file of files) {
      const named = [...rest].find(({ name }) => name === file.name)
      if (named === undefined) continue
      found.set(file, named)
      rest.delete(named)
    }
    for (const companion of rest) {
      const unknown = files.filter((file) => !found.has(file))
      if (unknown.length === 0) break
      const beginning = await beginningOf(companion, BEGINNING, this.shop)
      const md5 = beginning && createHash('md5').update(beginning).digest('hex')
      const file = unknown.find(({ md5Of16k }) => md5Of16k === md5)
      if (file !== undefined) found.set(file, companion)
    }
    return found
  }

  /** Where it has gaps; `all` where nothing of it is there. */
  private async fetchInto(name: string, companion: Companion): Promise<ByteRange[] | 'all'> {
    const file = await open(join(this.shop.folder, name), 'wx')
    try {
      return await this.pour(companion, (chunk) => file.appendFile(chunk))
    } catch (error) {
      return unlessLost(error) ?? 'all'
    } finally {
      await file.close()
    }
  }

  /** In place of what was fetched before. */
  private async fetchFirst(): Promise<void> {
    await rm(join(this.shop.folder, this.name), { force: true })
    this.volumesRead = 0
    await this.fetchVolume()
  }

  private async fetchVolume(): Promise<void> {
    const volume = this.volumes.shift()
    if (volume === undefined) return
    const number = this.volumesRead++
    const name = number === 0 ? this.name : `${OWN_PREFIX}vol${number}.par2`
    const file = await open(join(this.shop.folder, name), 'wx')
    const reader = new PacketReader(this.facts)
    try {
      await this.pour(volume.companion, async (chunk) => {
        for (const packet of reader.read(chunk)) await file.appendFile(packet)
      })
    } catch (error) {
      unlessLost(error)
    } finally {
      await file.close()
    }
  }

  private async pour(companion: Companion, take: (chunk: Buffer) => Promise<unknown>): Promise<ByteRange[]> {
    const { pay, signal } = this.shop
    const source = await companion.open(signal)
    this.fetched += source.size
    if (this.fetched > this.shop.room) throw new Error('a set is larger than it was said to be')
    const gaps: ByteRange[] = []
    const onGap = (gap: ByteRange) => Promise.resolve(void gaps.push(gap))
    for await (const chunk of await source.open({ start: 0, end: source.size }, signal, onGap)) {
      await pay((chunk as Buffer).length)
      await take(chunk as Buffer)
    }
    return gaps
  }
}

/** The first bytes of a companion; undefined where they are lost. */
async function beginningOf(
  companion: Companion,
  { end }: ByteRange,
  { signal }: Workshop,
): Promise<Buffer | undefined> {
  try {
    const source = await companion.open(signal)
    return await buffer(await source.open({ start: 0, end: Math.min(end, source.size) }, signal))
  } catch (error) {
    return unlessLost(error)
  }
}

/** A file that is gone is one that has to be made anew. */
function unlessLost(error: unknown): undefined {
  if (error instanceof HostError && (error.scope === 'file' || error.kind === 'CORRUPT')) return undefined
  throw error
}

/** By size and beginning, or where that is lost by its name, or as the only one of its size. */
function described({ files }: SetFacts, { md5Of16k, names, size }: Wanted): DescribedFile | undefined {
  const alike = [...files.values()].filter((file) => file.size === size)
  const only = alike.length === 1 ? alike[0] : undefined
  return (
    alike.find((file) => file.md5Of16k === md5Of16k) ?? alike.find(({ name }) => names.includes(name)) ?? only
  )
}

function bySize(a: Volume, b: Volume): number {
  return a.blocks - b.blocks || a.companion.bytes - b.companion.bytes
}

/** The sets that were posted, by the names of their files; the file without blocks comes first. */
function setsIn(companions: readonly Companion[]): Volume[][] {
  const sets = new Map<string, Volume[]>()
  for (const companion of companions) {
    const volume = volumeOf(companion.name ?? '')
    if (volume === undefined) continue
    const { blocks, set } = volume
    sets.set(set, [...(sets.get(set) ?? []), { companion, blocks }])
  }
  return [...sets.values()].map((volumes) => volumes.sort(bySize))
}

/** Where no name tells, by how the files begin: all that are of PAR2, the smallest first. */
async function hiddenSet(companions: readonly Companion[], shop: Workshop): Promise<Volume[]> {
  const volumes: Volume[] = []
  for (const companion of companions.slice(0, MOST_PROBED)) {
    const beginning = await beginningOf(companion, { start: 0, end: MARK.length }, shop)
    if (beginning?.equals(MARK)) volumes.push({ companion, blocks: 0 })
  }
  return volumes.sort(bySize)
}

/** `NAME.par2` and `NAME.vol003+04.par2`. */
function volumeOf(name: string): { set: string; blocks: number } | undefined {
  if (!name.toLowerCase().endsWith('.par2')) return undefined
  const stem = name.slice(0, -'.par2'.length)
  const [suffix = '', count] = /\.vol\d{1,5}[+-](\d{1,5})$/i.exec(stem) ?? []
  return { set: stem.slice(0, stem.length - suffix.length), blocks: Number(count ?? 0) }
}
