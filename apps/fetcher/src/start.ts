import type { FetcherConfig } from '@obb/core/config'
import type { Log } from '@obb/core/log'
import type { Running } from '@obb/core/process'
import { startTracing } from '@obb/core/tracing'
import { createFetcher } from './create-fetcher.js'
import { HealthServer } from './housekeeping/health.js'

/** HAND_OVER_MS is what handing over takes once parts under way have had their time, ms. */
const HAND_OVER_MS = 4_500

/** The fetch worker, as a process. Fails without a database. */
export async function startFetcher(config: FetcherConfig, log: Log): Promise<Running> {
  const endTracing = await startTracing('fetcher', config, log)
  const app = await createFetcher({ config, log })
  const { url } = app.get(HealthServer)
  return {
    ...(url !== undefined && { url, urls: { fetcher: url } }),
    close: () => app.close().finally(endTracing),
    closeMs: config.FETCHER_DRAIN + HAND_OVER_MS,
  }
}
