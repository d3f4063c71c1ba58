import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openObjectStore } from '@obb/core/storage'
import { startS3, type S3Server } from '@obb/testing/s3'
import { LINK, pattern, Rig } from '../testing/rig.js'

const MIB = 1024 * 1024
const FILE = pattern(24 * MIB + 321)

/** A stretch of network that breaks down once, with every connection, after so many bytes of answers. */
class BreakingWire {
  private readonly pairs = new Set<[Socket, Socket]>()
  private passed = 0
  hasBroken = false
  server!: Server

  static async to(target: number, afterBytes: number): Promise<BreakingWire> {
    const wire = new BreakingWire()
    wire.server = createServer((near) =>
      wire.join(near, connect({ host: '127.0.0.1', port: target }), afterBytes),
    )
    wire.server.listen(0, '127.0.0.1')
    await once(wire.server, 'listening')
    return wire
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port
  }

  private join(near: Socket, far: Socket, afterBytes: number): void {
    const pair: [Socket, Socket] = [near, far]
    this.pairs.add(pair)
    for (const socket of pair) {
      socket.on('error', () => undefined)
      socket.on('close', () => {
        for (const each of pair) each.destroy()
        this.pairs.delete(pair)
      })
    }
    far.on('data', (bytes: Buffer) => {
      this.passed += bytes.length
      if (this.hasBroken || this.passed < afterBytes) return
      this.hasBroken = true
      this.breakDown()
    })
    near.pipe(far).pipe(near)
  }

  private breakDown(): void {
    for (const pair of this.pairs) for (const socket of pair) socket.destroy()
  }

  async close(): Promise<void> {
    this.breakDown()
    this.server.close()
    await once(this.server, 'close')
  }
}

interface Client {
  version: string[]
  /** The command lines, in this order until one succeeds. */
  runs(url: string, file: string): string[][]
}

const twice = (line: string[]): string[][] => [line, line]

const CLIENTS: Record<string, Client> = {
  aria2c: {
    version: ['--version'],
    runs: (url, file) =>
      twice([
        '-x16',
        '-s16',
        '-k1M',
        '--retry-wait=1',
        '--max-tries=10',
        '-q',
        '-d',
        '/',
        '-o',
        file.slice(1),
        url,
      ]),
  },
  axel: { version: ['--version'], runs: (url, file) => twice(['-q', '-n', '8', '-o', file, url]) },
  wget: { version: ['--version'], runs: (url, file) => twice(['-q', '-c', '--tries=1', '-O', file, url]) },
  curl: {
    version: ['--version'],
    runs: (url, file) => twice(['-sS', '-f', '-L', '-C', '-', '-o', file, url]),
  },
  rclone: {
    version: ['version'],
    runs: (url, file) => twice(['copyurl', '--config', '/dev/null', '-q', url, file]),
  },
}

function run(program: string, args: string[]): Promise<number> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: 'ignore',
      // In another locale wget writes escapes of the URLs that it is sent to anew, and signatures break.
      env: { PATH: process.env['PATH'], HOME: tmpdir(), LANG: 'C.UTF-8' },
    })
    child.once('exit', (code) => resolve(code ?? -1))
  })
}

let rig: Rig
let directory: string
let wire: BreakingWire
let s3: S3Server
beforeAll(async () => {
  s3 = await startS3()
})
afterAll(() => s3.close())
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'obb-clients-'))
})
afterEach(async () => {
  await wire.close()
  await rig.stop()
  await rm(directory, { recursive: true })
})

/** WAYS set up where the bytes come from, and the network to the client, which breaks. Each gives the base of links. */
const WAYS: Record<string, () => Promise<string>> = {
  'from the proxy': async () => {
    rig = await Rig.start()
    await rig.put(FILE)
    wire = await BreakingWire.to(rig.port, FILE.length / 2)
    return `http://127.0.0.1:${wire.port}`
  },
  'by redirect to an S3': async () => {
    wire = await BreakingWire.to(Number(new URL(s3.endpoint).port), FILE.length / 2)
    const endpoint = `http://127.0.0.1:${wire.port}`
    const store = await openObjectStore({ ...s3.settings, endpoint })
    await store.prepare()
    rig = await Rig.start({}, { store, offload: 'redirect' })
    await rig.put(FILE)
    return `http://127.0.0.1:${rig.port}`
  },
}

const CASES = Object.entries(WAYS).flatMap(([way, open]) =>
  Object.entries(CLIENTS).map(([program, client]) => ({ way, open, program, ...client })),
)

describe.each(CASES)('$program, $way', ({ program, version, runs, open }) => {
  const itIfInstalled = spawnSync(program, version, { stdio: 'ignore' }).status === 0 ? it : it.skip

  itIfInstalled('has every byte although the network broke in the middle', async () => {
    const file = join(directory, 'film.mkv')
    const url = `${await open()}/download/${LINK}/film.mkv`
    let code = -1
    for (const args of runs(url, file)) if (code !== 0) code = await run(program, args)
    expect(code).toBe(0)
    expect((await readFile(file)).equals(FILE)).toBe(true)
    expect(wire.hasBroken).toBe(true)
    await rig.store.idle()
    expect(rig.log).toEqual([])
  })
})
