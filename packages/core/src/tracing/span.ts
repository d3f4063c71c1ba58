export type SpanAttributes = Readonly<Record<string, string | number | boolean | undefined>>

export interface SpanOptions {
  /** `server`: of a request that came from outside; `internal` unless given. */
  kind?: 'server' | 'client' | 'internal'
  attributes?: SpanAttributes
  /** The span that asked for it; that of the context unless given. */
  parent?: string | undefined
  /** Other spans that asked for the same. */
  links?: readonly string[]
}

/** A span of OpenTelemetry that has begun. */
export interface Span {
  readonly traceparent: string
  set(attributes: SpanAttributes): void
  /** `cause` is constant, or a text of ours without secrets. */
  fail(cause: string): void
  end(): void
}

export interface Tracer {
  start(name: string, options: SpanOptions): Span
  /** Sends what was not sent yet; takes at most 2 s. */
  close(): Promise<void>
}
