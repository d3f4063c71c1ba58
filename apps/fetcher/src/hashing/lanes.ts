import {
  type HashJob,
  type HashName,
  type HashSnapshot,
  type HashSource,
  type HashThreads,
  type HashValues,
  type Resumable,
} from './hash-threads.js'

/** GROUPS are the groups of hashes that are better computed beside each other than one after the other. */
const GROUPS: readonly (readonly HashName[])[] = [
  ['sha256', 'sha1', 'crc32c'],
  ['md5', 'pieces'],
]

/** All hashes of one file: the same bytes go to several threads. */
export class Lanes {
  private readonly jobs: readonly HashJob[]

  constructor(threads: HashThreads, names: ReadonlySet<HashName>, source: HashSource, how: Resumable = {}) {
    this.jobs = GROUPS.map((group) => group.filter((name) => names.has(name)))
      .filter((group) => group.length > 0)
      .map((group) => threads.begin(group, source, how))
  }

  async segment(position: number, length: number): Promise<void> {
    await Promise.all(this.jobs.map((job) => job.segment(position, length)))
  }

  async bytes(bytes: Uint8Array): Promise<void> {
    await Promise.all(this.jobs.map((job) => job.bytes(new Uint8Array(bytes))))
  }

  /** After what was given so far. */
  async save(): Promise<HashSnapshot> {
    return Object.assign({}, ...(await Promise.all(this.jobs.map((job) => job.save())))) as HashSnapshot
  }

  async digests(): Promise<HashValues> {
    const values = await Promise.all(this.jobs.map((job) => job.digests()))
    return Object.assign({}, ...values) as HashValues
  }

  end(): void {
    for (const job of this.jobs) job.end()
  }
}
