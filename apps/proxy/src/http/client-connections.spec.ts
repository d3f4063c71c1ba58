import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { StoreFacts } from '@obb/core/store-state'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { createProxy } from '../create-proxy.js'
import { PortsModule } from '../ports.module.js'
import { ClientConnections } from './client-connections.js'
import { drain, LINK, pattern, Rig } from '../testing/rig.js'

const MIB = 1024 * 1024
const LARGE = pattern(32 * MIB)
const URL = `/download/${LINK}/x`

function ask(headers = ''): string {
  return `GET ${URL} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`
}

function bodyOf(answer: Buffer): Buffer {
  return answer.subarray(answer.indexOf('\r\n\r\n') + 4)
}

describe('a connection', () => {
  let rig: Rig
  beforeEach(async () => {
    rig = await Rig.start()
  })
  afterEach(() => rig.stop())

  it('answers one request after the other', async () => {
    await rig.put(Buffer.from('0123456789'))
    const client = await rig.dial()
    for (const [range, expected] of [
      ['0-3', '0123'],
      ['4-', '456789'],
      ['-1', '9'],
    ]) {
      client.write(ask(`Range: bytes=${range}\r\n`))
      let answer = ''
      while (!answer.endsWith(`\r\n\r\n${expected}`)) {
        client.resume()
        answer += String((await once(client, 'data'))[0])
      }
      expect(answer).toContain('Connection: keep-alive')
      expect(answer).toContain('Keep-Alive: timeout=75')
    }
  })

  it('of a process that has a successor ends with its next answer, which says so', async () => {
    await rig.put(Buffer.from('0123456789'))
    const client = await rig.dial()
    client.write(ask('Range: bytes=0-3\r\n'))
    client.resume()
    let first = ''
    while (!first.endsWith('0123')) first += String((await once(client, 'data'))[0])
    expect(first).toContain('Connection: keep-alive')
    const retired = rig.app.get(ClientConnections).retire()
    client.pause()
    client.write(ask('Range: bytes=4-\r\n'))
    const answer = (await drain(client)).toString('latin1')
    expect(answer).toContain('Connection: close')
    expect(answer.endsWith('456789')).toBe(true)
    await retired
  })

  it('answers pipelined requests in order, with one open reader at a time', async () => {
    const file = pattern(200_000)
    await rig.put(file)
    let most = 0
    const { open } = rig.store
    rig.store.open = async (...given) => {
      const reader = await open.apply(rig.store, given)
      most = Math.max(most, rig.store.openReaders)
      return reader
    }
    const requests = Array.from({ length: 20 }, (_, index) =>
      ask(`Range: bytes=${index * 10_000}-${index * 10_000 + 9_999}\r\n`),
    )
    const answer = await rig.say(requests.join('') + ask('Connection: close\r\nRange: bytes=0-0\r\n'))
    const bodies = answer.split(/HTTP\/1\.1 206 Partial Content\r\n(?:[^\r\n]+\r\n)+\r\n/).slice(1)
    expect(bodies).toHaveLength(21)
    expect(Buffer.from(bodies.slice(0, 20).join(''), 'latin1').equals(file)).toBe(true)
    expect(most).toBe(1)
  })

  it('that dies takes its waiting requests with it', async () => {
    await rig.put(LARGE)
    const client = await rig.dial()
    client.write(ask().repeat(5))
    await rig.store.busy()
    client.resetAndDestroy()
    await rig.store.idle()
    expect(rig.store.reads).toHaveLength(1)
    expect(rig.log).toEqual([])
  })

  it('is not timed out while it sends', () => {
    expect(rig.server.timeout).toBe(0)
    expect(rig.server.keepAliveTimeout).toBe(75_000)
    expect(rig.server.requestTimeout).toBe(30_000)
    expect(rig.server.headersTimeout).toBe(20_000)
  })

  it('of HTTP/1.0 is served and closed', async () => {
    await rig.put(Buffer.from('0123456789'))
    const answer = await rig.say(`GET ${URL} HTTP/1.0\r\n\r\n`)
    expect(answer).toContain('Content-Length: 10'.toLowerCase())
    expect(answer.endsWith('\r\n\r\n0123456789')).toBe(true)
  })
})

describe('connections beyond what a proxy takes', () => {
  /** The code of the answer to a small range. */
  async function codeOf(client: Socket): Promise<string> {
    client.write(ask('Range: bytes=0-0\r\n'))
    client.resume()
    const [answer] = (await once(client, 'data')) as [Buffer]
    client.pause()
    return answer.toString('latin1').slice(9, 12)
  }

  async function flood(rig: Rig, from: string): Promise<number> {
    for (let taken = 0; ; taken++) if ((await codeOf(await rig.dial(from))) !== '206') return taken
  }

  it('are refused to a network that has its share, while another one is served', async () => {
    const rig = await Rig.start({}, { maxConnections: 16 })
    await rig.put(Buffer.from('0123456789'))
    expect(await flood(rig, '127.0.0.2')).toBe(8)
    expect(await flood(rig, '127.0.0.3')).toBeGreaterThan(1)
    expect(await codeOf(await rig.dial('127.0.0.4'))).toBe('206')
    const refused = await rig.dial('127.0.0.2')
    const answer = (await drain(refused)).toString('latin1')
    expect(answer).toMatch(/^HTTP\/1\.1 503 /)
    expect(JSON.parse(bodyOf(Buffer.from(answer)).toString())).toMatchObject({ success: false, status: 105 })
    expect(rig.log.filter(({ message }) => message.includes('MAX_CONNECTIONS'))).toHaveLength(1)
    await rig.stop()
  })
})

describe('shutdown', () => {
  it('ends idle connections with FIN and refuses new ones', async () => {
    const rig = await Rig.start()
    const fresh = await rig.dial()
    const used = await rig.dial()
    used.write('GET /health HTTP/1.1\r\nHost: x\r\n\r\n')
    used.resume()
    await once(used, 'data')
    const ended = [drain(fresh), drain(used)]
    await rig.app.close()
    await Promise.all(ended)
    await expect(rig.dial()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
    await rig.stop()
  })

  it('lets a download finish, then ends its connection with FIN', async () => {
    const rig = await Rig.start({ drain: 20_000 })
    await rig.put(LARGE)
    const client = await rig.dial()
    client.write(ask())
    await rig.store.busy()
    const closed = rig.app.close()
    expect(bodyOf(await drain(client)).equals(LARGE)).toBe(true)
    await closed
    await rig.stop()
  })

  it('ends a download that does not finish in time short, with FIN, and frees the store', async () => {
    const rig = await Rig.start({ drain: 10, flush: 10 })
    await rig.put(LARGE)
    const client = await rig.dial()
    client.write(ask())
    await rig.store.busy()
    await rig.app.close()
    await rig.store.idle()
    const body = bodyOf(await drain(client))
    expect(body.length).toBeLessThan(LARGE.length)
    expect(body.equals(LARGE.subarray(0, body.length))).toBe(true)
    expect(rig.log).toEqual([])
    await rig.stop()
  })

  it('of an application that never listened is quick', async () => {
    const rig = await Rig.start()
    const { downloads, store } = rig
    const silent = { info: () => undefined, warn: () => undefined, error: () => undefined }
    const facts: StoreFacts = {
      state: () => Promise.reject(new Error('unasked')),
      isOurs: () => Promise.resolve(true),
    }
    const app = await createProxy(
      PortsModule.of({ downloads, store, facts, clock: { now: () => 0 }, log: silent }),
    )
    await app.close()
    await rig.stop()
  })
})
