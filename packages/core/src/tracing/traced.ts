import { currentSpan, requestContext, withinSpan } from './context.js'
import type { Span, SpanAttributes, SpanOptions, Tracer } from './span.js'

let tracer: Tracer | undefined

/** Has spans of this process told to `other`; undefined: to nobody, which costs nothing. */
export function useTracer(other: Tracer | undefined): void {
  tracer = other
}

/** Begins a span that somebody ends; undefined where nothing is traced. */
export function startSpan(name: string, options: SpanOptions = {}): Span | undefined {
  return tracer?.start(name, { parent: requestContext().traceparent, ...options })
}

/** Runs `work` in a span of its own. What it raises is the span's failure. */
export async function traced<T>(name: string, options: SpanOptions, work: () => Promise<T>): Promise<T> {
  const span = startSpan(name, options)
  if (span === undefined) return work()
  try {
    return await withinSpan(span, work)
  } catch (error) {
    span.fail(causeOf(error))
    throw error
  } finally {
    span.end()
  }
}

/** Adds to the span that is under way, if there is one. */
export function annotate(attributes: SpanAttributes): void {
  currentSpan()?.set(attributes)
}

/** Kind and message, never the fields around them (queries, parameters). */
function causeOf(error: unknown): string {
  return error instanceof Error ? `${error.name}: ${error.message}` : typeof error
}
