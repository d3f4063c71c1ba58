/** TunnelBlame tells whose failure it was that no tunnel came about, as far as the proxy tells. */
export type TunnelBlame = 'proxy' | 'target'

/** A proxy's refusal in our own words: those of a proxy may repeat what it was sent. */
export class TunnelFault extends Error {
  /** Whether another address of the same target may fare better (a proxy without IPv6). */
  readonly addressBound: boolean
  /** Epoch ms, if the proxy named a time. */
  readonly retryAt: number | undefined

  constructor(
    readonly blame: TunnelBlame,
    /** `HTTP_407`, `SOCKS_2`, or the errno that says the same. */
    readonly code: string,
    message: string,
    options: { addressBound?: boolean; retryAt?: number | undefined } = {},
  ) {
    super(message)
    this.name = 'TunnelFault'
    this.addressBound = options.addressBound ?? blame === 'target'
    this.retryAt = options.retryAt
  }
}
