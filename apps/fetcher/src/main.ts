import { runProcess } from '@obb/core/process'
import { startFetcher } from './app.js'

/** What handing over takes once parts under way have had their time, ms. */
const HAND_OVER_MS = 4_500

await runProcess('fetcher', async (config, log) => {
  const app = await startFetcher({ config, log })
  return { close: () => app.close(), closeMs: config.FETCHER_DRAIN + HAND_OVER_MS }
})
