import { type Server, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { FetcherProcess, buildFetcher } from './fetch-process.js'
import { Installation, type Stores } from './installation.js'

const MIB = 1024 * 1024
/** A request that is never answered: the fetcher that waits for it is killed. */
type Held = 'HEAD' | 'GET'

/** A host of files: `/good-*` are served, others keep whoever asks for them by this method waiting. */
class TrapHost {
  readonly asked: string[] = []
  private readonly held = new Set<ServerResponse>()
  private server: Server

  async start(): Promise<string> {
    this.server = createServer(({ method = '', url = '' }, response) => {
      this.asked.push(`${method} ${url}`)
      const trap = /^\/(HEAD|GET)-/.exec(url)?.[1] as Held | undefined
      if (method === trap) return void this.held.add(response.on('close', () => this.held.delete(response)))
      response.writeHead(200, { 'content-length': MIB, 'content-type': 'application/octet-stream' })
      response.end(method === 'HEAD' ? undefined : Buffer.alloc(MIB, 7))
    })
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
  }

  /** Until somebody waits for the answer to a request of this path. */
  async caught(path: string): Promise<void> {
    const isHeld = () => [...this.held].some(({ req }) => req.url === path)
    while (!isHeld()) await new Promise((resolve) => setTimeout(resolve, 20))
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }
}

/** Real fetchers, killed while they do the same thing; over both queues. */
export function describeQuarantine(stores: Stores): void {
  describe(`what takes fetchers down (${stores})`, () => {
    let obb: Installation
    let base: string
    let key: string
    let fetcher: FetcherProcess
    const host = new TrapHost()

    beforeAll(async () => {
      buildFetcher()
      obb = await Installation.start(stores)
      base = await host.start()
      await obb.admin('PATCH', '/hosts/Http', { enabled: true, maxDownloads: 100 })
      key = (await obb.admin('POST', '/users', { email: 'jd@example.test', traffic: 1000 * MIB })).apiKey
      fetcher = await FetcherProcess.start(obb)
    }, 180_000)
    afterAll(async () => {
      await fetcher?.end('SIGKILL')
      await host.close()
      await obb.close()
    })

    const unrestrict = (path: string) => obb.call(key, 'POST', '/unrestrict', { url: base + path })
    const balance = async () => (await obb.call(key, 'GET', '/account')).body.data.trafficleft
    async function killed(): Promise<void> {
      await fetcher.end('SIGKILL')
      fetcher = await FetcherProcess.start(obb)
    }
    /** Asks until there is an answer other than "not at the moment", as clients do. */
    async function answer(path: string) {
      for (;;) {
        const told = await unrestrict(path)
        if (told.body.status !== 105) return told
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
    }
    const blocks = async () => (await obb.admin('GET', '/blocks')).items

    it('a file whose host call took two fetchers down is refused with 102, shown to the operator, and no third is lost', async () => {
      const waiting = unrestrict('/HEAD-poison.bin')
      const innocent = unrestrict('/HEAD-slow.bin')
      for (let death = 1; death <= 2; death++) {
        await host.caught('/HEAD-poison.bin')
        if (death === 1) await host.caught('/HEAD-slow.bin')
        await killed()
        host.asked.push(`death ${death}`)
      }
      const refused = await answer('/HEAD-poison.bin')
      expect([refused.code, refused.body.status]).toEqual([403, 102])
      await Promise.all([waiting, innocent])
      const poison = host.asked.filter((request) => request === 'HEAD /HEAD-poison.bin')
      expect(poison).toHaveLength(2)
      expect(await blocks()).toMatchObject([
        { kind: 'file', reason: 'quarantined: 2 fetchers died while its host was asked about it' },
      ])
      expect(fetcher.output).toContain('file quarantined')
      const good = await answer('/good-1.bin')
      expect((await obb.settled(key, good.body.data.linkId)).body.data.remote_status).toBe('done')
    }, 240_000)

    it('a file whose fetch took two fetchers down is refused, its traffic is given back, and others are served', async () => {
      const before = await balance()
      const { body } = await answer('/GET-poison.bin')
      expect(await balance()).toBe(before - MIB)
      for (let death = 1; death <= 2; death++) {
        await host.caught('/GET-poison.bin')
        await killed()
      }
      const end = await obb.settled(key, body.data.linkId)
      expect(end.body.data).toMatchObject({ remote_status: 'error', error: { status: 102 } })
      expect(await balance()).toBe(before)
      expect(host.asked.filter((request) => request === 'GET /GET-poison.bin')).toHaveLength(2)
      expect((await blocks()).map(({ reason }: { reason: string }) => reason)).toContain(
        'quarantined: 2 fetchers died while it was fetched',
      )
      const good = await answer('/good-2.bin')
      expect((await obb.settled(key, good.body.data.linkId)).body.data.remote_status).toBe('done')
    }, 240_000)

    it('and the operator who takes the block back has it tried again', async () => {
      for (const { id, reason } of await blocks()) {
        if (reason.endsWith('it was fetched')) await obb.admin('DELETE', `/blocks/${id}`)
      }
      const again = await answer('/GET-poison.bin')
      expect(again.code).toBe(200)
      await host.caught('/GET-poison.bin')
    }, 60_000)
  })
}
