import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { drain, LINK, pattern, Rig } from '../testing/rig.js'

const FILE = pattern(300_000)

function ask(range: string, fields = ''): string {
  return `GET /download/${LINK}/x HTTP/1.1\r\nHost: x\r\nRange: bytes=${range}\r\n${fields}\r\n`
}

/** One answer, on a connection that stays open. */
async function answerOn(client: Socket): Promise<{ head: string; body: Buffer }> {
  let all = Buffer.alloc(0)
  client.resume()
  for (;;) {
    all = Buffer.concat([all, (await once(client, 'data'))[0] as Buffer])
    const end = all.indexOf('\r\n\r\n')
    const head = all.toString('latin1', 0, end)
    const length = Number(/content-length: (\d+)/i.exec(head)?.[1])
    if (end >= 0 && all.length === end + 4 + length) return { head, body: all.subarray(end + 4) }
  }
}

describe('a small range', () => {
  let rig: Rig
  /** passed are the requests that reached the HTTP server. */
  let passed: string[]
  const start = async (timing = {}): Promise<void> => {
    rig = await Rig.start(timing)
    passed = []
    rig.server.on('request', ({ method, headers }) => passed.push(`${method} ${headers.range ?? ''}`.trim()))
    await rig.put(FILE)
  }
  beforeEach(() => start())
  afterEach(() => rig.stop())

  it('is answered without the HTTP server, in the words in which it would', async () => {
    const client = await rig.dial()
    client.write(ask('10-19'))
    const quick = await answerOn(client)
    expect(passed).toEqual([])
    client.write(ask('10-19', 'If-None-Match: "other"\r\n'))
    const full = await answerOn(client)
    expect(passed).toEqual(['GET bytes=10-19'])
    expect(quick.body.equals(FILE.subarray(10, 20))).toBe(true)
    expect(full.body.equals(quick.body)).toBe(true)
    const lines = ({ head }: { head: string }): string[] => head.replace(/Date: .*/, 'Date').split('\r\n')
    expect(lines(quick)).toEqual(lines(full))
  })

  it('keeps its connection for the next one, until something else is asked for', async () => {
    const client = await rig.dial()
    for (const [range, from, to] of [
      ['0-65535', 0, 65_536],
      ['-5', 299_995, 300_000],
      ['299990-999999', 299_990, 300_000],
      ['0-65536', 0, 65_537],
      ['5-5', 5, 6],
      ['400000-', 0, 0],
      ['7-8', 7, 9],
    ] as const) {
      client.write(ask(range))
      const { head, body } = await answerOn(client)
      if (from === to) expect(head).toContain('416')
      else expect(body.equals(FILE.subarray(from, to))).toBe(true)
    }
    const others = ['0-65536', '5-5', '400000-', '7-8'] // one too long, and all after it
    expect(passed).toEqual(others.map((range) => `GET bytes=${range}`))
    await rig.store.idle()
    expect(rig.downloads.touched).toHaveLength(6)
  })

  it('ends its connection where the client says so', async () => {
    const answer = await rig.say(ask('0-3', 'Connection: close\r\n'))
    expect(answer).toContain('\r\nConnection: close\r\n')
    expect(answer.endsWith(FILE.toString('latin1', 0, 4))).toBe(true)
    expect(passed).toEqual([])
  })

  it('and what came behind it before its answer are answered in order', async () => {
    const client = await rig.dial()
    client.write(ask('0-3'))
    await rig.store.busy()
    client.write(ask('4-7') + ask('8-11', 'Connection: close\r\n'))
    const answers = (await drain(client)).toString('latin1').split(/HTTP\/1\.1 206[^]*?\r\n\r\n/)
    expect(answers.slice(1).join('')).toBe(FILE.toString('latin1', 0, 12))
  })

  it('comes over the other way where the store fails before its last byte', async () => {
    rig.store.breaks.push(5)
    const { body, status } = await rig.get({ range: 'bytes=0-9' })
    expect([status, body.equals(FILE.subarray(0, 10))]).toEqual([206, true])
    expect(passed).toEqual(['GET bytes=0-9'])
    await rig.store.idle()
    expect(rig.log).toEqual([])
  })

  it('of a link without a free place waits for one', async () => {
    rig.link({ ...rig.downloads.byLink.get(LINK), maxChunks: -1 })
    const clients = [await rig.dial(), await rig.dial()]
    const { open } = rig.store
    let go = (): void => undefined
    rig.store.open = async (...given) => {
      await new Promise<void>((resolve) => (go = resolve))
      return open.apply(rig.store, given)
    }
    const [first, second] = clients.map((client, index) => {
      client.write(ask(`${index}-${index}`))
      return answerOn(client)
    })
    while (passed.length === 0) await new Promise((resolve) => setImmediate(resolve))
    go()
    await first
    while ((rig.store.reads.length as number) < 1) await new Promise((resolve) => setImmediate(resolve))
    rig.store.open = open
    go()
    expect((await second)?.body).toHaveLength(1)
  })

  it('comes over the other way where the store does not answer in time', async () => {
    await rig.stop()
    await start({ store: 50 })
    const { open } = rig.store
    const late: Promise<unknown>[] = []
    rig.store.open = (...given) => {
      rig.store.open = open
      const reader = open.apply(rig.store, given)
      return new Promise((resolve) => late.push(rig.store.busy().then(() => resolve(reader))))
    }
    const { body } = await rig.get({ range: 'bytes=0-9' })
    expect(body.equals(FILE.subarray(0, 10))).toBe(true)
    await Promise.all(late)
    await rig.store.idle()
  })

  it('frees the store when its client goes away', async () => {
    const client = await rig.dial()
    const { open } = rig.store
    const closed = new Promise<void>((resolve) => {
      rig.store.open = async (...given) => {
        const reader = await open.apply(rig.store, given)
        client.resetAndDestroy()
        return { read: () => new Promise(() => undefined), close: () => (reader.close(), resolve()) }
      }
    })
    client.write(ask('0-9'))
    await closed
    await rig.store.idle()
    expect([rig.log, passed]).toEqual([[], []])
  })
})

it('small ranges of a connection are finished before a shutdown ends it with FIN', async () => {
  const rig = await Rig.start()
  await rig.put(FILE)
  const client = await rig.dial()
  client.write(ask('0-9'))
  await rig.store.busy()
  const closed = rig.app.close()
  expect((await drain(client)).toString('latin1').endsWith(FILE.toString('latin1', 0, 10))).toBe(true)
  await closed
  await rig.stop()
})
