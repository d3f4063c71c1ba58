import { once } from 'node:events'
import type { AddressInfo, Server, Socket } from 'node:net'

/** Has `server` listen on a free port of 127.0.0.1. `close` cuts the connections that it has. */
export async function listening(server: Server): Promise<{ port: number; close(): void }> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    close: () => {
      server.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}
