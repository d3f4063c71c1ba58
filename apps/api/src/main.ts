import { runProcess } from '@obb/core/process'
import { startApi } from './start.js'

await runProcess('api', startApi)
