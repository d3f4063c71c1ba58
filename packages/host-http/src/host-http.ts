import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'

/** Names and values; as pairs where a name occurs more than once. */
export type Fields = Readonly<Record<string, string>> | readonly (readonly [string, string])[]

export interface HostRequest {
  method?: 'GET' | 'POST' | 'HEAD'
  url: string
  query?: Fields
  /** Sent as application/x-www-form-urlencoded, by POST. At most one of `form`, `json` and `raw`. */
  form?: Fields
  /** Sent as application/json, by POST. */
  json?: unknown
  /** Sent as it is, by POST. */
  raw?: { type: string; body: string }
  /** May be sent twice. Default: GET and HEAD without a body may. */
  idempotent?: boolean
  /** `none`: a redirect is the answer (its `location` is among the headers). Default `follow`, at most 10. */
  redirects?: 'follow' | 'none'
  headers?: Record<string, string>
  /** Whole call including the body, ms. Default 30 000. */
  timeoutMs?: number
  /** Body limit, bytes. Default 1 MiB. */
  maxBytes?: number
  /** Aborting rejects with the signal's own reason and closes the connection. */
  signal?: AbortSignal
  /** The URL comes from a user: on every hop only the ports 80, 443, 8080 and 8443 are open. */
  userUrl?: boolean
}

export interface HostResponse {
  status: number
  /** Names in lower case; repeated headers joined by `, `. */
  headers: Readonly<Record<string, string>>
  /** The `Set-Cookie` lines of the last answer, one each. */
  setCookie: readonly string[]
  /** After redirects. */
  url: string
  text: string
}

export interface HostDownload {
  status: number
  headers: Readonly<Record<string, string>>
  url: string
  body: Readable
}

/** A body in large buffers that are used again. */
export interface BodyReader {
  /**
   * The next bytes, undefined after the last. They are valid until the next call of anything here. Raises as the
   * body of a HostDownload errors. One call at a time.
   */
  next(): Promise<Buffer | undefined>
  /** The last bytes are valid no more; a body that was not read to its end loses its connection. */
  close(): void
}

export interface HostStream extends Omit<HostDownload, 'body'> {
  body: BodyReader
}

export interface SocketTarget {
  host: string
  port: number
  /** TLS from the first byte, checked against `host`. */
  tls: boolean
  /** Aborting closes the connection, however far it is. */
  signal?: AbortSignal
}

/**
 * The only way to a host. Every hop's address is resolved, checked and pinned by the address guard,
 * redirects are bounded, bodies and times are bounded, and errors are HostErrors without secrets
 * (`networkCode` tells which network failure was behind one).
 */
export interface HostHttp {
  /** A bounded call whose body is read whole. Does not throw on an HTTP status. */
  request(request: HostRequest): Promise<HostResponse>
  /**
   * A download: the body is streamed, only idle time is bounded (`timeoutMs`, default 60 000). A body
   * that breaks off errors with TRUNCATED. Destroying the body closes the connection.
   */
  open(request: HostRequest): Promise<HostDownload>
  /** stream is `open` for bodies of many megabytes: without the copies and chunks of a stream. */
  stream(request: HostRequest): Promise<HostStream>
  /** A connection for protocols that are not HTTP, by the same rules and the same egress. The caller ends it. */
  connect(target: SocketTarget): Promise<Socket>
}
