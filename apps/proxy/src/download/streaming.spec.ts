import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { StoreError } from '@obb/core/storage'
import { drain, LINK, pattern, Rig, turns } from '../testing/rig.js'

const MIB = 1024 * 1024
/** More than the socket buffers of both sides hold, so that a client that does not read is felt. */
const LARGE = pattern(32 * MIB)
const GET = `GET /download/${LINK}/x HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`

let rig: Rig
beforeEach(async () => {
  rig = await Rig.start()
})
afterEach(() => rig.stop())

function bodyOf(answer: Buffer): Buffer {
  return answer.subarray(answer.indexOf('\r\n\r\n') + 4)
}

/** Sends a request without reading the answer, until the server has to wait for this client. */
async function stall(): Promise<{ client: Socket; socket: Socket }> {
  const accepted = once(rig.server, 'connection') as Promise<[Socket]>
  const client = await rig.dial()
  const [socket] = await accepted
  client.write(GET)
  await rig.store.busy()
  for (let quiet = 0, before = -1; quiet < 200; before = rig.store.delivered) {
    await turns(1)
    quiet = socket.writableNeedDrain && rig.store.delivered === before ? quiet + 1 : 0
  }
  return { client, socket }
}

describe('a download in many pieces', () => {
  it('16 parallel ranges, each asked one byte too far, make the file', async () => {
    const file = pattern(5 * MIB + 123)
    await rig.put(file)
    const share = Math.ceil(file.length / 16)
    const pieces = await Promise.all(
      Array.from({ length: 16 }, async (_, index) => {
        const end = index === 15 ? '' : String((index + 1) * share)
        const { status, body } = await rig.get({ range: `bytes=${index * share}-${end}` })
        expect(status).toBe(206)
        return body.subarray(0, share)
      }),
    )
    expect(Buffer.concat(pieces).equals(file)).toBe(true)
    await rig.store.idle()
  })
})

describe('a slow client', () => {
  it('is not read ahead for, and gets every byte once it reads', async () => {
    await rig.put(LARGE)
    const { client, socket } = await stall()
    expect(socket.writableLength).toBeLessThanOrEqual(MIB)
    for (let other = 0; other < 20; other += 1) await rig.get({ range: 'bytes=0-0' })
    expect(socket.writableLength).toBeLessThanOrEqual(MIB)
    expect(rig.store.delivered).toBeLessThan(LARGE.length / 2) // the rest of that is in the system's buffers
    const body = bodyOf(await drain(client))
    expect(body.equals(LARGE)).toBe(true)
  })

  it('does not notice that the store broke meanwhile', async () => {
    await rig.put(LARGE)
    rig.store.breaks.push(20 * MIB + 5)
    const { client } = await stall()
    expect(bodyOf(await drain(client)).equals(LARGE)).toBe(true)
    expect(rig.store.reads).toEqual([`0-${LARGE.length}`, `${20 * MIB + 5}-${LARGE.length}`])
  })
})

describe('more clients than a link has places for', () => {
  it('wait for one, and are told to come back where none is free in time', async () => {
    const crowded = await Rig.start({ place: 200 })
    await crowded.put(LARGE, { maxChunks: 1 })
    const stalled = await Promise.all([0, 1, 2].map(() => crowded.dial()))
    for (const client of stalled) {
      client.write(GET)
      await crowded.store.busy()
    }
    const refused = await crowded.get({ range: 'bytes=0-0' })
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '5'])
    expect((await crowded.get({}, 'HEAD')).status).toBe(200)
    const waiting = crowded.get({ range: 'bytes=0-0' })
    stalled[0]?.destroy()
    expect((await waiting).status).toBe(206)
    const [, second] = await Promise.all(stalled.slice(1).map((client) => drain(client)))
    expect(bodyOf(second!).equals(LARGE)).toBe(true) // nobody was cut off for it
    await crowded.stop()
  })
})

