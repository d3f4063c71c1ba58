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

  constructor(
    /** Number of the error table. */
    readonly status: number,
    msg: string,
    /** HTTP code it came with; 200 inside an answer that is itself a success. */
    readonly http: number,
    readonly retryInSeconds?: number,
    details: readonly string[] = [],
    /** By which the server's log tells of it, where it was an answer of its own. */
    readonly requestId?: string,
    /** Name that an RFC has for it, of calls that are from one. */
    readonly error?: string,
  ) {
    super(
      `${msg} (status ${status}${retryInSeconds === undefined ? '' : `, try again in ${retryInSeconds} s`})`,
      1,
      details,
    )
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
    super(`the connection to ${origin} failed (${code})`)
  }
}

export function interruption(what = 'interrupted'): CliError {
  return new CliError(what, 130)
}
