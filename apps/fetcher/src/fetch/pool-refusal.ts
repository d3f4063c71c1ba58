/** No account of the operator's can take the file now. */
export class PoolRefusal extends Error {
  override readonly name = 'PoolRefusal'

  constructor(
    readonly reason: 'busy' | 'exhausted' | 'none',
    /** Epoch ms at which the first account is back. */
    readonly retryAt: number | undefined,
  ) {
    super(`accounts: ${reason}`)
  }
}
