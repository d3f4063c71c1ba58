import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals'
import { linkListSchema, linkSchema, listedLinkSchema, refusalTexts } from '@obb/contracts'
import { Accounts, ApiKeys } from '@obb/core/accounts'
import { Streams } from '@obb/core/streams'
import { ownQueriesOf } from '@obb/core/testing'
import { Gateway, PROXY_URL } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'
import { EventStreams } from './event-streams.js'

interface Received {
  event?: string
  id?: string
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the contract is what the tests assert
  data?: any
}

/** A client of the stream, as browsers are. */
class Listener {
  private text = ''
  private wake: () => void = () => undefined
  /** When the server ended it. */
  isOver = false

  private constructor(
    readonly response: Response,
    private readonly stop: AbortController,
  ) {
    void this.read()
  }

  static async open(port: number, key: string, headers: Record<string, string> = {}): Promise<Listener> {
    const stop = new AbortController()
    const response = await fetch(`http://127.0.0.1:${port}/api/external/v1/events`, {
      headers: { 'x-api-key': key, ...headers },
      signal: stop.signal,
    })
    expect(response.status).toBe(200)
    return new Listener(response, stop)
  }

  get events(): Received[] {
    return this.blocks().filter(({ event }) => event !== undefined)
  }

  get links(): Received[] {
    return this.events.filter(({ event }) => event === 'link')
  }

  get heartbeats(): number {
    return this.text.split('\n').filter((line) => line.startsWith(':')).length
  }

  /** Resolves once it holds. */
  async until(holds: () => boolean): Promise<void> {
    while (!holds()) await new Promise<void>((resolve) => (this.wake = resolve))
  }

  close(): void {
    this.stop.abort()
  }

  private async read(): Promise<void> {
    try {
      for await (const chunk of this.response.body ?? []) {
        this.text += Buffer.from(chunk as Uint8Array).toString()
        this.wake()
      }
    } catch {
      // This client has left.
    }
    this.isOver = true
    this.wake()
  }

  private blocks(): Received[] {
    return this.text
      .split('\n\n')
      .slice(0, -1)
      .map((block) => {
        const fields = block
          .split('\n')
          .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)])
        const { event, id, data } = Object.fromEntries(fields) as Record<string, string | undefined>
        return {
          ...(event === undefined ? {} : { event }),
          ...(id === undefined ? {} : { id }),
          ...(data === undefined ? {} : { data: JSON.parse(data) as unknown }),
        }
      })
  }
}

let gateway: Gateway
let streams: EventStreams
let n = 0
const listeners: Listener[] = []

beforeAll(async () => {
  gateway = await Gateway.start()
  await gateway.poolAccount()
  streams = gateway.app.get(EventStreams)
})
afterAll(() => gateway.close())
beforeEach(() => gateway.fetcherAlive())
afterEach(async () => {
  for (const listener of listeners.splice(0)) listener.close()
})

async function listen(key: string, headers?: Record<string, string>): Promise<Listener> {
  const listener = await Listener.open(gateway.port, key, headers)
  listeners.push(listener)
  await listener.until(() => listener.events.length > 0)
  return listener
}

/** A look a second later. */
async function look(ms = 1_000): Promise<void> {
  gateway.clock.advance(ms)
  await streams.look()
}

async function make(key: string, isStored = false): Promise<{ linkId: string; fileId: string }> {
  const { url, file } = await gateway.knownFile(++n)
  if (isStored)
    await gateway.database.query(`UPDATE source_file SET state = 'done', object_key = 'x' WHERE id = $1`, [
      file.id,
    ])
  const { linkId } = successOf(await gateway.call(key, 'POST', '/unrestrict', { url }), linkSchema)
  return { linkId, fileId: file.id }
}

const told = ({ links }: Listener) => links.map(({ data }) => [data.linkId, data.state])

