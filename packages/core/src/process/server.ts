import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import type { ConfigOf } from '../config/index.js'
import type { Log } from '../log/index.js'
import type { Measurements } from '../metrics/index.js'
import { type ListenAt, listenAddress, urlOf } from './listen-address.js'
import { runProcess, type Running } from './run.js'
import { WORKER_ARGUMENT, Workers } from './workers.js'

/** The processes that serve HTTP. */
export type ServerName = 'api' | 'proxy'

/** A ServerProcess is what a worker makes of its settings: a server that does not listen. */
export interface ServerProcess extends Running {
  server: Server
  /** Told of each connection before the server is, with the name of the listener that it came to. */
  enter?(socket: Socket, listener: string): void
  /** What this worker measured, for Prometheus. */
  measurements(): Promise<Measurements>
  /** Serves who is connected to the end of their connections; resolves after the last. */
  retire(): Promise<void>
}

export interface ServerOptions<Name extends ServerName> {
  /** `import.meta.url` of the module that calls this: workers run it, too. */
  main: string
  /** How many workers, and where they are reached, by names; the first is what the process is known by. */
  listens(config: ConfigOf<Name>): { workers: number; listeners: Readonly<Record<string, ListenAt>> }
  start(config: ConfigOf<Name>, log: Log): Promise<ServerProcess>
  /** Where its metrics are, if anywhere. */
  monitor(config: ConfigOf<Name>): ListenAt | undefined
}

/**
 * The life of an OBB process that serves HTTP: one that holds the port, and workers behind it that are replaced
 * without anybody noticing. SIGUSR2 to the first restarts the workers, one after the other.
 */
export function runServer<Name extends ServerName>(
  app: Name,
  { main, listens, monitor, start }: ServerOptions<Name>,
): Promise<void> {
  if (process.argv[2] === WORKER_ARGUMENT) {
    return runProcess(app, async (config, log) => {
      const running = await start(config, log)
      serve(running)
      return running
    })
  }
  return runProcess(app, async (config, log) => {
    const { workers: count, listeners } = listens(config)
    const workers = new Workers({ count, log, main: fileURLToPath(main) })
    const resolved = Object.entries(listeners).map(
      async ([name, { host, port }]) => [name, { host: await listenAddress(host), port }] as const,
    )
    await workers.start(Object.fromEntries(await Promise.all(resolved)))
    const at = monitor(config)
    return at === undefined ? workers : monitored(app, workers, at)
  })
}

/**
 * `workers`, with their metrics on a port of their own. Raises an error, and leaves nothing running, where it cannot
 * be had.
 */
async function monitored(app: ServerName, workers: Workers, { host, port }: ListenAt): Promise<Running> {
  // Loaded where it is needed: the process that holds the ports stays small.
  const { EXPOSITION_TYPE, exposition, MonitorServer } = await import('../metrics/index.js')
  const server = new MonitorServer({
    '/metrics': async () => ({
      code: 200,
      headers: { 'content-type': EXPOSITION_TYPE },
      body: await exposition(await workers.measurements()),
    }),
  })
  try {
    await server.listen(port, await listenAddress(host))
  } catch (error) {
    await workers.close()
    throw error
  }
  return {
    url: workers.url,
    urls: { ...workers.urls, [`${app}_monitor`]: urlOf(server.address) },
    restart: (env) => workers.restart(env),
    close: () => {
      server.close()
      return workers.close()
    },
  }
}

interface Order {
  /** The name of the listener that it came to. */
  connection?: string
  retire?: true
  /** Tell what was measured. */
  measure?: true
}

/** Takes the connections that the parent gives. */
function serve({ server, enter, measurements, retire }: ServerProcess): void {
  // The server watches over slow requests from here on.
  server.emit('listening')
  process.on('message', (order: Order, socket: Socket | undefined) => {
    if (order.connection !== undefined) {
      process.send?.({ taken: true })
      if (socket !== undefined) {
        socket.allowHalfOpen = true // as with a server's own: a client may end its side after its request
        enter?.(socket, order.connection)
        server.emit('connection', socket)
      }
    }
    if (order.measure) void measurements().then((metrics) => process.send?.({ measured: metrics }))
    if (order.retire) void retire().then(() => process.kill(process.pid, 'SIGTERM'))
  })
}
