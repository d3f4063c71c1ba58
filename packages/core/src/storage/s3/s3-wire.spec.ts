import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { StoredPart } from '../index.js'
import { S3Wire } from './s3-wire.js'

const forever = new AbortController().signal

describe('the connections to an S3', () => {
  let server: Server
  let wire: S3Wire
  const connections: Socket[] = []

  beforeEach(async () => {
    server = createServer({ keepAliveTimeout: 0 }, (request, response) => {
      request.resume().on('end', () => response.writeHead(200, { etag: '"a"' }).end())
    })
    server.on('connection', (socket) => connections.push(socket))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  })
  afterEach(() => {
    wire.close()
    server.close()
    connections.splice(0).forEach((socket) => socket.destroy())
  })

  async function put(): Promise<StoredPart> {
    const { port } = server.address() as AddressInfo
    const part = wire.part(`http://127.0.0.1:${port}/files/a`, 1, 3, forever)
    await part.write(Buffer.from('abc'))
    return part.finish()
  }

  it('are left when they idle, although the S3 keeps them: it would end them while a part is on its way', async () => {
    wire = new S3Wire(30_000, 20)
    await put()
    const closed = connections.map((socket) => once(socket, 'close'))
    expect(closed).toHaveLength(1)
    await Promise.all(closed)
    await put()
    expect(connections).toHaveLength(2)
  })

  it('are used again before', async () => {
    wire = new S3Wire(30_000)
    await put()
    await put()
    expect(connections).toHaveLength(1)
  })
})
