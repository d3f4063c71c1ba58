/* What work costs: blocks that PostgreSQL reads, from memory or disk, and CPU of its backends and of other processes. */
import { readFileSync, readdirSync } from 'node:fs'
import pg from 'pg'
import { startPostgres } from '@obb/embedded-postgres'

/** A server that counts what its statements read. */
export async function startCountingPostgres(options) {
  const first = await startPostgres(options)
  const client = new pg.Client({ connectionString: first.url() })
  await client.connect()
  await client.query(`ALTER SYSTEM SET shared_preload_libraries = 'pg_stat_statements'`)
  await client.end()
  await first.stop()
  return startPostgres(options)
}

const BLOCKS = `
  SELECT coalesce(sum(shared_blks_hit + shared_blks_read), 0)::float8 AS blocks FROM pg_stat_statements
   WHERE dbid = (SELECT oid FROM pg_database WHERE datname = $1)`

/** What is used of a database, by processes that call themselves OBB's, and by other processes with these ids. */
export class Meter {
  /** `server`: a database beside the measured one, so that looking is no part of what is seen. */
  static async open(server, database, processes) {
    const client = new pg.Client({ connectionString: server })
    await client.connect()
    await client.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements')
    return Object.assign(new Meter(), { client, database, processes })
  }

  /** Blocks, and ms of CPU of backends and of the processes, so far. */
  async read() {
    const { rows } = await this.client.query(BLOCKS, [this.database])
    const { rows: backends } = await this.client.query(
      `SELECT pid FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
      [this.database],
    )
    return {
      blocks: rows[0].blocks,
      postgres: sum(backends.map(({ pid }) => cpuMs(pid))),
      gateway: sum(this.processes.map((pid) => cpuMs(pid))),
    }
  }

  async connections() {
    const { rows } = await this.client.query(
      'SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = $1',
      [this.database],
    )
    return rows[0].count
  }

  close() {
    return this.client.end()
  }
}

/** CPU of all threads of a process, ms; 0 of one that is gone. */
function cpuMs(pid) {
  try {
    const threads = readdirSync(`/proc/${pid}/task`)
    return (
      sum(
        threads.map((id) => Number(readFileSync(`/proc/${pid}/task/${id}/schedstat`, 'utf8').split(' ')[0])),
      ) / 1e6
    )
  } catch {
    return 0
  }
}

/** A process and those that it started. */
export function familyOf(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim()
  return [pid, ...(children === '' ? [] : children.split(' ').flatMap((child) => familyOf(Number(child))))]
}

/** The least of several rounds, for each call: `work` is told which call it is. */
export async function costOf(meter, { calls, rounds, warm }, work) {
  let call = 0
  for (; call < warm; call++) await work(call)
  let least
  for (let round = 0; round < rounds; round++) {
    const before = await meter.read()
    for (let made = 0; made < calls; made++) await work(call++)
    const after = await meter.read()
    const cost = Object.fromEntries(
      Object.keys(after).map((key) => [key, (after[key] - before[key]) / calls]),
    )
    least = Object.fromEntries(
      Object.keys(cost).map((key) => [key, Math.min(cost[key], least?.[key] ?? Infinity)]),
    )
  }
  return least
}

const sum = (list) => list.reduce((total, each) => total + each, 0)
