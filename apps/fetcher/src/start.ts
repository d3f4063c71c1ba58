import type { FetcherConfig } from '@obb/core/config'
import type { Log } from '@obb/core/log'
import type { Running } from '@obb/core/process'
import { createFetcher } from './create-fetcher.js'

/** HAND_OVER_MS is what handing over takes once parts under way have had their time, ms. */
const HAND_OVER_MS = 4_500

/** The fetch worker, as a process. Fails without a database. */
export async function startFetcher(config: FetcherConfig, log: Log): Promise<Running> {
  const app = await createFetcher({ config, log })
  return { close: () => app.close(), closeMs: config.FETCHER_DRAIN + HAND_OVER_MS }
}
