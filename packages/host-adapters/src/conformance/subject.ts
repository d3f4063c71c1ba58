import { afterEach, beforeEach, expect } from '@jest/globals'
import type { ExpandedLink, FileInfo, FileRef, HostAdapter, HostContext } from '../kit/adapter.js'
import { HostError } from '../kit/errors.js'
import type { ApiKnobs } from '../fake/api-knobs.js'
import type { CannedAnswer } from '../fake/fake-server.js'
import type { TransferKnobs } from '../fake/transfer.js'
import type { Source, UrlSource } from '../kit/source.js'
import { apiOf, startBench } from './bench.js'
import type { Bench } from './bench.js'
import type { PlatformConformance } from './platform-conformance.js'
import { FILE } from './sample-file.js'
import { secretsIn } from './secrecy.js'
import { sized } from './reference-download.js'
import { traitsOf } from './traits.js'
import type { Traits } from './traits.js'

/** The adapter under test with a fresh stand-in and one file there, renewed for each test. */
export class Subject<Knobs extends TransferKnobs> {
  bench!: Bench<Knobs>
  link!: string
  file!: FileRef
  /** All errors and secrets of the whole suite. */
  readonly errors: unknown[] = []
  readonly secrets = new Set<string>()
  /** Passwords of files and folders: as secret, but sent with few calls. */
  readonly passwords = new Set<string>()

  private constructor(
    readonly adapter: HostAdapter,
    readonly platform: PlatformConformance<Knobs>,
    readonly others: readonly HostAdapter[],
    readonly traits: Traits,
  ) {}

  /** `others` are all other platforms. */
  static async of<Knobs extends TransferKnobs>(
    adapter: HostAdapter,
    platform: PlatformConformance<Knobs>,
    others: readonly HostAdapter[] = [],
  ): Promise<Subject<Knobs>> {
    return new Subject(adapter, platform, others, await traitsOf(adapter, platform))
  }

  async start(): Promise<void> {
    this.bench = await startBench(this.adapter, this.platform.fake)
    this.link = this.bench.fake.addFile(FILE)
    this.file = this.bench.ref(this.link)
    for (const secret of Object.values(this.bench.fake.credentials)) this.secrets.add(secret)
  }

  /** Begins and ends with each test of the block it is called in. */
  everyTest(): void {
    beforeEach(() => this.start())
    afterEach(() => this.bench.close())
  }

  /** restart closes the bench and starts a new one, as at the beginning of a test. */
  async restart(): Promise<void> {
    await this.bench.close()
    await this.start()
  }

  get knobs(): Knobs {
    return this.bench.fake.knobs
  }

  /** The knobs of a JSON API. Throws for a stand-in that has none. */
  get api(): ApiKnobs {
    const api = apiOf(this.knobs)
    if (api === undefined) throw new Error('the stand-in is no JSON API')
    return api
  }

  /** The source of the file as a URL. */
  async resolveUrl(): Promise<UrlSource> {
    return urlOf(await this.resolve())
  }

  check(refs: readonly FileRef[] = [this.file], changes: Partial<HostContext> = {}): Promise<FileInfo[]> {
    return this.adapter.check(this.bench.checkContext(changes), refs)
  }

  /** As the core has it: a size that the host does not state is asked of the direct link. */
  async resolve(changes: Partial<HostContext> = {}, ref = this.file): Promise<Source> {
    const ctx = this.bench.context(changes)
    const source = await this.adapter.resolve(ctx, ref)
    return this.platform.sizeByLink ? sized(this.bench, source, ctx) : source
  }

  /** A size as a check states it. */
  toldSize(size: number): number | undefined {
    return this.platform.sizeByLink ? undefined : size
  }

  async expand(link: string, changes: Partial<HostContext> = {}): Promise<ExpandedLink[]> {
    return (await this.adapter.expand?.(this.bench.checkContext(changes), this.bench.ref(link))) ?? []
  }

  /** The HostError that `work` ends in; kept, to look for secrets in all of them at the end. */
  async failure(work: Promise<unknown> | undefined): Promise<HostError> {
    const error = await this.outcome(work)
    if (!(error instanceof HostError)) throw error
    return error
  }

  /** The error that `work` ends in, or one that says how it did not; kept as well. */
  async outcome(work: Promise<unknown> | undefined): Promise<unknown> {
    const error: unknown = await Promise.resolve(work).then(
      (value) => new Error(`expected a refusal, got ${JSON.stringify(value)}`),
      (reason: unknown) => reason,
    )
    this.errors.push(error)
    for (const secret of secretsIn(this.bench.session.token)) this.secrets.add(secret)
    return error
  }

  /** unlessRefused returns what `work` gives; a HostError becomes undefined, anything else is thrown. */
  async unlessRefused<T>(work: Promise<T> | undefined): Promise<T | undefined> {
    try {
      return await work
    } catch (error) {
      this.errors.push(error)
      if (!(error instanceof HostError)) throw error
      return undefined
    }
  }

  answerAll(answer: CannedAnswer): void {
    if (this.platform.answerAll) this.platform.answerAll(this.bench.fake, answer)
    else this.api.apiAnswer = answer
  }

  calls(pattern: RegExp): string[] {
    return this.bench.fake.calls.filter((call) => pattern.test(call))
  }

  logins(): number {
    return this.bench.fake.calls.filter((call) => call === this.platform.sessions?.loginCall).length
  }
}

export function urlOf(source: Source): UrlSource {
  if (source.kind !== 'url') throw new Error('the source is no URL')
  return source
}

/** Within a second, or the test fails. */
export async function soon(done: () => boolean): Promise<void> {
  const deadline = Date.now() + 1000
  while (!done() && Date.now() < deadline) await new Promise((next) => setImmediate(next))
  expect(done()).toBe(true)
}
