import { runProcess } from '@obb/core/process'
import { startProxy } from './start.js'

await runProcess('proxy', startProxy)
