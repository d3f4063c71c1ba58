import type { Config } from '../config/index.js'
import { useTracer } from './traced.js'

type TracingConfig = Pick<
  Config,
  'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_EXPORTER_OTLP_HEADERS' | 'OTEL_TRACES_SAMPLER_ARG'
>

const ACTION = 'Look whether the collector at OTEL_EXPORTER_OTLP_ENDPOINT runs and takes OTLP over HTTP.'

/**
 * Has the spans of this process sent to the collector that the settings name, if they name one; resolves to what ends
 * that, and sends the rest. OpenTelemetry is loaded where it is needed: without a collector it costs nothing.
 */
export async function startTracing(
  app: string,
  config: TracingConfig,
  log: { warn(fields: object, message: string): void },
): Promise<() => Promise<void>> {
  const {
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_EXPORTER_OTLP_HEADERS: headers,
    OTEL_TRACES_SAMPLER_ARG: ratio,
  } = config
  if (endpoint === undefined) return async () => undefined
  const { OtlpTracer } = await import('./otlp.js')
  const tracer = new OtlpTracer(app, { endpoint, headers, ratio }, (reason) =>
    log.warn({ reason, action: ACTION }, 'spans of traces are not sent and lost'),
  )
  useTracer(tracer)
  return async () => {
    useTracer(undefined)
    await tracer.close()
  }
}
