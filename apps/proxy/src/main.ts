import { runServer } from '@obb/core/process'

await runServer('proxy', {
  main: import.meta.url,
  listens: ({ PROXY_WORKERS: workers, HOST: host, PROXY_PORT: port }) => ({
    workers,
    listeners: { proxy: { host, port } },
  }),
  monitor: ({ MONITOR_HOST: host, PROXY_MONITOR_PORT: port }) =>
    port === undefined ? undefined : { host, port },
  // Loaded where it is needed: the process that holds the port stays small.
  start: async (config, log) => (await import('./start.js')).startProxy(config, log),
})
