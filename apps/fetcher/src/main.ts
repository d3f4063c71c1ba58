import { runProcess } from '@obb/core/process'
import { startFetcher } from './start.js'

await runProcess('fetcher', startFetcher)
