import { connect } from 'node:net'
import { Appetite, largeBuffers, SMALL } from '@obb/http-engine'
import { END_OF_HEAD, Inlet, type Origin, type Patience } from './inlet.js'

const NOTHING = Buffer.alloc(0)
/** Where the first digit of the status is, and the one of success. */
const STATUS = 'HTTP/1.1 '.length
const SUCCESS = 0x32

/** Over TCP: the system writes straight into what is lent. */
export class PlainInlet extends Inlet {
  readonly #appetite = new Appetite()
  #own: Buffer
  /** Takes turns with `own` where answers are small: the next one may come while the last one is lent. */
  #spare: Buffer | undefined
  #large: Buffer | undefined
  /** Where the next bytes go. */
  readonly #next: { target: Buffer }
  #lent: Buffer | undefined
  #room = 0

  constructor({ host, port }: Origin, patience: Patience) {
    const own = Buffer.allocUnsafeSlow(SMALL)
    const next = { target: own } // asked for before there is a `this`
    const onread = { buffer: () => next.target, callback: (count: number) => this.#arrived(count) }
    super(connect({ host, port, onread }), patience)
    this.#own = own
    this.#next = next
  }

  override get room(): number {
    return this.#room
  }

  override rest(): void {
    this.#appetite.reset()
    super.rest()
  }

  override close(): void {
    super.close()
    if (this.#large === undefined) return
    if (this.#lent === this.#large) largeBuffers.abandon()
    else largeBuffers.give(this.#large)
    this.#large = undefined
  }

  protected override returned(): undefined {
    if (this.#lent === undefined) return
    this.#appetite.returned()
    this.#lent = undefined
    if (this.#large === undefined || this.#next.target === this.#large) return
    largeBuffers.give(this.#large)
    this.#large = undefined
  }

  #arrived(count: number): boolean {
    if (this.waiting === undefined) {
      this.socket.destroy() // nothing was asked for
      return false
    }
    const { target } = this.#next
    const bytes = target.subarray(0, count)
    this.#lent = target
    this.left = Math.max(0, this.left - count)
    this.#appetite.lent(count)
    const left = this.#leftAfter(bytes)
    // Stopping and starting costs as much as a read, and all that can come now is the answer to another request.
    const isWhole = left === 0 && target === this.#own && bytes[STATUS] === SUCCESS
    this.#next.target = isWhole ? this.#other() : this.#aim(bytes, left ?? this.left)
    this.hand(bytes)
    return isWhole
  }

  /** Bytes of a body to come after those that came with its head; undefined where no head ends here. */
  #leftAfter(bytes: Buffer): number | undefined {
    const end = this.body === undefined ? -1 : bytes.indexOf(END_OF_HEAD)
    if (this.body === undefined || end < 0) return undefined
    const left = this.body - (bytes.length - end - END_OF_HEAD.length)
    this.body = undefined
    return left
  }

  #other(): Buffer {
    const other = this.#spare ?? Buffer.allocUnsafeSlow(SMALL)
    this.#spare = this.#own
    this.#own = other
    return other
  }

  #aim(bytes: Buffer, left: number): Buffer {
    // A small body that came in two pieces, as the packets had it, becomes one.
    const rest =
      bytes.buffer === this.#own.buffer ? this.#own.subarray(bytes.byteOffset + bytes.length) : NOTHING
    this.#room = left > 0 && left <= rest.length ? rest.length : 0
    if (this.#room > 0) return rest
    if (!this.#appetite.wantsLarge(this.left)) return this.#own
    this.#large ??= largeBuffers.take()
    return this.#large ?? this.#own
  }
}
