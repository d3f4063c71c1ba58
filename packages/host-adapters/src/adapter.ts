import type { HostError } from './errors.js'
import type { HostHttp } from './http/host-http.js'

/** One kind of link of a platform, recognised from its URL alone (no network). */
export interface FileRef {
  /** Stable id of the file at the platform; the same for every alias and spelling. */
  fileId: string
  canonicalUrl: string
  kind: 'file' | 'folder'
  /** Name found in the URL; cosmetic. */
  nameHint?: string
  /** Secret part of the link (user info, fragment key). Kept sealed, never logged. */
  secret?: string
  /** Hostname as the user wrote it, without `www.`. */
  hostDomain: string
}

export interface HostLimits {
  /** Most parallel connections per file towards the host. */
  maxChunks: number
  /** Most files at once per operator account. */
  maxDownloads: number
  resumable: boolean
}

export interface CredentialField {
  name: 'email' | 'username' | 'password' | 'apiKey'
  label: string
  secret: boolean
  required: boolean
}

/** The data of a platform. Domains and origins can be extended by an operator without a release. */
export interface HostManifest {
  /** Stable platform id, such as `RapidGator`. */
  id: string
  /** Hostnames, canonical first, without `www.`. A catch-all platform lists one pseudo name. */
  domains: readonly [string, ...string[]]
  /** Consulted last and for every hostname that no other platform owns. */
  catchAll?: boolean
  /** False: off until an operator enables it. */
  enabledByDefault: boolean
  /** False: works without an operator account. */
  needsAccount: boolean
  limits: HostLimits
  credentials: readonly CredentialField[]
  /** Named base URLs; `api` is the platform's API. */
  origins: Readonly<Record<string, string>>
  /** Most files per `check` call. */
  checkBatchSize: number
  /** How often an account may be asked for its state at most, ms. */
  accountCheckIntervalMs: number
  /** Pace of API calls of one account: a token bucket. */
  requestGate: { minIntervalMs: number; burst: number }
  /** ISO date on which the facts were last reviewed. */
  reviewed: string
}

export type HashAlgorithm = 'md5' | 'sha1' | 'sha256'

export interface FileInfo {
  fileId: string
  state: 'available' | 'gone'
  name?: string
  /** Bytes, exact. Absent means unknown, never 0 for unknown. */
  size?: number
  hash?: { algorithm: HashAlgorithm; value: string }
  /** Changes whenever the bytes behind the reference change (ETag, Last-Modified and length). */
  validator?: string
  resumable?: boolean
}

export interface AccountInfo {
  premium: boolean
  /** Epoch ms. */
  validUntil?: number
  /** Bytes; absent is unknown, Infinity is unlimited. */
  trafficLeft?: number
  trafficTotal?: number
  /** Epoch ms at which the counter starts over. */
  resetAt?: number
}

/** Where the bytes are. Valid for the account, the egress and the time it was resolved with. */
export interface Source {
  url: string
  /** A user wrote the URL: open it with `userUrl`, so that the port rule holds on every hop. */
  userUrl?: boolean
  headers?: Record<string, string>
  maxChunks?: number
  resumable?: boolean
  size?: number
  name?: string
  /** Strong ETag or Last-Modified for `If-Range`. */
  validator?: string
  /** Epoch ms. */
  expiresAt?: number
}

/** A host session (login token), cached per account across processes. */
export interface HostSession {
  token: string
  /** Epoch ms after which it is not used any more. */
  expiresAt: number
}

export interface SessionStore {
  /**
   * The cached session, or the result of `login`, run by one caller at a time per account, everybody
   * else waiting for that result. Pass the session the host has just refused as `refused`: it is
   * replaced once, and callers that were refused with the same token share the new one.
   */
  obtain(login: () => Promise<HostSession>, refused?: HostSession): Promise<HostSession>
}

export interface OperatorAccount {
  id: string
  credentials: Readonly<Record<string, string>>
}

/** Everything an adapter may touch. There is no other way to the network, the clock or storage. */
export interface HostContext {
  http: HostHttp
  /** Base URL by name, operator overrides applied, without a trailing slash. */
  origin(name: string): string
  account?: OperatorAccount
  session: SessionStore
  /** Epoch ms. */
  now(): number
  signal: AbortSignal
  /** Password the user sent for this file. */
  password?: string
}

export interface HostAdapter {
  readonly manifest: HostManifest
  /** Pure and total: undefined for a URL that is not this platform's. */
  match(url: URL): FileRef | undefined
  /** Cheap and never charging. Raises HostError. */
  checkAccount?(ctx: HostContext): Promise<AccountInfo>
  /** At most `checkBatchSize` files; one answer per file, in order. Never charging. */
  check(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]>
  /** A direct link. May charge the operator's account. */
  resolve(ctx: HostContext, ref: FileRef): Promise<Source>
  /**
   * What a non-2xx answer of a direct link, or a body served instead of the file, means.
   * `text` is the beginning of the body. Undefined: the general rules apply.
   */
  explainDownload?(answer: DownloadAnswer): HostError | 'retry-without-range' | undefined
}

export interface DownloadAnswer {
  status: number
  headers: Readonly<Record<string, string>>
  text: string
  now: number
}
