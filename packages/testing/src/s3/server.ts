import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Buckets } from './buckets.js'
import { type Dialect, handle, type Surroundings } from './handler.js'
import { Faults } from './faults.js'

export interface S3Options {
  /** A free one of 127.0.0.1 unless given. */
  port?: number
  /** The directory where the buckets lie; kept at the end. A temporary one, removed at the end, unless given. */
  directory?: string
  /** The implementation whose answers it gives where implementations differ; AWS's unless given. */
  dialect?: Dialect
}

export interface S3Stats {
  /** Open now. */
  connections: number
  /** Neither completed nor aborted, in all buckets. */
  pendingUploads: number
  /** Requests so far, by operation. */
  requests: Readonly<Record<string, number>>
}

export interface S3Bucket {
  kind: 's3'
  bucket: string
  endpoint: string
  region: string
  accessKeyId: string
  secretAccessKey: string
}

export interface S3Server {
  /** The settings that an object store in its bucket `files` is opened with. */
  settings: S3Bucket
  endpoint: string
  port: number
  directory: string
  region: string
  accessKeyId: string
  secretAccessKey: string
  faults: Faults
  stats(): S3Stats
  /** Cuts every connection, as a kill would; what was acknowledged stays in a given directory. */
  close(): Promise<void>
}

/** Starts an S3 for tests: path style, Signature Version 4, buckets made through the API. */
export async function startS3(options: S3Options = {}): Promise<S3Server> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), 'obb-s3-')))
  await mkdir(directory, { recursive: true })
  const credentials = { accessKeyId: 'OBBTESTACCESSKEY', secretAccessKey: 'obb-test-secret-access-key' }
  const sockets = new Set<Socket>()
  const running = new Set<Promise<void>>()
  const requests: Record<string, number> = {}
  const buckets = new Buckets(directory)
  const faults = new Faults(() => sockets.forEach((socket) => socket.destroy()))
  const surroundings: Surroundings = {
    buckets,
    credentials,
    faults,
    dialect: options.dialect ?? 'aws',
    count: (operation) => (requests[operation] = (requests[operation] ?? 0) + 1),
  }

  const server = createServer({ requestTimeout: 0 }, (request: IncomingMessage, response: ServerResponse) => {
    const work = handle(surroundings, request, response).finally(() => running.delete(work))
    running.add(work)
  })
  server.on('connection', (socket) => {
    if (faults.isDown) {
      socket.destroy()
      return
    }
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port ?? 0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo

  const where = { endpoint: `http://127.0.0.1:${port}`, region: 'us-east-1', ...credentials }
  return {
    settings: { kind: 's3', bucket: 'files', ...where },
    ...where,
    port,
    directory,
    faults,
    stats: () => ({
      connections: sockets.size,
      pendingUploads: buckets.countUploads(),
      requests: { ...requests },
    }),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      sockets.forEach((socket) => socket.destroy())
      faults.clear()
      await closed
      await Promise.all(running)
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true })
    },
  }
}
