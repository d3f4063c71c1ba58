import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  type Span as OtelSpan,
  type Tracer as OtelTracer,
  isSpanContextValid,
  trace,
} from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from '@opentelemetry/sdk-trace'
import type { Span, SpanAttributes, SpanOptions, Tracer } from './span.js'

/** How long a span waits for company before it is sent, and what sending may take, ms. */
const SEND_EVERY_MS = 2_000
const SEND_MS = 5_000
const LAST_MS = 2_000

export interface OtlpSettings {
  /** Without the path of traces. */
  endpoint: string
  headers: Readonly<Record<string, string>>
  /** The share of traces that are kept, 0 to 1, where whoever asks does not say. */
  ratio: number
}

const KINDS = { server: SpanKind.SERVER, client: SpanKind.CLIENT, internal: SpanKind.INTERNAL }

/** Spans that are sent to a collector by OTLP over HTTP. Whatever goes wrong with it is nobody's concern but its own. */
export class OtlpTracer implements Tracer {
  private readonly provider: TracerProvider
  private readonly tracer: OtelTracer

  /** `lost` is told why spans were not sent. */
  constructor(app: string, { endpoint, headers, ratio }: OtlpSettings, lost: (reason: string) => void) {
    const exporter = new ToldExporter(
      { url: `${endpoint}/v1/traces`, headers: { ...headers }, timeoutMillis: SEND_MS },
      lost,
    )
    this.provider = new TracerProvider({
      resource: resourceFromAttributes({ 'service.name': `obb-${app}`, 'process.pid': process.pid }),
      sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
      spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: SEND_EVERY_MS })],
    })
    this.tracer = this.provider.getTracer('obb')
  }

  start(name: string, { attributes = {}, kind = 'internal', links = [], parent }: SpanOptions): Span {
    const span = this.tracer.startSpan(
      name,
      {
        kind: KINDS[kind],
        attributes: attributes as Attributes,
        links: links.flatMap((each) => {
          const context = spanContextOf(each)
          return context ? [{ context }] : []
        }),
      },
      contextOf(parent),
    )
    return new OtlpSpan(span)
  }

  async close(): Promise<void> {
    const late = new Promise<void>((resolve) => setTimeout(resolve, LAST_MS).unref())
    await Promise.race([this.provider.shutdown().catch(() => undefined), late])
  }
}

/** An exporter that tells of what it could not send. */
class ToldExporter extends OTLPTraceExporter {
  constructor(
    config: ConstructorParameters<typeof OTLPTraceExporter>[0],
    private readonly lost: (reason: string) => void,
  ) {
    super(config)
  }

  override export(...[spans, done]: Parameters<OTLPTraceExporter['export']>): void {
    super.export(spans, (result) => {
      if (result.error) this.lost(result.error.message)
      done(result)
    })
  }
}

class OtlpSpan implements Span {
  readonly traceparent: string

  constructor(private readonly span: OtelSpan) {
    const { spanId, traceFlags, traceId } = span.spanContext()
    this.traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`
  }

  set(attributes: SpanAttributes): void {
    this.span.setAttributes(attributes as Attributes)
  }

  fail(cause: string): void {
    this.span.setStatus({ code: SpanStatusCode.ERROR, message: cause })
  }

  end(): void {
    this.span.end()
  }
}

function contextOf(parent: string | undefined): Context {
  const remote = parent === undefined ? undefined : spanContextOf(parent)
  return remote ? trace.setSpanContext(ROOT_CONTEXT, remote) : ROOT_CONTEXT
}

/** Undefined for what is no `traceparent` of version 00. */
function spanContextOf(traceparent: string): SpanContext | undefined {
  const [, traceId = '', spanId = '', flags = ''] =
    /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/.exec(traceparent) ?? []
  const context = { traceId, spanId, traceFlags: parseInt(flags, 16), isRemote: true }
  return isSpanContextValid(context) ? context : undefined
}
