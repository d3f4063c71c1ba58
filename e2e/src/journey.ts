import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type FakeHost, contentBytes, loadFake, patternContent } from '@obb/host-adapters/testing'
import { Installation, type Stores } from './installation.js'

const HOUR = 3_600_000
const SIZE = 40 * 1024 * 1024 + 12_345

/** describeJourney tests what a download manager does with the portal, from account check to a resume hours later. */
export function describeJourney(stores: Stores): void {
  describe(`a download manager's journey over the ${stores} stores`, () => {
    let obb: Installation
    let host: FakeHost
    let key: string
    let url: string
    let bytes: Buffer

    beforeAll(async () => {
      obb = await Installation.start(stores)
      host = await (await loadFake('RapidGator')).start()
      const content = patternContent(SIZE, 7)
      bytes = await contentBytes(content)
      url = host.addFile({
        name: 'example äöü.avi',
        content,
        md5: createHash('md5').update(bytes).digest('hex'),
      })
      const user = await obb.admin('POST', '/users', { email: 'jd@example.test', traffic: 10 * SIZE })
      key = user.apiKey
    })

    afterAll(async () => {
      await obb.close()
      await host.close()
    })

    it('is refused with 107 while the operator has no account, and 105 while no fetcher is alive', async () => {
      const refused = await obb.call(key, 'POST', '/unrestrict', { url })
      expect([refused.code, refused.body.status]).toEqual([503, 105])
      await obb.startFetcher()
      const exhausted = await obb.call(key, 'POST', '/unrestrict', { url })
      expect([exhausted.code, exhausted.body.status]).toEqual([429, 107])
      await obb.admin('PATCH', '/hosts/RapidGator', { origins: host.origins })
      await obb.admin('POST', '/accounts', {
        platform: 'RapidGator',
        credentials: host.credentials,
        untested: true,
      })
    })

    it('sees its account and the hosts', async () => {
      const account = await obb.call(key, 'GET', '/account')
      expect(account.body).toEqual({
        success: true,
        data: {
          accountType: 'premium',
          trafficleft: 10 * SIZE,
          trafficmax: 10 * SIZE,
          trafficmax_daily: 10 * SIZE,
          timeleft: null,
          login_check_interval: 1_800_000,
          limits: [],
        },
      })
      const hosts = await obb.call(key, 'GET', '/hosts/grouped')
      expect(hosts.body.data.supportedhosts).toContainEqual(
        expect.objectContaining({
          platform: 'RapidGator',
          host: 'rapidgator.net',
          domains: ['rapidgator.asia', 'rapidgator.net', 'rg.to'],
          maxChunks: 16,
          resumable: true,
          currently_working: true,
        }),
      )
    })

    let linkId: string
    let link: string

    it('gets its file fetched once, whatever it asks at once', async () => {
      const asked = await Promise.all(
        Array.from({ length: 8 }, () => obb.call(key, 'POST', '/unrestrict', { url })),
      )
      expect(asked.map((answer) => answer.code)).toEqual(asked.map(() => 200))
      expect(new Set(asked.map((answer) => answer.body.data.linkId)).size).toBe(1)
      expect(asked.filter((answer) => answer.body.data.reusedExisting === false)).toHaveLength(1)
      linkId = asked[0]?.body.data.linkId
      const done = await obb.settled(key, linkId)
      expect(done.body.data).toMatchObject({
        download_ready: true,
        remote_status: 'done',
        filename: 'example äöü.avi',
        filesize: String(SIZE),
        hostDomain: 'rapidgator.net',
        maxchunks: 16,
        resumable: true,
        hashes: { sha256: createHash('sha256').update(bytes).digest('hex') },
      })
      link = done.body.data.link
      expect(host.calls.filter((call) => call === 'file/download')).toHaveLength(1)
    })

    it('was charged once', async () => {
      const { entries, trafficLeft } = await obb.admin('GET', '/ledger?email=jd@example.test')
      expect(entries.map((entry: { kind: string; bytes: number }) => [entry.kind, entry.bytes])).toEqual([
        ['grant', 10 * SIZE],
        ['charge', -SIZE],
      ])
      expect(trafficLeft).toBe(9 * SIZE)
    })

    it('downloads 16 ranges without a key and gets the bytes', async () => {
      const part = Math.ceil(SIZE / 16)
      const pieces = await Promise.all(
        Array.from({ length: 16 }, async (_, index) => {
          // The reference client asks for one byte too many, and the last range openly.
          const range =
            index === 15 ? `bytes=${index * part}-` : `bytes=${index * part}-${(index + 1) * part}`
          const response = await fetch(link, { headers: { range } })
          expect(response.status).toBe(206)
          return Buffer.from(await response.arrayBuffer()).subarray(0, part)
        }),
      )
      expect(Buffer.concat(pieces).equals(bytes)).toBe(true)
    })

    it('resumes hours later at the same URL, and asks again for free', async () => {
      obb.clock.advance(20 * HOUR)
      const response = await fetch(link, { headers: { range: `bytes=${SIZE - 1000}-` } })
      expect(Buffer.from(await response.arrayBuffer()).equals(bytes.subarray(SIZE - 1000))).toBe(true)
      const again = await obb.call(key, 'POST', '/unrestrict', {
        url: url.replace('rapidgator.net', 'rg.to'),
      })
      expect(again.body.data).toMatchObject({ linkId, reusedExisting: true, download_ready: true, link })
    })

    it('loses its old key with the rotation, at once', async () => {
      const { apiKey } = await obb.admin('POST', '/keys/rotate', { email: 'jd@example.test' })
      const old = await obb.call(key, 'GET', '/account')
      expect([old.code, old.body.status]).toEqual([401, 1])
      key = apiKey
      expect((await obb.call(key, 'GET', '/account')).code).toBe(200)
    })

    it('finds the link gone when its time is over', async () => {
      obb.clock.advance(7 * 24 * HOUR)
      const response = await fetch(link)
      expect(response.status).toBe(410)
      expect(await response.json()).toMatchObject({ success: false, status: 104 })
    })
  })
}
