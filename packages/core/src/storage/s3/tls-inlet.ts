import { isIP, type OnReadOpts } from 'node:net'
import { connect, type ConnectionOptions } from 'node:tls'
import { Inlet, type Origin, type Patience } from './inlet.js'

/** Bytes of decrypted records gathered before they are handed over at once. */
const GATHERED = 160 * 1024
/** What may still come after reading was stopped: what one read of the socket holds, and a record. */
const OVERSHOOT = 96 * 1024
/** One record of TLS at a time passes through here, on its way to its connection's own memory. */
const passage = Buffer.allocUnsafeSlow(64 * 1024)

/**
 * Over TLS: records of 16 KiB are gathered, as the cost is per chunk. Those that were already received are handed over
 * even though reading was stopped; they are copied behind the bytes that are lent, where there is always room for them.
 */
export class TlsInlet extends Inlet {
  readonly #memory = Buffer.allocUnsafeSlow(GATHERED + OVERSHOOT)
  /** Bytes in memory, and how many of them were handed over. */
  #filled = 0
  #given = 0
  #handing = false

  constructor({ host, port }: Origin, patience: Patience) {
    const onread = { buffer: passage, callback: (count: number) => this.#arrived(count) }
    const options: ConnectionOptions & { onread: OnReadOpts } = {
      host,
      port,
      servername: isIP(host) === 0 ? host : '', // RFC 6066 §3: no addresses
      ALPNProtocols: ['http/1.1'],
      onread,
    }
    super(connect(options), patience)
  }

  protected override returned(): Uint8Array | undefined {
    if (this.#given < this.#filled) return this.#lend()
    this.#given = this.#filled = 0
    return undefined
  }

  #arrived(count: number): boolean {
    const isLent = this.#given > 0
    if ((this.waiting === undefined && !isLent) || this.#filled + count > this.#memory.length) {
      this.socket.destroy() // nothing was asked for
      return false
    }
    passage.copy(this.#memory, this.#filled, 0, count)
    this.#filled += count
    this.left = Math.max(0, this.left - count)
    if (this.waiting !== undefined && !this.#handing) {
      this.#handing = true
      setImmediate(() => this.#handOver())
    }
    return this.waiting !== undefined && this.#filled < GATHERED
  }

  #handOver(): void {
    this.#handing = false
    if (this.waiting === undefined) return
    this.socket.pause()
    this.hand(this.#lend())
  }

  #lend(): Uint8Array {
    const bytes = this.#memory.subarray(this.#given, this.#filled)
    this.#given = this.#filled
    return bytes
  }
}
