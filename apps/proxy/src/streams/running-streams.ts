import { Inject, Injectable } from '@nestjs/common'
import type { Clock } from '@obb/core/clock'
import type { Download } from '@obb/core/links'
import { streamConnections, streams as streamGauge } from '@obb/core/metrics'
import { BUSIEST, type ProxyReport } from '@obb/core/streams'
import { CLOCK, OFFLOAD } from '../ports.js'
import type { ByteRange } from '../range/index.js'
import { RunningStream, type StreamClient } from './running-stream.js'

/** Links that are remembered after their last byte. */
const REMEMBERED = 1_000
/** A proxy that leaves its answers to others says so for so long after the last one, ms. */
const OFFLOADED_MS = 60_000

/** One answer that is being sent. */
export interface Sending {
  /** Bytes of the file, from one position up to another, are the system's. */
  add: (start: number, end: number) => void
  /** Once, when it is over. */
  close: () => void
}

/** What this process sends, by link: counters, which nobody waits for. */
@Injectable()
export class RunningStreams {
  private readonly byId = new Map<string, RunningStream>()
  private readonly startedAt: Date
  private offloaded = 0
  private offloadedAt = -Infinity

  constructor(
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(OFFLOAD) private readonly offload: ProxyReport['offload'],
  ) {
    this.startedAt = new Date(clock.now())
  }

  /** An answer begins, with the byte at `start`. */
  open({ linkId, size }: Download, start: number, clientOf: () => StreamClient): Sending {
    const { clock } = this
    const now = clock.now()
    let stream = this.byId.get(linkId)
    if (stream === undefined || stream.isOver(start, size ?? 0, now)) {
      stream = new RunningStream(linkId, size ?? 0, clientOf(), now)
      this.byId.delete(linkId)
      this.byId.set(linkId, stream)
    }
    const running = stream
    running.open(now)
    return { add: running.add, close: () => running.close(clock.now()) }
  }

  /** An answer that is over already. */
  record(download: Download, { start, end }: ByteRange, clientOf: () => StreamClient): void {
    const { add, close } = this.open(download, start, clientOf)
    add(start, end)
    close()
  }

  /** The bytes of an answer are sent by somebody else, who tells nothing of it. */
  recordOffloaded(): void {
    this.offloaded += 1
    this.offloadedAt = this.clock.now()
  }

  /** What there is to tell; undefined where nothing runs. Rates are those since the look before. */
  look(): ProxyReport | undefined {
    const now = this.clock.now()
    const running = this.measure(now)
    const connections = running.reduce((sum, { openConnections }) => sum + openConnections, 0)
    streamGauge.set(running.length)
    streamConnections.set(connections)
    if (running.length === 0 && now - this.offloadedAt >= OFFLOADED_MS) return undefined
    const { startedAt, offload, offloaded } = this
    const bytesPerSecond = running.reduce((sum, { rate }) => sum + rate, 0)
    const busiest = running
      .toSorted((one, other) => other.rate - one.rate)
      .slice(0, BUSIEST)
      .map((stream) => stream.view())
    return { startedAt, offload, offloaded, streams: running.length, connections, bytesPerSecond, busiest }
  }

  private measure(now: number): RunningStream[] {
    const running: RunningStream[] = []
    let surplus = this.byId.size - REMEMBERED
    for (const [id, stream] of this.byId) {
      stream.measure(now)
      if (stream.isRunning(now)) running.push(stream)
      else if (stream.isForgotten(now) || surplus-- > 0) this.byId.delete(id)
    }
    return running
  }
}
