import pg from 'pg'
import type { DataSource } from 'typeorm'

const pools = new WeakMap<DataSource, pg.Pool>()

/** node-postgres as TypeORM's option `driver` takes it, such that the pool which TypeORM makes of it is known here. */
export function driverOf(database: () => DataSource): object {
  class Pool extends pg.Pool {
    constructor(config?: pg.PoolConfig) {
      super(config)
      pools.set(database(), this)
    }
  }
  return { ...pg, Pool }
}

/** The connections of a data source that was opened with `driverOf`. */
export function poolOf(database: DataSource): pg.Pool {
  const pool = pools.get(database)
  if (pool === undefined) throw new Error('the data source was not opened, or not with this driver')
  return pool
}

/**
 * A connection beside those of a data source, for what must not stand in line behind anything: opened with the first
 * statement and whenever it was lost. A statement that takes longer than `timeoutMs` fails. To be closed with `end()`.
 */
export function ownConnection(database: DataSource, timeoutMs: number): pg.Pool {
  const { options } = poolOf(database)
  const connection = new pg.Pool({
    ...options,
    password: options.password, // not enumerable there
    max: 1,
    connectionTimeoutMillis: timeoutMs,
    statement_timeout: timeoutMs,
    query_timeout: timeoutMs,
  })
  connection.on('error', () => undefined) // the next statement opens another
  return connection
}
