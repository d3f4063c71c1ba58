import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { expect, it } from '@jest/globals'
import { createHostHttp } from './create-host-http.js'

/** Self-signed for `self.test`, valid for a hundred years, trusted by nobody. */
const key = `-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgtKLXfdYOQUNXfQ4J
gaoufYkmwKZv4M9RqnNQgwY1pt2hRANCAATeMU270jV0jWfruIPHVLMP7AizBgJO
Uq95YCaC2rWH+HToPB5SNx7dXiFidyFwrgnTVZhykBOONjwWjTRzNmkM
-----END PRIVATE KEY-----`
const cert = `-----BEGIN CERTIFICATE-----
MIIBlTCCATugAwIBAgIUIH5xtBEhUyBTjjy7Fja1es/KmRkwCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJc2VsZi50ZXN0MCAXDTI2MTEyMzE1Mzc0M1oYDzIxMjYxMDMw
MTUzNzQzWjAUMRIwEAYDVQQDDAlzZWxmLnRlc3QwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATeMU270jV0jWfruIPHVLMP7AizBgJOUq95YCaC2rWH+HToPB5SNx7d
XiFidyFwrgnTVZhykBOONjwWjTRzNmkMo2kwZzAdBgNVHQ4EFgQUOz+3Vz2c0XJW
fKwMUnJ2YC94klgwHwYDVR0jBBgwFoAUOz+3Vz2c0XJWfKwMUnJ2YC94klgwDwYD
VR0TAQH/BAUwAwEB/zAUBgNVHREEDTALgglzZWxmLnRlc3QwCgYIKoZIzj0EAwID
SAAwRQIgbTllbytHh56gznSuoEXhrl1WEmAbkbov61M5AR5riaACIQDNVj2sK7pB
259arnIfld9HOjXF0KKsiCKNfzHpdGEM2A==
-----END CERTIFICATE-----`

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
