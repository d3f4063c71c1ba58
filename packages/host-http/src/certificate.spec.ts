import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, it } from '@jest/globals'
import { createHostHttp } from './create-host-http.js'
import { cert, key } from './fake/certificate.js'

it('a certificate that fails is final, and the server name of the URL was asked for although the address is pinned', async () => {
  const names: string[] = []
  const server = createServer({
    key,
    cert,
    SNICallback: (name, callback) => {
      names.push(name)
      callback(null)
    },
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const resolver = () => Promise.resolve([{ address: '127.0.0.1', family: 4 as const }])
  const http = createHostHttp({ allowNetworks: ['127.0.0.0/8'], resolver })
  try {
    const { port } = server.address() as AddressInfo
    const error: unknown = await http.request({ url: `https://self.test:${port}/` }).catch((e: unknown) => e)
    expect(error).toMatchObject({ kind: 'UNEXPECTED', retryable: false })
    expect(names).toEqual(['self.test'])
  } finally {
    await http.close()
    server.close()
  }
})
