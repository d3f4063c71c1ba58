/* Answers of a news server, taken out of a stream of bytes. */
import { HostError } from '../../kit/errors.js'

export interface NewsAnswer {
  status: number
  /** The rest of the status line. May repeat what was sent. */
  text: string
  /** Block as on the wire, without the last line; empty where the answer is one line. */
  block: Buffer
}

/** Marks a HostError that says nothing about what was asked for. */
export class LostConnection extends Error {}

/** The HostError that all learn who wait for an answer of a connection that is no more. */
export function connectionLost(what: string): HostError {
  return new HostError('HOST_TEMP', `Usenet: ${what}`, { cause: new LostConnection(what) })
}

const WITH_BLOCK: ReadonlySet<number> = new Set([101, 220, 221, 222])
const MAX_LINE = 4096
const MAX_BLOCK = 16 * 1024 * 1024
const FIRST_CAPACITY = 64 * 1024
const END = Buffer.from('\r\n.\r\n')

/** Takes the answers out of what a news server sends, in whatever pieces it comes. */
export class AnswerReader {
  private buffer = Buffer.allocUnsafe(FIRST_CAPACITY)
  private length = 0
  /** End of the status line of the answer that is coming in. */
  private statusEnd: number | undefined
  /** No end of a block begins before it. */
  private searched = 0

  /** Hands on the answers that are whole with `chunk`. Raises HostError, as `connectionLost` makes it, for what is no NNTP. */
  read(chunk: Buffer, hand: (answer: NewsAnswer) => void): void {
    const needed = this.length + chunk.length
    if (needed > this.buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(needed, this.buffer.length * 2))
      this.buffer.copy(larger, 0, 0, this.length)
      this.buffer = larger
    }
    chunk.copy(this.buffer, this.length)
    this.length = needed
    for (let answer = this.next(); answer !== undefined; answer = this.next()) hand(answer)
  }

  private next(): NewsAnswer | undefined {
    const received = this.buffer.subarray(0, this.length)
    this.statusEnd ??= findStatusEnd(received)
    if (this.statusEnd === undefined) return undefined
    const line = received.toString('latin1', 0, this.statusEnd)
    const [, digits, text = ''] = /^(\d{3})(?:[ \t](.*))?$/.exec(line) ?? []
    if (digits === undefined) throw noNntp()
    const status = Number(digits)
    const afterLine = this.statusEnd + 2
    if (!WITH_BLOCK.has(status)) {
      this.keepFrom(afterLine, false)
      return { status, text, block: Buffer.alloc(0) }
    }
    // The line break of the status line may be that of an empty block.
    const end = received.indexOf(END, Math.max(this.statusEnd, this.searched))
    if (end === -1) {
      this.searched = Math.max(0, this.length - END.length + 1)
      if (this.length > MAX_BLOCK) throw connectionLost('article has no end')
      return undefined
    }
    const block = received.subarray(afterLine, Math.max(afterLine, end + 2))
    this.keepFrom(end + END.length, block.length > 0)
    return { status, text, block }
  }

  /** The buffer itself goes to who asked for a block; what came behind it is kept. */
  private keepFrom(consumed: number, givenAway: boolean): void {
    const rest = this.buffer.subarray(consumed, this.length)
    if (givenAway) {
      const next = Buffer.allocUnsafe(Math.max(this.buffer.length, rest.length))
      rest.copy(next)
      this.buffer = next
    } else this.buffer.copyWithin(0, consumed, this.length)
    this.length = rest.length
    this.statusEnd = undefined
    this.searched = 0
  }
}

function findStatusEnd(received: Buffer): number | undefined {
  const end = received.subarray(0, MAX_LINE).indexOf('\r\n')
  if (end === -1 && received.length >= MAX_LINE) throw noNntp()
  return end === -1 ? undefined : end
}

function noNntp(): HostError {
  return connectionLost('server does not speak NNTP')
}
