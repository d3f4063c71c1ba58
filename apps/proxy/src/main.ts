import cluster from 'node:cluster'
import { runProcess } from '@obb/core/process'
import { startProxy } from './start.js'
import { startWorkers } from './workers.js'

await runProcess('proxy', (config, log) =>
  cluster.isPrimary && config.PROXY_WORKERS > 1 ? startWorkers(config, log) : startProxy(config, log),
)
