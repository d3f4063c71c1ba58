import { Socket } from 'node:net'
import { type DatabaseOptions, dataSource } from '@obb/core/database'
import type { DataSource } from 'typeorm'

/** A connection on which nothing moves for this long is given up, ms. No query of the gateway takes so long. */
const SILENCE_MS = 6_000
/** The part of it after which PostgreSQL ends a statement by itself. */
const STATEMENT_SHARE = 5 / 6

/**
 * The gateway's database. A network that swallows packets breaks no connection, and a query over it would
 * hang for a quarter of an hour; so would every later one, once all connections of the pool hang. A query
 * timeout of the driver would hand such a connection on, amid its transaction. So the socket itself is cut:
 * the query fails as with any lost connection, and the pool makes a new one.
 *
 * PostgreSQL notices that a client is gone only when it has an answer for it, and would go on with a query that nobody
 * waits for while the client asks again. So it ends what takes long itself, before it is given up here.
 */
export function openGatewayDatabase(
  url: string,
  options: DatabaseOptions,
  silenceMs = SILENCE_MS,
): Promise<DataSource> {
  const source = dataSource(url, { ...options, statementMs: silenceMs * STATEMENT_SHARE })
  const extra: object = { ...source.options.extra, stream: () => impatientSocket(silenceMs) }
  return source.setOptions({ extra }).initialize()
}

function impatientSocket(silenceMs: number): Socket {
  const socket = new Socket()
  return socket.setTimeout(silenceMs, () => {
    socket.destroy(new Error('Connection terminated: nothing was heard of the database'))
  })
}
