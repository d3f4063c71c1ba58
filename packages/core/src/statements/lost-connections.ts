import type { EventEmitter } from 'node:events'
import pg from 'pg'

/**
 * A connection that PostgreSQL ends between two statements is an 'error' event of its client, and the process ends if
 * nobody listens. Neither TypeORM nor BullMQ listens all the time: their listeners come a few turns after the pool or
 * `connect()` handed the client over, and between the statements of BullMQ's transactions there is none. The next
 * statement of such a client fails anyway, and whoever sent it deals with that. So here the event of a client that
 * nobody listens to is dropped.
 */
export function surviveLostConnections(): void {
  const { prototype } = pg.Client as unknown as { prototype: EventEmitter }
  if (Object.hasOwn(prototype, 'emit')) return
  const { emit } = prototype
  prototype.emit = function (this: EventEmitter, event: string | symbol, ...values: unknown[]) {
    if (event === 'error' && this.listenerCount('error') === 0) return false
    return emit.call(this, event, ...values)
  }
}
