import { afterEach, describe, expect, it } from '@jest/globals'
import { failureSchema } from '@obb/contracts'
import { Gateway } from '../testing/gateway.js'
import type { RawConnection } from '../testing/raw-connection.js'
import { strict } from '../testing/strict.js'

const MAX = 32
const HEALTH = 'GET /health HTTP/1.1\r\nHost: portal.test\r\n\r\n'

let gateway: Gateway
const opened: RawConnection[] = []

afterEach(async () => {
  for (const connection of opened.splice(0)) connection.close()
  await gateway.close()
})

async function connect(from: string): Promise<RawConnection> {
  const connection = await gateway.connection({ from })
  opened.push(connection)
  return connection
}

/** What a connection from there gets for a request that everybody may make. */
async function ask(connection: RawConnection) {
  connection.write(HEALTH)
  return connection.answer()
}

/** As many as can be had from there; each is asked once, and then lies idle. */
async function flood(from: string): Promise<RawConnection[]> {
  const taken: RawConnection[] = []
  for (;;) {
    const connection = await connect(from)
    if ((await ask(connection))?.status !== 200) return taken
    taken.push(connection)
  }
}

describe('connections of a gateway', () => {
  it('are half of all for one network that takes all it can, and others find some, however many do that', async () => {
    gateway = await Gateway.start({ MAX_CONNECTIONS: String(MAX) })
    expect(await flood('127.0.0.2')).toHaveLength(MAX / 2)
    expect((await flood('127.0.0.3')).length).toBeGreaterThan(1)
    expect((await flood('127.0.0.4')).length).toBeGreaterThan(0)
    // Nothing has to end before somebody else is let in: in how many attempts does not depend on the floods.
    expect(await ask(await connect('127.0.0.5'))).toMatchObject({ status: 200 })
  })

  it('beyond that are answered with the envelope, and nothing of theirs is read', async () => {
    gateway = await Gateway.start({ MAX_CONNECTIONS: String(MAX) })
    await flood('127.0.0.2')
    gateway.takeLog()
    const refused = await connect('127.0.0.2')
    refused.write(
      'POST /api/external/v1/check HTTP/1.1\r\nHost: portal.test\r\nContent-Length: 100000\r\n\r\n',
    )
    const answer = await refused.answer()
    expect(answer).toMatchObject({ status: 503, headers: { connection: 'close', 'retry-after': '10' } })
    expect(strict(failureSchema).parse(JSON.parse(answer?.text ?? ''))).toMatchObject({
      status: 105,
      retry_in_seconds: 10,
    })
  })

  it('are told about once a minute, not once each', async () => {
    gateway = await Gateway.start({ MAX_CONNECTIONS: String(MAX) })
    await flood('127.0.0.2')
    await flood('127.0.0.2')
    const told = gateway.takeLog().filter((line) => line.includes('MAX_CONNECTIONS'))
    expect(told).toHaveLength(1)
  })

  it('come back with their end', async () => {
    gateway = await Gateway.start({ MAX_CONNECTIONS: String(MAX) })
    const [first] = await flood('127.0.0.2')
    first?.close()
    // The end of a connection is heard of when it is heard of.
    while ((await ask(await connect('127.0.0.2')))?.status !== 200);
  })

  it('may all be those of a reverse proxy that is trusted', async () => {
    gateway = await Gateway.start({ MAX_CONNECTIONS: String(MAX), TRUSTED_PROXIES: '127.0.0.2' })
    expect(await flood('127.0.0.2')).toHaveLength(MAX)
  })
})
