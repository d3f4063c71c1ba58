import type { Failure } from '@obb/contracts'

/** Everything the command line ends with other than success. The message is for people and holds no secret. */
export class CliError extends Error {
  override readonly name: string = 'CliError'

  constructor(
    message: string,
    /** 1 failure, 2 wrong usage, 130 interrupted. */
    readonly exitCode: 1 | 2 | 130 = 1,
    /** One fault each; printed below the message. */
    readonly details: readonly string[] = [],
  ) {
    super(message)
  }

  /** Lines that stand below the message: what is wrong, what to do, where more is told. */
  get below(): readonly string[] {
    return this.details
  }
}

/** The caller's own arguments are wrong. */
export class UsageError extends CliError {
  override readonly name = 'UsageError'

  constructor(message: string, details: readonly string[] = []) {
    super(message, 2, details)
  }
}

/** A refusal of OBB in its own words. */
export class PortalRefusal extends CliError {
  override readonly name = 'PortalRefusal'
  /** Number of the error table. */
  readonly status: number
  readonly retryInSeconds: number | undefined
  /** What to do about it. */
  readonly action: string | undefined
  /** Name that an RFC has for it, of calls that are from one. */
  readonly error: string | undefined

  constructor(
    { status, msg, action, details, error, retry_in_seconds: retry }: Omit<Failure, 'success'>,
    /** HTTP code it came with; 200 inside an answer that is itself a success. */
    readonly http: number,
    /** By which the server's log tells of it, where it was an answer of its own. */
    readonly requestId?: string,
  ) {
    super(`${msg} (status ${status}${retry === undefined ? '' : `, try again in ${retry} s`})`, 1, details)
    this.status = status
    this.retryInSeconds = retry
    this.action = action
    this.error = error
  }

  override get below(): readonly string[] {
    return [
      ...this.details,
      ...(this.action === undefined ? [] : [this.action]),
      ...(this.requestId === undefined ? [] : [`request ${this.requestId} in the server's log`]),
    ]
  }
}

/** The connection could not be made, broke, or stood still for too long. */
export class ConnectionFault extends CliError {
  override readonly name = 'ConnectionFault'

  constructor(
    /** Scheme, host and port. */
    readonly origin: string,
    /** System or library code, such as `ECONNREFUSED`. */
    readonly code: string,
  ) {
    super(`the connection to ${origin} failed (${code})`, 1, hintsOf(code))
  }
}

const UNTRUSTED = /^(CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERR_TLS_CERT_)/
const WITHOUT_TLS = /^(EPROTO|ERR_SSL_)/

function hintsOf(code: string): string[] {
  if (UNTRUSTED.test(code))
    return ['its TLS certificate is not trusted here: NODE_EXTRA_CA_CERTS names a file with a CA of your own']
  return WITHOUT_TLS.test(code)
    ? ['it speaks no TLS there: http:// instead of https://, or another port?']
    : []
}

/**
 * A failure as `--json` tells it: `status` is the number of the error table, null where the failure is none of the
 * server's.
 */
export function failureView(failure: CliError): object {
  const refusal = failure instanceof PortalRefusal ? failure : undefined
  const { action, requestId, retryInSeconds } = refusal ?? {}
  return {
    ...{ status: refusal?.status ?? null, msg: failure.message, details: failure.details },
    ...(action !== undefined && { action }),
    ...(requestId !== undefined && { request: requestId }),
    ...(retryInSeconds !== undefined && { retry_in_seconds: retryInSeconds }),
  }
}

export function interruption(what = 'interrupted'): CliError {
  return new CliError(what, 130)
}
