import { AsyncLocalStorage } from 'node:async_hooks'
import type { Span } from './span.js'

/** A RequestContext is what goes along with work from one process to the next: in a job, or in a link's row. */
export interface RequestContext {
  /** Id of the request that asked for it. */
  request?: string | undefined
  /** The span that asked for it, as of W3C Trace Context; none where nothing is traced. */
  traceparent?: string | undefined
}

/** LineFields stand in every line of the log that is written meanwhile. */
export type LineFields = Readonly<Record<string, string | readonly string[]>>

interface WorkContext {
  fields: LineFields
  /** The innermost span of this process. */
  span?: Span | undefined
  /** The span that the next one is a child of. */
  traceparent?: string | undefined
}

const NONE: WorkContext = { fields: {} }
const contexts = new AsyncLocalStorage<WorkContext>()

/** Runs `work`, with `fields` in its lines besides those that are there already. */
export function withFields<T>(fields: LineFields, work: () => T): T {
  const context = contexts.getStore() ?? NONE
  return contexts.run({ ...context, fields: { ...context.fields, ...fields } }, work)
}

/** Runs what a request of another process asked for, or nobody's: nothing of what runs now goes along. */
export function resume<T>({ request, traceparent }: RequestContext, fields: LineFields, work: () => T): T {
  const own = { ...(request !== undefined && { request }), ...fields }
  return contexts.run({ fields: own, traceparent }, work)
}

/** Runs `work` inside `span`. */
export function withinSpan<T>(span: Span, work: () => T): T {
  const context = contexts.getStore() ?? NONE
  return contexts.run({ ...context, span, traceparent: span.traceparent }, work)
}

/** Runs `work` for nobody. */
export function detached<T>(work: () => T): T {
  return contexts.exit(work)
}

/** A function that runs work in the context of now, whenever that is. */
export type ContextOfThen = <T>(work: () => T) => T
export function contextOfNow(): ContextOfThen {
  return AsyncLocalStorage.snapshot()
}

/** What goes along with work that is left to others. */
export function requestContext(): RequestContext {
  const context = contexts.getStore()
  if (context === undefined) return {}
  const { request } = context.fields
  return {
    ...(typeof request === 'string' && { request }),
    ...(context.traceparent !== undefined && { traceparent: context.traceparent }),
  }
}

/** currentSpan is undefined where nothing is traced. */
export function currentSpan(): Span | undefined {
  return contexts.getStore()?.span
}

/** What a line of the log that is written now is about; an object of the caller's own. */
export function lineFields(): Record<string, unknown> {
  const context = contexts.getStore()
  if (context === undefined) return {}
  const { fields, traceparent } = context
  // Version, trace id, span id, flags: trace ids have 32 digits.
  return traceparent === undefined ? { ...fields } : { ...fields, trace: traceparent.slice(3, 35) }
}
