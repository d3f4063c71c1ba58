import { Counter, Gauge, Histogram, Registry } from 'prom-client'

/*
 * What is counted and measured in a process as it works; every name there is, in one place. What only the database
 * knows is in InstallationMetrics. Labels have few values: routes, platforms, closed sets; never a user, file or
 * address.
 */

/** Everything that this process tells Prometheus. */
export const registry = new Registry()

const registers = [registry]

export const httpRequests = new Counter({
  name: 'obb_http_requests_total',
  help: 'Requests, by route, HTTP code and number of the error table (0: success)',
  labelNames: ['route', 'code', 'status'] as const,
  registers,
})

export const httpSeconds = new Histogram({
  name: 'obb_http_request_seconds',
  help: 'From a request to the end of its answer',
  labelNames: ['route'] as const,
  buckets: [0.005, 0.02, 0.1, 0.5, 2, 10, 60, 600],
  registers,
})

export const refusals = new Counter({
  name: 'obb_refusals_total',
  help: 'Requests that were refused, by cause and number of the error table',
  labelNames: ['cause', 'status'] as const,
  registers,
})

export const linksMade = new Counter({
  name: 'obb_links_made_total',
  help: 'Links that were made and charged: to files that were stored already, and to others',
  labelNames: ['file'] as const,
  registers,
})

export const linksEnded = new Counter({
  name: 'obb_links_ended_total',
  help: 'Links that this process ended, by reason: expired, failed, cancelled, blocked or removed',
  labelNames: ['reason'] as const,
  registers,
})

export const storeErrors = new Counter({
  name: 'obb_store_errors_total',
  help: 'Answers of the store by which it is full (FULL) or cannot be used (UNAVAILABLE), those included that were tried again',
  labelNames: ['kind'] as const,
  registers,
})

export const ledgerEntries = new Counter({
  name: 'obb_ledger_entries_total',
  help: 'Entries that this process wrote to the ledger of traffic, by kind',
  labelNames: ['kind'] as const,
  registers,
})

export const ledgerBytes = new Counter({
  name: 'obb_ledger_bytes_total',
  help: 'Bytes that they moved, whichever way',
  labelNames: ['kind'] as const,
  registers,
})

export const servedBytes = new Counter({
  name: 'obb_served_bytes_total',
  help: 'Bytes of files that were handed to clients',
  registers,
})

export const streams = new Gauge({
  name: 'obb_streams',
  help: 'Links that a proxy sends to clients, as of its last look, every two seconds',
  registers,
})

export const streamConnections = new Gauge({
  name: 'obb_stream_connections',
  help: 'Answers that it sends of them',
  registers,
})

export const claims = new Counter({
  name: 'obb_claims_total',
  help: 'Files that a fetcher claimed',
  labelNames: ['platform'] as const,
  registers,
})

export const fetchedBytes = new Counter({
  name: 'obb_fetched_bytes_total',
  help: 'Bytes of files that arrived from hosts, those included that were thrown away',
  labelNames: ['platform'] as const,
  registers,
})

export const fetches = new Counter({
  name: 'obb_fetches_total',
  help: 'Fetches that ended: done, wait (goes on later), fail (for good) or lost (to another fetcher)',
  labelNames: ['platform', 'end'] as const,
  registers,
})

export const fetchSeconds = new Histogram({
  name: 'obb_fetch_seconds',
  help: 'How long fetches took that ended done',
  labelNames: ['platform'] as const,
  buckets: [1, 10, 60, 300, 1_800, 7_200],
  registers,
})

export const hostCalls = new Counter({
  name: 'obb_host_calls_total',
  help: 'Questions to hosts, by outcome: ok, or the kind of the error',
  labelNames: ['platform', 'outcome'] as const,
  registers,
})

export const mailsHandled = new Counter({
  name: 'obb_mails_total',
  help: 'Mails, by outcome: sent, failed (is tried again), given_up, or needless (nobody’s, or overtaken)',
  labelNames: ['kind', 'outcome'] as const,
  registers,
})

export const notificationsHandled = new Counter({
  name: 'obb_notifications_total',
  help: 'Notifications, by outcome: sent, failed (is tried again), given_up, or needless (its account lacks the channel)',
  labelNames: ['channel', 'outcome'] as const,
  registers,
})

export const checkOk = new Gauge({
  name: 'obb_check_ok',
  help: 'Whether what this process needs is there: 1 or 0 for each check of /health/ready',
  labelNames: ['check'] as const,
  registers,
})
