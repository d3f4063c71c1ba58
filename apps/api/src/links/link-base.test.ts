import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { EXTERNAL_API, type LinkAnswer } from '@obb/contracts'
import { Gateway } from '../testing/gateway.js'

/* Where links lead whose clients come by different addresses: no PUBLIC_PROXY_URL is set. */

let gateway: Gateway
let apiKey: string
let url: string
let linkId: string
beforeAll(async () => {
  gateway = await Gateway.start({ PUBLIC_PROXY_URL: '', PROXY_PORT: '9876', TRUSTED_PROXIES: '127.0.0.0/8' })
  await gateway.fetcherAlive()
  await gateway.poolAccount()
  apiKey = (await gateway.user()).apiKey
  const known = await gateway.knownFile(1)
  url = known.url
  const made = await gateway.call(apiKey, 'POST', '/unrestrict', { url })
  linkId = made.body.data.linkId
  await gateway.fetched(known.file.id)
})
afterAll(() => gateway.close())

async function asked(method: string, path: string, lines: string[], body = ''): Promise<LinkAnswer> {
  const connection = await gateway.connection()
  const head = [
    `${method} ${EXTERNAL_API}${path} HTTP/1.1`,
    `X-Api-Key: ${apiKey}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...lines,
  ]
  connection.write([...head, '', body].join('\r\n'))
  const answer = await connection.answer()
  connection.close()
  expect(answer?.status).toBe(200)
  return (JSON.parse(answer?.text ?? '') as { data: LinkAnswer }).data
}

describe.each<[string, string[]]>([
  ['http://nas.lan:9876', ['Host: nas.lan:8080']],
  ['http://[2001:db8::1]:9876', ['Host: [2001:db8::1]:8080']],
  ['http://127.0.0.1:9876', ['Host: user@evil.example']],
  ['https://obb.example.org', ['Host: x', 'X-Forwarded-Host: obb.example.org', 'X-Forwarded-Proto: https']],
])('a link leads to %s for a client with %j', (base, lines) => {
  it('when it is asked for', async () => {
    const { link } = await asked('POST', '/unrestrict', lines, JSON.stringify({ url }))
    expect(link).toBe(`${base}/download/${linkId}/file%201.bin`)
  })

  it('when it is polled', async () => {
    const { link } = await asked('GET', `/link/${linkId}`, lines)
    expect(link).toBe(`${base}/download/${linkId}/file%201.bin`)
  })
})
