import { type AddressInfo, type Socket, createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type FakeHost, patternContent } from '@obb/host-adapters/testing'
import { type Answer, Installation, type Stores } from './installation.js'

/** describeInquiries tests that nobody's questions to hosts keep those of another waiting. */
export function describeInquiries(stores: Stores): void {
  describe(`questions to hosts over the ${stores} stores`, () => {
    let obb: Installation
    let host: FakeHost
    let keys: string[]

    beforeAll(async () => {
      obb = await Installation.start(stores)
      await obb.startFetcher()
      host = await obb.addHost('RapidGator')
      await obb.admin('PATCH', '/hosts/RapidGator', { maxDownloads: 1, maxQueued: 100 })
      keys = []
      for (const name of ['one', 'two', 'flood', 'quiet']) {
        const user = await obb.admin('POST', '/users', { email: `${name}@example.test`, traffic: 1e12 })
        keys.push(user.apiKey)
      }
    })
    afterAll(() => obb.close())

    const links = (count: number): string[] =>
      Array.from({ length: count }, () => host.addFile({ name: 'a.bin', content: patternContent(1000) }))
    const unrestrict = (key: string | undefined, url: string): Promise<Answer> =>
      obb.call(key ?? '', 'POST', '/unrestrict', { url })
    const check = (key: string | undefined, urls: readonly string[]): Promise<Answer> =>
      obb.call(key ?? '', 'POST', '/check', { urls })

    it('32 new links at once, of two users, are all taken', async () => {
      const answers = await Promise.all(links(32).map((url, at) => unrestrict(keys[at % 2], url)))
      expect(answers.map(({ code, body }) => [code, body.status])).toEqual(
        answers.map(() => [200, undefined]),
      )
      const { failures } = await health()
      expect(failures).toBe(0)
    })

    it('checks and requests of one user for a silent host leave those of another their turn', async () => {
      const sockets = new Set<Socket>()
      const silent = createServer((socket) => {
        sockets.add(socket)
        socket.on('error', () => undefined)
      }).listen(0, '127.0.0.1')
      await new Promise((resolve) => silent.once('listening', resolve))
      await obb.admin('PATCH', '/hosts/Http', { enabled: true })
      const { port } = silent.address() as AddressInfo
      let n = 0
      const urls = (count: number): string[] =>
        Array.from({ length: count }, () => `http://127.0.0.1:${port}/${++n}.bin`)
      const [, , flood, quiet] = keys
      const flooding = Promise.all([
        check(flood, urls(20)),
        check(flood, urls(20)),
        ...urls(60).map((url) => unrestrict(flood, url)),
      ])
      while (sockets.size < 8) await new Promise((resolve) => setImmediate(resolve))

      const checked = await check(quiet, links(3))
      expect(checked.body.data.results).toMatchObject(Array(3).fill({ availability: 'online' }))
      const [wanted = ''] = links(1)
      expect(await unrestrict(quiet, wanted)).toMatchObject({ code: 200 })

      silent.close()
      for (const socket of sockets) socket.destroy()
      await flooding
    })

    async function health(): Promise<{ failures: number }> {
      const rows = await obb.database.query<{ failures: number }[]>(
        `SELECT failures FROM host_health WHERE platform = 'RapidGator'`,
      )
      return rows[0] ?? { failures: 0 }
    }
  })
}
