import { runServer } from '@obb/core/process'

await runServer('api', {
  main: import.meta.url,
  listens: ({ API_WORKERS: workers, HOST: host, API_PORT: port }) => ({ workers, host, port }),
  // Loaded where it is needed: the process that holds the port stays small.
  start: async (config, log) => (await import('./start.js')).startApi(config, log),
})
