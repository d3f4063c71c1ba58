import type { Failure } from '@obb/contracts'

/** What kept a call from an answer: a refusal of the server, or that there was none (`http` 0). */
export class ApiFailure extends Error {
  override readonly name = 'ApiFailure'
  readonly status: number
  readonly http: number
  readonly retryInSeconds: number | undefined
  readonly details: readonly string[]

  constructor(
    readonly call: string,
    http: number,
    body: Failure,
    /** By which a fault of the server stands in its log. */
    readonly requestId?: string,
  ) {
    super(body.msg)
    this.http = http
    this.status = body.status
    this.retryInSeconds = body.retry_in_seconds
    this.details = body.details ?? []
  }

  /** Whether the same call may succeed by itself later. */
  get isPassing(): boolean {
    return this.http === 0 || this.http >= 500 || this.retryInSeconds !== undefined
  }
}