describe('a client that goes away', () => {
  it('frees the store when it closes', async () => {
    await rig.put(LARGE)
    const { client } = await stall()
    client.end()
    await rig.store.idle()
    expect(rig.log).toEqual([])
  })

  it('frees the store when it resets', async () => {
    await rig.put(LARGE)
    const { client } = await stall()
    client.resetAndDestroy()
    await rig.store.idle()
    expect(rig.log).toEqual([])
  })

  it('frees the store that is opening an object for it', async () => {
    await rig.put(LARGE)
    let aborted: Promise<unknown> = Promise.resolve()
    const called = new Promise<void>((resolve) => {
      rig.store.open = (_key, _start, _end, signal) => {
        aborted = once(signal as AbortSignal, 'abort')
        resolve()
        return new Promise(() => undefined)
      }
    })
    const client = await rig.dial()
    client.write(GET)
    await called
    client.destroy()
    await aborted
    expect(rig.log).toEqual([])
  })
})

describe('a store that fails in the middle', () => {
  it('is opened again at the next byte, up to five times in a row', async () => {
    const file = pattern(3 * MIB)
    await rig.put(file)
    rig.store.breaks.push(0, 1, 1000, 65_536, 7)
    const { body } = await rig.get({ range: 'bytes=100-' })
    expect(body.equals(file.subarray(100))).toBe(true)
    expect(rig.store.reads.map((read) => Number(read.split('-')[0]))).toEqual([
      100, 100, 101, 1101, 66_637, 66_644,
    ])
    expect(rig.log).toEqual([])
  })

  it('is trusted again after a megabyte without a fault', async () => {
    const file = pattern(16 * MIB)
    await rig.put(file)
    rig.store.breaks.push(...Array<number>(12).fill(MIB + 1))
    const { body } = await rig.get()
    expect(body.equals(file)).toBe(true)
  })

  it('recovers inside one range of several', async () => {
    const file = pattern(3 * MIB)
    await rig.put(file)
    rig.store.breaks.push(10, 20)
    const { body, headers } = await rig.get({ range: 'bytes=0-99,1000-1099' })
    expect(headers['content-length']).toBe(String(body.length))
    expect(body.includes(file.subarray(0, 100))).toBe(true)
    expect(body.includes(file.subarray(1000, 1100))).toBe(true)
  })

  it('and stays broken ends the connection short with FIN, with one line of log', async () => {
    const file = pattern(3 * MIB)
    await rig.put(file)
    rig.store.breaks.push(1000, 0, 0, 0, 0, 0)
    const client = await rig.dial()
    client.write(GET)
    const body = bodyOf(await drain(client))
    expect(body.equals(file.subarray(0, 1000))).toBe(true)
    expect(rig.log.map(({ level, message }) => [level, message])).toEqual([['warn', 'download cut short']])
    await rig.store.idle()
  })

  it('and turns out to have lost the object has it fetched again', async () => {
    const file = pattern(3 * MIB)
    const { objectKey } = await rig.put(file)
    rig.store.breaks.push(1000)
    const { open } = rig.store
    rig.store.open = async (...given) => {
      const reader = await open.apply(rig.store, given)
      await rig.store.delete(objectKey ?? '')
      return reader
    }
    const client = await rig.dial()
    client.write(GET)
    expect(bodyOf(await drain(client)).length).toBe(1000)
    expect(rig.downloads.lostFiles).toEqual(['7'])
    expect(rig.log).toHaveLength(1)
  })

  it('by falling silent is opened again too', async () => {
    const patient = await Rig.start({ store: 500 })
    const file = pattern(3 * MIB)
    await patient.put(file)
    const { open } = patient.store
    let calls = 0
    patient.store.open = async (...given) => {
      const reader = await open.apply(patient.store, given)
      calls += 1
      if (calls === 1) reader.read = () => new Promise(() => undefined)
      return reader
    }
    const { body } = await patient.get()
    await patient.stop()
    expect(body.equals(file)).toBe(true)
    expect(calls).toBeGreaterThan(1)
  })

  it('before the first byte is 503', async () => {
    await rig.put(pattern(10))
    rig.store.failure = new StoreError('UNAVAILABLE', 'away')
    expect((await rig.get()).status).toBe(503)
  })
})
