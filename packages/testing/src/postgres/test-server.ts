import { startPostgres } from '@obb/embedded-postgres'
import childProcess from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

/*
 * One PostgreSQL per worker of the test run, started for the first file that needs it: no lock, no state shared between
 * workers. Jest keeps it, since its workers begin anew (scripts/test-postgres.mjs); outside of Jest this process does.
 * It ends with who keeps it, killed or not, and its directory with it (@obb/embedded-postgres).
 *
 * Jest gives every test file its own globals, its own modules and a copy of process.env, but the modules of Node
 * itself are those of the process. So the address of the server is kept, as a string, on one of them.
 */
const KEPT = Symbol.for('obb.testing.postgres')
const kept = childProcess as { [KEPT]?: string }

let starting: Promise<string> | undefined

async function start(): Promise<string> {
  const keeper = process.env['OBB_TEST_POSTGRES']
  return (kept[KEPT] = await (keeper === undefined ? startHere() : askedOf(keeper)))
}

async function startHere(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'obb-test-'))
  const password = randomBytes(12).toString('hex')
  const server = await startPostgres({ directory, password, ephemeral: true })
  return server.url()
}

async function askedOf(keeper: string): Promise<string> {
  const socket = connect(keeper)
  socket.write(process.env['JEST_WORKER_ID'] ?? '1')
  const { url, error } = JSON.parse(await text(socket)) as { url?: string; error?: string }
  if (url === undefined) throw new Error(error)
  return url
}

/** The superuser's connection string for the server of this process. */
export async function testServer(): Promise<string> {
  return kept[KEPT] ?? (await (starting ??= start()))
}
