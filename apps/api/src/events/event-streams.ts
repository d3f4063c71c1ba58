import type { ServerResponse } from 'node:http'
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common'
import { type ListedLink, MAX_STREAMS, Refusal } from '@obb/contracts'
import { Clock } from '@obb/core/clock'
import { LinkChanges } from '@obb/core/links'
import { LOG, type Log } from '@obb/core/log'
import { Streams } from '@obb/core/streams'
import { LRUCache } from 'lru-cache'
import { ListedLinks } from '../links/listed-links.js'
import { EventStream, type StreamOptions } from './event-stream.js'

/** Between two looks at what changed, ms. */
const LOOK_MS = 1_000
/** How long a stream may say nothing, ms: proxies take a silent one for dead. */
const HEARTBEAT_MS = 20_000
/** How long who opened a stream is believed to be let in still, ms. */
const BELIEVED_MS = 5_000
/** A stream is ended after so long, so that a process that is to go waits for none; its client comes back, ms. */
const MAX_AGE_MS = 10 * 60_000
/** Links of which it is known what was told of them last. */
const MAX_TOLD = 50_000

/**
 * All streams of events of this process. One look a second tells what changed for all of them together; while there is
 * none nobody looks.
 */
@Injectable()
export class EventStreams implements OnModuleDestroy {
  private readonly streams = new Map<string, Set<EventStream>>()
  /** What was told last, by link. */
  private readonly told = new LRUCache<string, string>({ max: MAX_TOLD })
  /** Those whose clients missed something, by the last event that they saw. */
  private readonly behind = new Map<EventStream, number>()
  /** Links that were downloaded at the last look: they are told once more when they are not. */
  private downloading: readonly string[] = []
  private timer: NodeJS.Timeout | undefined
  private looking: Promise<void> | undefined
  private believedSince = Number.NEGATIVE_INFINITY

  constructor(
    private readonly changes: LinkChanges,
    private readonly listed: ListedLinks,
    private readonly downloads: Streams,
    private readonly clock: Clock,
    @Inject(LOG) private readonly log: Log,
  ) {}

  onModuleDestroy(): void {
    clearTimeout(this.timer)
    for (const stream of this.all()) this.end(stream)
  }

  /** Raises `streams_full` where the account has MAX_STREAMS. */
  assertRoom(accountId: string): void {
    if ((this.streams.get(accountId)?.size ?? 0) >= MAX_STREAMS) throw new Refusal('streams_full')
  }

  /** From when on a stream that is opened next misses nothing. Raises what the database raises. */
  prepare(): Promise<void> {
    return this.changes.begin()
  }

  /** `lastId`: of the last event that its client saw; undefined: it saw none. After `prepare`. */
  open(response: ServerResponse, options: StreamOptions, balance: number, lastId: number | undefined): void {
    const stream = new EventStream(response, options)
    const { accountId } = options
    const others = this.streams.get(accountId) ?? new Set()
    this.streams.set(accountId, others.add(stream))
    response.once('close', () => this.leave(stream))
    stream.sendBalance(balance, this.clock.now())
    if (lastId !== undefined) this.behind.set(stream, lastId)
    this.timer ??= this.plan()
  }

  /** One look at what changed, and whatever is due for the streams: never one that is under way already. */
  async look(): Promise<void> {
    while (this.looking) await this.looking
    this.looking = this.lookOnce().finally(() => (this.looking = undefined))
    await this.looking
  }

  private plan(): NodeJS.Timeout {
    return setTimeout(() => {
      void this.look().then(() => (this.timer = this.streams.size > 0 ? this.plan() : undefined))
    }, LOOK_MS).unref()
  }

  private async lookOnce(): Promise<void> {
    try {
      await this.verify()
      for (const [stream, lastId] of this.behind) await this.catchUp(stream, lastId)
      if (this.streams.size > 0) await this.tell()
    } catch (error) {
      this.log.debug({ reason: (error as Error).message }, 'nothing is known of what changed')
    }
    const now = this.clock.now()
    for (const stream of this.all()) {
      if (now - stream.options.openedAt >= MAX_AGE_MS) this.end(stream)
      else stream.beat(HEARTBEAT_MS, now)
    }
  }

  private async tell(): Promise<void> {
    const now = this.clock.now()
    const downloading = [...(await this.downloads.now()).streams.keys()]
    const linkIds = [...new Set([...downloading, ...this.downloading])]
    const { links, balances } = await this.changes.look([...this.streams.keys()], linkIds)
    this.downloading = downloading
    for (const [accountId, left] of balances)
      for (const stream of this.of(accountId)) stream.sendBalance(left, now)
    const answers = await this.listed.of(links, '')
    for (const [at, answer] of answers.entries()) {
      if (this.isTold(answer)) continue
      for (const stream of this.of(links[at]!.accountId)) stream.sendLink(answer, now)
    }
  }

  /** Whether this was told before. When to poll and when it may be here change with every second. */
  private isTold(answer: ListedLink): boolean {
    const text = JSON.stringify({ ...answer, poll_after_seconds: undefined, eta_seconds: undefined })
    if (this.told.get(answer.linkId) === text) return true
    this.told.set(answer.linkId, text)
    return false
  }

  /** Tells what the client missed: before the look, so that what it is told last is the latest. */
  private async catchUp(stream: EventStream, lastId: number): Promise<void> {
    const now = this.clock.now()
    const links = await this.changes.since(stream.options.accountId, lastId)
    for (const answer of await this.listed.of(links, '')) stream.sendLink(answer, now)
    this.behind.delete(stream)
  }

  /** Ends the streams of those who are let in no more: all of them are looked up together, every few seconds. */
  private async verify(): Promise<void> {
    const now = this.clock.now()
    if (now - this.believedSince < BELIEVED_MS) return
    this.believedSince = now
    await Promise.all(
      this.all().map(async (stream) => {
        if (!(await stream.options.mayListen())) this.end(stream)
      }),
    )
  }

  private end(stream: EventStream): void {
    stream.end()
    this.leave(stream)
  }

  private leave(stream: EventStream): void {
    const { accountId } = stream.options
    const streams = this.streams.get(accountId)
    streams?.delete(stream)
    this.behind.delete(stream)
    if (streams?.size === 0) this.streams.delete(accountId)
    if (this.streams.size === 0) this.told.clear()
  }

  private of(accountId: string): EventStream[] {
    return [...(this.streams.get(accountId) ?? [])]
  }

  private all(): EventStream[] {
    return [...this.streams.values()].flatMap((streams) => [...streams])
  }
}
