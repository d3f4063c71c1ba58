import type { IncomingMessage, Server } from 'node:http'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { ADMIN_API, EXTERNAL_API, NZB_TYPE } from '@obb/contracts'
import { Accounts } from '@obb/core/accounts'
import { Gateway } from '../testing/gateway.js'
import type { RawConnection } from '../testing/raw-connection.js'

const JSON_TYPE = 'application/json'
const FORM = 'multipart/form-data; boundary=x'
/** Connections at once, and what each of them sends of a body that is longer, bytes. */
const MANY = 300
const SENT = 150_000

let gateway: Gateway
let key: string
const requests = new Set<IncomingMessage>()
const sockets = new Set<Socket>()

beforeAll(async () => {
  gateway = await Gateway.start({ RATE_LIMIT: '0' })
  key = (await gateway.user()).apiKey
  const server = gateway.app.getHttpServer() as Server
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.on('request', (request: IncomingMessage) => requests.add(request))
})
afterAll(() => gateway.close())
beforeEach(() => {
  requests.clear()
  sockets.clear()
})

/** Bytes of requests that the gateway's process has read and not let go. */
const held = () => [...requests, ...sockets].reduce((sum, { readableLength }) => sum + readableLength, 0)

function head(path: string, type: string, authorization: string | undefined): string {
  const lines = [
    `POST ${path} HTTP/1.1`,
    'Host: portal.test',
    `Content-Type: ${type}`,
    `Content-Length: ${SENT + 50_000}`,
    ...(authorization === undefined ? [] : [`Authorization: Bearer ${authorization}`]),
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** A request whose body is under way; with the answer that comes all the same. */
async function begin(text: string, port = gateway.port): Promise<RawConnection> {
  const connection = await gateway.connection({ port })
  connection.write(text)
  connection.write(Buffer.alloc(SENT, ' '))
  return connection
}

describe('a body of somebody without a valid key', () => {
  it.each([
    ['/check', JSON_TYPE, undefined],
    ['/check', JSON_TYPE, `obb_${'x'.repeat(32)}`],
    ['/unrestrict', JSON_TYPE, undefined],
    ['/expand', JSON_TYPE, 'nothing like a key'],
    ['/nzb', NZB_TYPE, undefined],
    ['/nzb', FORM, `obb_${'x'.repeat(32)}`],
  ])('is not waited for: 401 for POST %s of %s with the key %s', async (path, type, given) => {
    const connection = await begin(head(EXTERNAL_API + path, type, given))
    expect(await connection.answer()).toMatchObject({ status: 401 })
    connection.close()
  })

  it.each(['/users', '/blocks', '/accounts', '/secrets/reseal'])(
    'is not waited for: 401 for POST %s of the admin API',
    async (path) => {
      for (const token of [undefined, 'wrong', key]) {
        const connection = await begin(head(ADMIN_API + path, JSON_TYPE, token), gateway.adminPort)
        expect(await connection.answer()).toMatchObject({ status: 401 })
        connection.close()
      }
    },
  )

  it('is not kept: of hundreds that are under way nothing is held once they are answered', async () => {
    const connections = await Promise.all(
      Array.from({ length: MANY }, (_, n) =>
        begin(head(`${EXTERNAL_API}/check`, JSON_TYPE, n % 2 === 0 ? undefined : `obb_${'x'.repeat(32)}`)),
      ),
    )
    const answers = await Promise.all(connections.map((connection) => connection.answer()))
    expect(answers.map((answer) => answer?.status)).toEqual(Array(MANY).fill(401))
    expect(requests.size).toBe(MANY)
    expect(held()).toBe(0)
    // The rest of them comes, is read off and dropped.
    for (const connection of connections) connection.write(Buffer.alloc(40_000, ' '))
    expect((await gateway.call(key, 'GET', '/account')).code).toBe(200)
    expect(held()).toBe(0)
    for (const connection of connections) connection.close()
  })

  it('stays with the network, but for a first piece, while the key is looked up', async () => {
    let find = (): void => undefined
    const found = new Promise<undefined>((resolve) => (find = () => resolve(undefined)))
    const look = jest.spyOn(gateway.app.get(Accounts), 'byKey').mockReturnValue(found)
    const connections = await Promise.all(
      Array.from({ length: 100 }, () =>
        begin(head(`${EXTERNAL_API}/check`, JSON_TYPE, `obb_${'x'.repeat(32)}`)),
      ),
    )
    while (look.mock.calls.length < 100) await new Promise(setImmediate)
    for (let turn = 0; turn < 50; turn++) await new Promise(setImmediate)
    const [most] = [...requests].map(({ readableLength }) => readableLength).sort((a, b) => b - a)
    expect(most).toBeLessThanOrEqual(2 * 64 * 1024)
    find()
    const answers = await Promise.all(connections.map((connection) => connection.answer()))
    expect(answers.map((answer) => answer?.status)).toEqual(Array(100).fill(401))
    expect(held()).toBe(0)
    look.mockRestore()
    for (const connection of connections) connection.close()
  })

  it('leaves the connection usable', async () => {
    const connection = await begin(head(`${EXTERNAL_API}/check`, JSON_TYPE, undefined))
    expect(await connection.answer()).toMatchObject({ status: 401 })
    connection.write(Buffer.alloc(50_000, ' '))
    connection.write(
      `GET ${EXTERNAL_API}/account HTTP/1.1\r\nHost: portal.test\r\nAuthorization: Bearer ${key}\r\n\r\n`,
    )
    expect(await connection.answer()).toMatchObject({ status: 200 })
    connection.close()
  })
})

describe('a body of somebody with a key', () => {
  it('is read once the key is known, however it is cut', async () => {
    const body = JSON.stringify({ urls: ['https://nobody.example/é'] })
    const connection = await gateway.connection()
    connection.write(
      `POST ${EXTERNAL_API}/check HTTP/1.1\r\nHost: portal.test\r\nContent-Type: ${JSON_TYPE}\r\n` +
        `Authorization: Bearer ${key}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n`,
    )
    for (const byte of Buffer.from(body)) {
      connection.write(Buffer.from([byte]))
      await new Promise(setImmediate)
    }
    const answer = await connection.answer()
    expect(answer?.status).toBe(200)
    expect(JSON.parse(answer?.text ?? '')).toMatchObject({
      data: { results: [{ url: 'https://nobody.example/é', status: 101 }] },
    })
    connection.close()
  })

  it('that breaks off is no failure of ours', async () => {
    gateway.takeLog()
    const connection = await begin(head(`${EXTERNAL_API}/check`, JSON_TYPE, key))
    while ([...requests].every((request) => request.readableFlowing !== true)) await new Promise(setImmediate)
    const gone = new Promise((resolve) => [...requests].at(-1)?.once('close', resolve))
    connection.close()
    await gone
    expect((await gateway.call(key, 'GET', '/account')).code).toBe(200)
    expect(gateway.takeLog().filter((line) => JSON.parse(line).level > 20)).toEqual([])
  })
})
