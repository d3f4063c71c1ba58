import { createServer, type Server as NetServer, type Socket } from 'node:net'
import { once } from 'node:events'
import type { Server } from 'node:http'
import { ADMIN_API } from '@obb/contracts'

/*
 * One server behind two ports. What came to the port of the admin API is known by its connection, and each path is
 * there on one of the two ports only; `/health` and `/health/ready` are on both.
 */

const connections = new WeakSet<Socket>()

/** The connection came to the port of the admin API. Before the server is told of it. */
export function markAdminConnection(socket: Socket): void {
  connections.add(socket)
}

/** Whether a route, or a path, is served on the port that a connection came to. */
export function isServedOn(socket: Socket, target: string): boolean {
  if (/^\/health(?:\/ready)?\/?(?:\?|$)/.test(target)) return true
  return connections.has(socket) === target.startsWith(`${ADMIN_API}/`)
}

/** Whether a connection came to the port of the admin API. */
export const isAdminConnection = (socket: Socket): boolean => connections.has(socket)

/** A port of the admin API for a gateway that has no process in front of it which holds its ports. */
export async function listenForAdmin(server: Server, port: number, host: string): Promise<NetServer> {
  const listener = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    markAdminConnection(socket)
    server.emit('connection', socket)
  })
  listener.listen(port, host)
  await once(listener, 'listening')
  return listener
}
