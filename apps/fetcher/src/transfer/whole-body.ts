import { type BodyReader, HostError, type Source, type UrlSource } from '@obb/host-adapters'
import { BrokenConnections } from './broken-connections.js'
import { isWorthAnotherTry } from './connection-refusal.js'
import { RangesRefused } from './download-answer.js'
import { hostBytes } from './host-bytes.js'
import type { TransferTask } from './transfer-task.js'

/**
 * The whole file from its beginning. Where the answer breaks off, the rest is asked for by If-Range, which some hosts
 * serve although they serve no other range; it is taken if it repeats the version and the size of what came before.
 */
export class WholeBody implements BodyReader {
  private body: BodyReader | undefined
  private at = 0
  /** Where the present answer began. */
  private begun = 0
  /** By which the rest is asked for. */
  private rest: UrlSource | undefined
  private readonly broken = new BrokenConnections()

  private constructor(private readonly task: TransferTask) {}

  static async open(task: TransferTask): Promise<WholeBody> {
    const whole = new WholeBody(task)
    const onAnswer = async (headers: Readonly<Record<string, string>>): Promise<void> => {
      whole.rest = restBy(task.source, headers['etag'] ?? headers['last-modified'])
      await task.onAnswer?.(headers)
    }
    whole.body = await hostBytes({ ...task, onAnswer }, undefined, task.signal)
    return whole
  }

  async next(): Promise<Buffer | undefined> {
    for (;;) {
      try {
        const bytes = await this.body?.next()
        this.at += bytes?.length ?? 0
        if (bytes || this.left <= 0) return bytes
        throw new HostError('TRUNCATED', `the body ended ${this.left} bytes early`)
      } catch (error) {
        await this.goOn(error)
      }
    }
  }

  close(): void {
    this.body?.close()
  }

  private get left(): number {
    return this.task.upload.size - this.at
  }

  /** Raises `failure`, or what else the host says, where it does not give the rest. */
  private async goOn(failure: unknown): Promise<void> {
    const { rest } = this
    const { signal, upload } = this.task
    for (let error = failure; ;) {
      this.broken.record(this.at - this.begun)
      this.begun = this.at
      const isOver = signal.aborted || this.left <= 0 || this.broken.areTooMany
      if (!rest || isOver || !isWorthAnotherTry(error)) throw error instanceof RangesRefused ? failure : error
      this.body?.close()
      await this.broken.pause(this.task)
      try {
        const range = { start: this.at, end: upload.size }
        this.body = await hostBytes({ ...this.task, source: rest }, range, signal)
        return
      } catch (refused) {
        error = refused
      }
    }
  }
}

function restBy(source: Source, version: string | undefined): UrlSource | undefined {
  if (source.kind !== 'url' || version === undefined) return undefined
  const isProof = [source.validator, source.weakValidator].includes(version)
  return isProof ? { ...source, weakValidator: version } : undefined
}
