import type { DocumentOrder } from '../documents.js'
import type { HostError } from './errors.js'
import type { HostHttp } from '@obb/host-http'
import type { HostManifest } from './manifest.js'
import type { SessionStore } from './session/session-store.js'
import type { Source } from './source.js'

/** One kind of link of a platform, recognised from its URL alone (no network). */
export interface FileRef {
  /** Stable id of the file at the platform; the same for every alias and spelling. */
  fileId: string
  canonicalUrl: string
  kind: 'file' | 'folder'
  /** Name found in the URL; cosmetic. */
  nameHint?: string
  /** Name that the user's own document gives the file: for a link by this URL alone, never for the file. */
  ownName?: string
  /** Secret part of the link (user info, fragment key). Kept sealed, never logged. */
  secret?: string
}

export type HashAlgorithm = 'md5' | 'sha1' | 'sha256'

export type FileInfo = AvailableFile | GoneFile | RefusedFile

/** Asks about one file that a call about many does not tell of. */
export type AskAlone = (ctx: HostContext) => Promise<FileInfo>

export interface AvailableFile {
  fileId: string
  state: 'available'
  /** Name as the host calls the file. Absent means that it does not tell, never a guess. */
  name?: string
  /** Name found in an address, where it is better than that of the FileRef; cosmetic. */
  nameHint?: string
  /** Bytes, exact. Absent means unknown, never 0 for unknown. */
  size?: number
  /** Only what can be computed here; a digest of another kind is left out. */
  hash?: { algorithm: HashAlgorithm; value: string }
  /** Changes whenever the bytes behind the reference change (ETag, else Last-Modified). */
  validator?: string
  resumable?: boolean
  passwordProtected?: boolean
}

export interface GoneFile {
  fileId: string
  state: 'gone'
}

/** The host has something against this one file, which the others of a batch do not suffer for. */
export interface RefusedFile {
  fileId: string
  state: 'refused'
  /** Error of scope `file`, `request` or `job`. */
  error: HostError
}

/** AccountInfo is what a host tells of an account. Absent is unknown, which is neither 0 nor Infinity. */
export interface AccountInfo {
  premium: boolean
  /** Epoch ms; Infinity is for life. */
  validUntil?: number
  /** Bytes; Infinity is unlimited. */
  trafficLeft?: number
  trafficTotal?: number
  /** Epoch ms at which the counter starts over. */
  resetAt?: number
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
  /** Names of the manifest's switches that the operator turned on. */
  switches: ReadonlySet<string>
  /**
   * An uploaded document by the SHA-256 of its text, hex, as gzip or as it is; undefined when it is not there, or not
   * any more.
   */
  document?(digest: string): Promise<Uint8Array | undefined>
  /**
   * What the `document-reader.ts` in a platform's folder answers to a question, in a thread with limits on time and
   * memory; BAD_URL beyond them. Absent: there are no threads.
   */
  readDocument?(order: DocumentOrder): Promise<unknown>
  /** Password the user sent for this file. */
  password?: string
}

/** What whoever made a list of files says of all of them; nobody vouches for it. */
export interface PostFacts {
  title?: string
  /** Of the archives in it. */
  password?: string
  category?: string
}

export interface ExpandedLink {
  /** A link as a user would paste it, which some platform's `match` takes. */
  url: string
  name?: string
  /** Bytes, exact. */
  size?: number
  /** About so many bytes of it are known to be lost. */
  missing?: number
  /** The same for all links of a list. */
  post?: PostFacts
}

export interface HostAdapter {
  readonly manifest: HostManifest
  /** Pure and total: undefined for a URL that is not this platform's. */
  match(url: URL): FileRef | undefined
  /**
   * Cheap and never charging. Raises HostError: CAPABILITY_OFF for an account that may not download, where
   * that can be probed, and ACCOUNT_NEEDS_HUMAN with `humanAction` for what only the operator can do.
   */
  checkAccount?(ctx: HostContext): Promise<AccountInfo>
  /** At most `checkBatchSize` files; one answer per file, in order. Never charging. */
  check(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]>
  /**
   * The same for files without a password where the host has one call for many: at most `checkBatchSize`, different
   * ones, and never more than one call. A file that takes calls of its own is answered by what asks about it alone. It
   * may tell less of a file than `check`, and so it is for those that would otherwise wait for their turn.
   */
  checkTogether?(ctx: HostContext, refs: readonly FileRef[]): Promise<(FileInfo | AskAlone)[]>
  /**
   * The files (and further folders) in a container; present where `match` knows links of kind `folder`. At most
   * MAX_EXPANDED_LINKS, an empty one has none. Never charging. Raises HostError, with FILE_PASSWORD_REQUIRED or
   * FILE_PASSWORD_WRONG for what `ctx.password` is to open.
   */
  expand?(ctx: HostContext, ref: FileRef): Promise<ExpandedLink[]>
  /** resolve asks where the bytes are. May charge the operator's account. */
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
  /** After redirects. */
  url?: string
}
