import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { afterEach, describe, expect, it } from '@jest/globals'
import { createHostHttp } from './create-host-http.js'
import { networkCode } from './network-fault.js'
import { cert, key } from './fake/certificate.js'

const servers: Server[] = []
const clients: { close(): Promise<void> }[] = []

afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.close()))
  for (const server of servers.splice(0)) server.close()
})

function client(options: Parameters<typeof createHostHttp>[0] = {}) {
  const http = createHostHttp({ allowNetworks: ['127.0.0.0/8'], ...options })
  clients.push(http)
  return http
}

async function listening(server: Server): Promise<number> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

describe('connections that are not HTTP', () => {
  it('carry bytes both ways', async () => {
    const port = await listening(createServer((socket) => socket.pipe(socket)))
    const socket = await client().connect({ host: '127.0.0.1', port, tls: false })
    socket.write('hello')
    expect(String((await once(socket, 'data'))[0])).toBe('hello')
    socket.destroy()
  })

  it('go only where the guard lets them', async () => {
    const port = await listening(createServer())
    const http = client({ allowNetworks: [] })
    const refused = http.connect({ host: '127.0.0.1', port, tls: false })
    await expect(refused).rejects.toMatchObject({ name: 'HostError', kind: 'BAD_URL' })
  })

  it('over TLS are checked against the name', async () => {
    const resolver = () => Promise.resolve([{ address: '127.0.0.1', family: 4 as const }])
    const port = await listening(createTlsServer({ key, cert }, (socket) => socket.end('200 ready')))
    const http = client({ resolver, ca: [cert] })
    const socket = await http.connect({ host: 'self.test', port, tls: true })
    expect(String((await once(socket, 'data'))[0])).toBe('200 ready')
    const other = await http.connect({ host: 'other.test', port, tls: true }).catch((error: unknown) => error)
    expect(other).toMatchObject({ kind: 'UNEXPECTED', retryable: false })
    expect(networkCode(other)).toBe('ERR_TLS_CERT_ALTNAME_INVALID')
  })

  it('that nobody answers are HOST_TEMP', async () => {
    const server = createServer()
    const port = await listening(server)
    server.close()
    const refused = client().connect({ host: '127.0.0.1', port, tls: false })
    await expect(refused).rejects.toMatchObject({ kind: 'HOST_TEMP' })
  })

  it('are closed when the caller stops, however far they are', async () => {
    const accepted = new Promise<unknown>((resolve) => {
      void listening(
        createServer((socket) => {
          socket.on('error', () => undefined).on('close', resolve)
          socket.resume()
        }),
      ).then(async (port) => {
        const stop = new AbortController()
        await client().connect({ host: '127.0.0.1', port, tls: false, signal: stop.signal })
        stop.abort()
      })
    })
    await accepted
    const stopped = AbortSignal.abort(new Error('stopped'))
    const late = client().connect({ host: '127.0.0.1', port: 1, tls: false, signal: stopped })
    await expect(late).rejects.toThrow('stopped')
  })
})
