/*
 * Jest's globalSetup: one PostgreSQL for each worker that asks for one. Workers begin anew when they have grown, and
 * with them a server would, and the templates of its databases; so Jest itself keeps the servers, which end with it.
 * A worker names itself on a socket and is told its server's connection string (packages/testing/src/postgres).
 */
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const ADDRESS = 'OBB_TEST_POSTGRES'
const servers = new Map()

async function start() {
  // As built: Jest reads this file before it knows how to read sources.
  const { startPostgres } = await import('../packages/embedded-postgres/dist/index.js')
  const directory = mkdtempSync(join(tmpdir(), 'obb-test-'))
  const server = await startPostgres({
    directory,
    password: randomBytes(12).toString('hex'),
    ephemeral: true,
  })
  return server.url()
}

async function serverOf(worker) {
  const server = servers.get(worker) ?? start()
  servers.set(worker, server)
  return { url: await server }
}

export default async function keepServers() {
  if (process.env[ADDRESS] !== undefined) return
  const directory = mkdtempSync(join(tmpdir(), 'obb-test-servers-'))
  process.once('exit', () => rmSync(directory, { recursive: true, force: true }))
  const keeper = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', (worker) =>
      serverOf(String(worker))
        .catch((error) => ({ error: String(error) }))
        .then((answer) => socket.end(JSON.stringify(answer))),
    )
  })
  const address = join(directory, 'socket')
  await new Promise((resolve, reject) => keeper.once('error', reject).listen(address, resolve))
  keeper.unref()
  process.env[ADDRESS] = address
}