describe('GET /events', () => {
  it('tells each change of a link once, as it stands in the list, from its making to its end', async () => {
    const { apiKey } = await gateway.user()
    const listener = await listen(apiKey)
    expect(listener.response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(listener.response.headers.get('x-accel-buffering')).toBe('no')
    const { linkId, fileId } = await make(apiKey)
    await look()
    await listener.until(() => listener.links.length === 1)
    const [first] = listener.links
    const list = successOf(await gateway.call(apiKey, 'GET', '/links'), linkListSchema)
    expect(listedLinkSchema.strict().parse(first?.data)).toEqual(list.links[0])
    await look()
    await gateway.fetched(fileId)
    await look()
    await look()
    await gateway.call(apiKey, 'DELETE', `/link/${linkId}`)
    await look()
    await listener.until(() => listener.links.length >= 3)
    expect(told(listener)).toEqual([
      [linkId, 'pending'],
      [linkId, 'done'],
      [linkId, 'ended'],
    ])
    expect(listener.links[1]?.data.link).toMatch(`${PROXY_URL}/download/${linkId}/`)
    const ids = listener.events.map(({ id }) => Number(id))
    expect(ids).toEqual([...ids].sort((a, b) => a - b))
  })

  it('tells each listener in its own language what one look has found', async () => {
    const { apiKey } = await gateway.user()
    const [english, chinese] = [await listen(apiKey), await listen(apiKey, { 'accept-language': 'zh-TW' })]
    expect(chinese.response.headers.get('content-language')).toBe('zh-TW')
    const { linkId } = await make(apiKey)
    await gateway.call(apiKey, 'DELETE', `/link/${linkId}`)
    await look()
    for (const listener of [english, chinese]) await listener.until(() => listener.links.length > 0)
    const texts = [english, chinese].map(({ links }) => links.at(-1)?.data.error.msg as string)
    expect(texts).toEqual([refusalTexts('link_ended', 'en').msg, refusalTexts('link_ended', 'zh-TW').msg])
  })

  it('tells a link to a stored file, and the progress of one that is fetched', async () => {
    const { apiKey } = await gateway.user()
    const listener = await listen(apiKey)
    const stored = await make(apiKey, true)
    await look()
    await listener.until(() => listener.links.length === 1)
    const { linkId, fileId } = await make(apiKey)
    for (const bytes of [0, 100, 250]) {
      await gateway.database.query(
        `UPDATE source_file SET state = 'downloading', worker = 'w', bytes_done = $2, lease_until = 'infinity' WHERE id = $1`,
        [fileId, bytes],
      )
      await look(60_000)
    }
    await listener.until(() => listener.links.length === 4)
    expect(told(listener)).toEqual([
      [stored.linkId, 'done'],
      ...Array<unknown>(3).fill([linkId, 'downloading']),
    ])
    expect(listener.links.slice(1).map(({ data }) => data.bytes_done)).toEqual([0, 100, 250])
  })

  it('tells what is left of the traffic at first, and whenever it changes', async () => {
    const { apiKey, email } = await gateway.user({ traffic: 5_000 })
    const listener = await listen(apiKey)
    await make(apiKey)
    await look()
    await gateway.app.get(Accounts).grant(email, 10)
    await look()
    await look()
    await listener.until(() => listener.events.filter(({ event }) => event === 'account').length === 3)
    const balances = listener.events
      .filter(({ event }) => event === 'account')
      .map(({ data }) => data.trafficLeft)
    expect(balances).toEqual([5_000, 4_000, 4_010])
  })

  it('never tells of the links and the traffic of another account', async () => {
    const [mine, theirs] = [await gateway.user(), await gateway.user()]
    const [listener, other] = [await listen(mine.apiKey), await listen(theirs.apiKey)]
    const { fileId } = await make(theirs.apiKey)
    await look()
    await gateway.fetched(fileId)
    await look()
    await other.until(() => other.links.length === 2)
    const own = await make(mine.apiKey)
    await look()
    await listener.until(() => listener.links.length === 1)
    expect(told(listener)).toEqual([[own.linkId, 'pending']])
    expect(listener.events).toHaveLength(3) // with what is left, before and after
  })

  it('tells how a link is downloaded to its own account alone, and that it is no more once its proxy is gone', async () => {
    const [mine, theirs] = [await gateway.user(), await gateway.user()]
    const { linkId } = await make(mine.apiKey, true)
    const [listener, other] = [await listen(mine.apiKey), await listen(theirs.apiKey)]
    const at = gateway.clock.now()
    const stream = { id: linkId, sent: 700, distinct: 420, bytesPerSecond: 10, since: at }
    await new Streams(gateway.database, gateway.clock).report('one', {
      ...{
        startedAt: new Date(at),
        offload: 'off',
        offloaded: 0,
        streams: 1,
        connections: 2,
        bytesPerSecond: 10,
      },
      busiest: [{ ...stream, connections: 2, client: 'JDownloader', address: '203.0.113.7' }],
    })
    await look()
    const told = { progress: 0.42, bytes_per_second: 10, connections: 2, since: at }
    await listener.until(() => listener.links.some(({ data }) => data.stream !== null))
    expect(listener.links.at(-1)?.data).toMatchObject({ linkId, stream: told })
    const { links } = successOf(await gateway.call(mine.apiKey, 'GET', '/links'), linkListSchema)
    expect(links).toMatchObject([{ linkId, stream: told }])
    await look(12_000)
    await listener.until(() => listener.links.at(-1)?.data.stream === null)
    expect(other.links).toEqual([])
    const theirList = successOf(await gateway.call(theirs.apiKey, 'GET', '/links'), linkListSchema)
    expect(theirList.links).toEqual([])
  })

  it('goes on after the event that the client saw last, and tells nothing older', async () => {
    const { apiKey } = await gateway.user()
    const [old, waiting] = [await make(apiKey, true), await make(apiKey)]
    gateway.clock.advance(60_000)
    await gateway.fetcherAlive()
    const listener = await listen(apiKey)
    const seen = listener.events.at(-1)?.id ?? ''
    listener.close()
    gateway.clock.advance(3_600_000)
    await gateway.fetcherAlive()
    const made = await make(apiKey, true)
    await gateway.fetched(waiting.fileId)
    gateway.clock.advance(60_000)
    const again = await listen(apiKey, { 'last-event-id': seen })
    await look()
    await again.until(() => again.links.length === 2)
    expect(told(again)).toEqual([
      [waiting.linkId, 'done'],
      [made.linkId, 'done'],
    ])
    const fresh = await listen(apiKey)
    await look()
    expect(fresh.links).toEqual([])
    expect(JSON.stringify(again.links)).not.toContain(old.linkId)
  })

  it('says every 20 s that it is still there, and ends after ten minutes', async () => {
    const { apiKey } = await gateway.user()
    const listener = await listen(apiKey)
    await look(19_000)
    expect(listener.heartbeats).toBe(0)
    await look()
    await look()
    await listener.until(() => listener.heartbeats === 1)
    await look(20_000)
    await listener.until(() => listener.heartbeats === 2)
    await look(600_000)
    await listener.until(() => listener.isOver)
  })

  it('is open three times per account, and again when one has gone', async () => {
    const { apiKey } = await gateway.user()
    const opened = [await listen(apiKey), await listen(apiKey), await listen(apiKey)]
    expectRefusal(await gateway.call(apiKey, 'GET', '/events'), 'streams_full')
    await listen((await gateway.user()).apiKey)
    gateway.clock.advance(600_000)
    await streams.look()
    await opened[0]?.until(() => opened[0]?.isOver === true)
    await listen(apiKey)
  })

  it.each<[string, (key: { id: string; email: string }) => Promise<unknown>]>([
    ['its key is removed', ({ id }) => gateway.app.get(ApiKeys).remove({ id })],
    ['its key is rotated', ({ id }) => gateway.app.get(ApiKeys).rotate({ id })],
    [
      'its key may not read any more',
      ({ id }) => gateway.app.get(ApiKeys).set({ id }, { scopes: ['submit'] }),
    ],
    [
      'its key works elsewhere alone',
      ({ id }) => gateway.app.get(ApiKeys).set({ id }, { networks: ['192.0.2.0/24'] }),
    ],
    ['its account is suspended', ({ email }) => gateway.app.get(Accounts).setState(email, 'suspended')],
  ])('ends within seconds when %s, and others go on', async (_, change) => {
    const user = await gateway.user()
    const { key, apiKey } = await gateway.app.get(ApiKeys).add(user.id, { name: 'stream' })
    const [listener, other] = [await listen(apiKey), await listen((await gateway.user()).apiKey)]
    await change({ id: key.id, email: user.email })
    await look(5_000)
    await listener.until(() => listener.isOver)
    expect(other.isOver).toBe(false)
  })

  it('is refused without a key, and to a key that may not read', async () => {
    const { id } = await gateway.user()
    const { apiKey } = await gateway.app.get(ApiKeys).add(id, { name: 'submits', scopes: ['submit'] })
    expectRefusal(await gateway.call(apiKey, 'GET', '/events'), 'key_scope_missing')
    expectRefusal(await gateway.call('none', 'GET', '/events'), 'key_invalid')
  })

  it('has no download URL for a key that may not download', async () => {
    const { id, apiKey: whole } = await gateway.user()
    const { apiKey } = await gateway.app.get(ApiKeys).add(id, { name: 'reads', scopes: ['read'] })
    const listener = await listen(apiKey)
    await make(whole, true)
    await look()
    await listener.until(() => listener.links.length === 1)
    expect(listener.links[0]?.data).toMatchObject({ download_ready: true, link: null })
  })

  it('costs the same statements, however many listen', async () => {
    const statements = async () => (await ownQueriesOf(() => look())).map(({ text }) => text)
    const users = await Promise.all(Array.from({ length: 10 }, () => gateway.user()))
    const [first] = users
    if (!first) throw new Error('no user')
    await listen(first.apiKey)
    await look(5_000)
    const one = await statements()
    for (const { apiKey } of users) for (let each = 0; each < 2; each++) await listen(apiKey)
    await look(5_000)
    expect(await statements()).toEqual(one)
    expect(one).toHaveLength(3)
  })
})
