import type { ReadinessView } from '@obb/contracts'
import {
  AggregatorRegistry,
  collectDefaultMetrics,
  type MetricObjectWithValues,
  type MetricValue,
} from 'prom-client'
import { checkOk, registry } from './instruments.js'

/** What a process measured, as it travels to the one that tells Prometheus. */
export type Measurements = MetricObjectWithValues<MetricValue<string>>[]

/** From now on: memory, CPU, the delay of the event loop, garbage collection. */
export function watchProcess(): void {
  if (registry.getSingleMetric('process_cpu_seconds_total') === undefined) {
    collectDefaultMetrics({ register: registry })
  }
}

/** What this process measured until now, with how the things stand that it needs. */
export function measure({ checks }: Pick<ReadinessView, 'checks'>): Promise<Measurements> {
  for (const { name, status } of checks) checkOk.set({ check: name }, status === 'ok' ? 1 : 0)
  return registry.getMetricsAsJSON()
}

export const EXPOSITION_TYPE = registry.contentType

/**
 * The text that Prometheus reads, of one process or several. Each of several has its name in the label `worker`: what
 * one of them counted begins anew with its successor, which Prometheus understands.
 */
export function exposition(measured: ReadonlyMap<string, Measurements>): Promise<string> {
  const named = [...measured].map(([worker, metrics]) =>
    metrics.map((metric) => ({
      ...metric,
      // Nothing is added up: no two have the same labels.
      aggregator: 'sum' as const,
      values: metric.values.map((value) => ({ ...value, labels: { ...value.labels, worker } })),
    })),
  )
  return AggregatorRegistry.aggregate(named).metrics()
}
