import { spawn, spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { request } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { buffer } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'

/** Wanted is what a client is to get. */
export interface Wanted {
  url: string
  size: number
  /** Lower-case hex. */
  sha256: string
}

/** Downloads the whole file, in a directory of its own; raises if it did not, or got other bytes. */
export type Client = (wanted: Wanted, file: string) => Promise<void>

/** Command lines of programs that people download with. */
const PROGRAMS: Record<string, { version: string; line(url: string, file: string): string[] }> = {
  aria2c: {
    version: '--version',
    line: (url, file) => ['-x16', '-s16', '-k1M', '-q', '-d', '/', '-o', file.slice(1), url],
  },
  axel: { version: '--version', line: (url, file) => ['-q', '-n', '8', '-o', file, url] },
  wget: { version: '--version', line: (url, file) => ['-q', '-c', '-O', file, url] },
  curl: { version: '--version', line: (url, file) => ['-sS', '-f', '-C', '-', '-o', file, url] },
  rclone: {
    version: 'version',
    line: (url, file) => ['copyurl', '--config', '/dev/null', '-q', url, file],
  },
}

/** programs gives those of PROGRAMS that are installed. */
export function programs(): Record<string, Client> {
  const installed = Object.entries(PROGRAMS).filter(
    ([program, { version }]) => spawnSync(program, [version], { stdio: 'ignore' }).status === 0,
  )
  return Object.fromEntries(
    installed.map(([program, { line }]) => [
      program,
      async ({ url, sha256 }, file) => {
        const child = spawn(program, line(url, file), {
          stdio: 'ignore',
          env: { PATH: process.env['PATH'], HOME: tmpdir() },
        })
        const code = await new Promise((resolve) => child.once('exit', resolve))
        if (code !== 0) throw new Error(`ended with ${String(code)}`)
        verify(await readFile(file), sha256)
        await rm(file)
      },
    ]),
  )
}

/** 16 ranges at once, as download managers do. */
export const rangedReader: Client = async ({ url, size, sha256 }) => {
  const share = Math.ceil(size / 16)
  const parts = await Promise.all(
    Array.from({ length: 16 }, async (_, index) => {
      const last = Math.min(size, (index + 1) * share) - 1
      const { status, body } = await get(url, { range: `bytes=${index * share}-${last}` })
      if (status !== 206) throw new Error(`a range was answered with ${status}`)
      return body
    }),
  )
  verify(Buffer.concat(parts), sha256)
}

/** Asks for the whole from the moment on that it is being fetched, until there is an answer. */
export const eagerReader: Client = async ({ url, sha256 }) => {
  for (;;) {
    const { status, body } = await get(`${url}?stream=1`)
    if (status === 200) return verify(body, sha256)
    if (status !== 425) throw new Error(`answered with ${status}`)
    await sleep(100)
  }
}

/** Goes away after its first bytes, five times. */
export const abortingReader: Client = async ({ url }) => {
  for (let time = 0; time < 5; time += 1) (await stalledReader(url)).destroy()
}

/** A connection on which an answer has begun that nobody reads any further. */
export async function stalledReader(url: string): Promise<Socket> {
  const { hostname, port, pathname } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`)
  const head = await new Promise<Buffer>((resolve, reject) => {
    socket.once('error', reject)
    socket.once('data', (bytes: Buffer) => {
      socket.pause()
      resolve(bytes)
    })
  })
  if (!head.toString('latin1').startsWith('HTTP/1.1 200')) throw new Error('no answer to stall on')
  return socket
}

/** On a connection of its own, which is gone afterwards. */
function get(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number | undefined; body: Buffer }> {
  return new Promise((resolve, reject) => {
    request(url, { headers, agent: false }, (answer) => {
      buffer(answer).then((body) => resolve({ status: answer.statusCode, body }), reject)
    })
      .on('error', reject)
      .end()
  })
}

function verify(bytes: Buffer, sha256: string): void {
  const got = createHash('sha256').update(bytes).digest('hex')
  if (got !== sha256) throw new Error(`${bytes.length} bytes that are not the file's`)
}
