import { runServer } from '@obb/core/process'

await runServer('api', {
  main: import.meta.url,
  listens: ({ API_WORKERS: workers, HOST, API_PORT, ADMIN_HOST, ADMIN_PORT, ADMIN_TOKEN }) => ({
    workers,
    listeners: {
      api: { host: HOST, port: API_PORT },
      // Without a token nobody would be let in.
      ...(ADMIN_TOKEN !== undefined && { admin: { host: ADMIN_HOST, port: ADMIN_PORT } }),
    },
  }),
  monitor: ({ MONITOR_HOST: host, API_MONITOR_PORT: port }) =>
    port === undefined ? undefined : { host, port },
  // Loaded where it is needed: the process that holds the ports stays small.
  start: async (config, log) => (await import('./start.js')).startApi(config, log),
})
