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
