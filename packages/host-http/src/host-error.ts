/**
 * What a host can refuse, as a closed set. An adapter raises a kind, never a portal status: the core
 * decides what a client sees after it has considered every account of the pool (hosts index §2).
 */
export const HOST_ERROR_SCOPES = {
  BAD_URL: 'request',
  /** What was asked for as a file is a folder. */
  FOLDER: 'request',
  FILE_BLOCKED: 'file',
  FILE_RESTRICTED: 'file',
  FILE_PASSWORD_REQUIRED: 'request',
  FILE_PASSWORD_WRONG: 'request',
  FILE_GONE: 'file',
  HOST_TEMP: 'host',
  HOST_DOWN: 'host',
  RATE_LIMITED: 'host',
  ACCOUNT_QUOTA: 'account',
  ACCOUNT_BUSY: 'account',
  ACCOUNT_RATE: 'account',
  EGRESS_BLOCKED: 'account',
  ACCOUNT_INVALID: 'account',
  ACCOUNT_NOT_PREMIUM: 'account',
  ACCOUNT_NEEDS_HUMAN: 'account',
  CAPABILITY_OFF: 'account',
  CONFIG: 'account',
  SESSION_EXPIRED: 'account',
  LINK_EXPIRED: 'job',
  CORRUPT: 'job',
  TRUNCATED: 'job',
  /** Nothing bounds how many bytes would come, or more came than may without a size. */
  SIZE_UNKNOWN: 'job',
  UNEXPECTED: 'job',
} as const satisfies Record<string, HostErrorScope>

export type HostErrorScope = 'request' | 'file' | 'job' | 'account' | 'host'
export type HostErrorKind = keyof typeof HOST_ERROR_SCOPES

export interface HostErrorOptions {
  /** Epoch ms before which another try is pointless. */
  retryAt?: number
  /** False where no later try can help although the kind is usually passing (a TLS certificate fault). */
  retryable?: boolean
  /** The step that the operator has to take; for ACCOUNT_NEEDS_HUMAN. */
  humanAction?: HumanAction
  /** An address that a user chose failed, which says nothing of the platform. */
  elsewhere?: boolean
  /**
   * The host's status alone means it, its words do not: it may pass by itself. That of a `cause` that is a HostError
   * unless given.
   */
  presumed?: boolean
  /** What the host said that nobody understood, as it may stand in a message (`quotable`). */
  words?: string
  cause?: unknown
}

export interface HumanAction {
  /** One sentence for the operator. */
  reason: string
  /** Page of the host to open; holds no secret. */
  url: string
}

/** A refusal or failure of a host. `message` is for logs and operators; it must hold no secret. */
export class HostError extends Error {
  readonly scope: HostErrorScope
  readonly retryAt: number | undefined
  readonly retryable: boolean
  readonly humanAction: HumanAction | undefined
  readonly elsewhere: boolean
  readonly presumed: boolean
  readonly words: string | undefined

  constructor(
    readonly kind: HostErrorKind,
    message: string,
    options: HostErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'HostError'
    this.scope = HOST_ERROR_SCOPES[kind]
    this.retryAt = options.retryAt
    this.retryable = options.retryable ?? true
    this.humanAction = options.humanAction
    this.elsewhere = options.elsewhere ?? false
    this.presumed = options.presumed ?? (options.cause instanceof HostError && options.cause.presumed)
    this.words = options.words === '' ? undefined : options.words
  }
}
