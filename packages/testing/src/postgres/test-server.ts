import { startPostgres } from '@obb/embedded-postgres'
import childProcess from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/*
 * One PostgreSQL per process of the test run, started by the first file that needs it: no lock, no state shared
 * between workers. It ends with the process, killed or not, and its directory with it (@obb/embedded-postgres).
 *
 * Jest gives every test file its own globals, its own modules and a copy of process.env, but the modules of Node
 * itself are those of the process. So the address of the server is kept, as a string, on one of them.
 */
const KEPT = Symbol.for('obb.testing.postgres')
const kept = childProcess as { [KEPT]?: string }

let starting: Promise<string> | undefined

async function start(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'obb-test-'))
  const password = randomBytes(12).toString('hex')
  const server = await startPostgres({ directory, password, ephemeral: true })
  return (kept[KEPT] = server.url())
}

/** The superuser's connection string for the server of this process. */
export async function testServer(): Promise<string> {
  return kept[KEPT] ?? (await (starting ??= start()))
}
