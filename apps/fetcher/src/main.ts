import { runProcess } from '@obb/core/process'
import { startFetcher } from './app.js'

await runProcess('fetcher', (config, log) => startFetcher({ config, log }))
