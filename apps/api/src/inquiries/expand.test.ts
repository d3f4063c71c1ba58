import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { expandSchema } from '@obb/contracts'
import { Files, fileIdentity } from '@obb/core/files'
import { Folder, Folders } from '@obb/core/folders'
import { HostCatalog } from '@obb/core/hosts'
import { FetchQueue, type HostCall, QueueError } from '@obb/core/queue'
import { Vault } from '@obb/core/secrets'
import { Gateway, rapidGatorUrl } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const LINKS = [
  { url: 'https://rapidgator.net/file/0123456789abcdef0123456789abcdef', name: 'one.bin', size: 5 },
  { url: 'https://rapidgator.net/folder/77/further.html' },
]

describe('POST /expand', () => {
  let gateway: Gateway
  let apiKey: string
  let folder = 0
  /** answer does what a fetcher would do with a call. */
  let answer: (folderId: string) => Promise<void>
  const calls: string[] = []

  beforeAll(async () => {
    gateway = await Gateway.start()
    await gateway.poolAccount(undefined, 'OneFichier')
    jest.spyOn(gateway.app.get(FetchQueue), 'call').mockImplementation(async (call: HostCall) => {
      if (call.call !== 'expand') throw new Error('an expansion asks for nothing else')
      calls.push(call.folderId)
      await answer(call.folderId)
    })
  })
  beforeEach(async () => {
    calls.length = 0
    folder++
    answer = (id) => gateway.app.get(Folders).record(id, LINKS)
    await gateway.fetcherAlive()
    apiKey = (await gateway.user({ traffic: 0 })).apiKey
  })
  afterAll(() => gateway.close())

  const folderId = () => `folder${folder}`
  const folderUrl = () => `https://1fichier.com/dir/${folderId()}`
  const expand = (body: object) => gateway.call(apiKey, 'POST', '/expand', body)
  const refuse = (id: string, seconds: number) =>
    gateway.app
      .get(Folders)
      .refuse(id, { cause: 'password_required', until: gateway.clock.now() + seconds * 1000 })

  it('200: the links in a folder, asked of the host once while they are fresh, charged to nobody', async () => {
    for (const asked of [1, 1]) {
      const { platform, links } = successOf(await expand({ url: folderUrl() }), expandSchema)
      expect(platform).toBe('OneFichier')
      expect(links).toEqual([
        { url: LINKS[0]?.url, kind: 'file', filename: 'one.bin', filesize: '5' },
        { url: LINKS[1]?.url, kind: 'folder', filename: null, filesize: null },
      ])
      expect(calls).toHaveLength(asked)
    }
    gateway.clock.advance(10 * 60_000)
    await gateway.fetcherAlive()
    await expand({ url: folderUrl() })
    expect(calls).toHaveLength(2)
  })

  it('404 with 104: an empty folder is of no use to anybody; a file is its own', async () => {
    answer = (id) => gateway.app.get(Folders).record(id, [])
    expectRefusal(await expand({ url: folderUrl() }), 'folder_empty')
    const url = rapidGatorUrl(1)
    expect(successOf(await expand({ url }), expandSchema).links).toMatchObject([{ url, kind: 'file' }])
    expect(calls).toHaveLength(1)
  })

  it('200: of thousands of links each is opened and matched once, for all who ask while they are fresh', async () => {
    const many = Array.from({ length: 9_000 }, (_, n) => ({
      url: rapidGatorUrl(n),
      name: `${n}.bin`,
      size: n,
    }))
    answer = (id) => gateway.app.get(Folders).record(id, many)
    const match = jest.spyOn(gateway.app.get(HostCatalog), 'match')
    const open = jest.spyOn(gateway.app.get(Vault), 'open')
    const first = successOf(await expand({ url: folderUrl() }), expandSchema)
    expect(first.links).toHaveLength(9_000)
    expect(match.mock.calls.length).toBeGreaterThanOrEqual(9_000)
    match.mockClear()
    open.mockClear()
    const other = await gateway.user()
    for (const key of [apiKey, other.apiKey]) {
      const again = await gateway.call(key, 'POST', '/expand', { url: folderUrl() })
      expect(successOf(again, expandSchema)).toEqual(first)
    }
    expect([match.mock.calls.length, open.mock.calls.length]).toEqual([2, 0])
    // A list that is newer, and platforms that changed, are looked at again.
    answer = (id) => gateway.app.get(Folders).record(id, LINKS)
    gateway.clock.advance(10 * 60_000)
    await gateway.fetcherAlive()
    expect(successOf(await expand({ url: folderUrl() }), expandSchema).links).toHaveLength(2)
    match.mockRestore()
    open.mockRestore()
  })

  it('200: tells what the post says of itself, and what its files are known to lack', async () => {
    const post = { title: 'A & B', password: 'open it', category: 'TV' }
    const urls = ['one', 'two', 'six'].map((id) => `https://1fichier.com/?${id.repeat(7).slice(0, 20)}`)
    answer = (id) =>
      gateway.app.get(Folders).record(
        id,
        urls.map((url) => ({ url, size: 1_000, missing: 10, post })),
      )
    const stored = async (missing: number, url = '') => {
      const match = gateway.app.get(HostCatalog).match(url)
      if (!match) throw new Error('no platform takes the link of the test')
      const { ref } = match
      const { id } = await gateway.app
        .get(Files)
        .ensure(fileIdentity('OneFichier', ref, undefined), ref, undefined)
      await gateway.database.query(
        `UPDATE source_file SET state = 'done', object_key = 'k', missing_bytes = $2 WHERE id = $1`,
        [id, missing],
      )
    }
    await stored(7, urls[0])
    await stored(0, urls[1])
    const { links, ...rest } = successOf(await expand({ url: folderUrl() }), expandSchema)
    expect(rest).toEqual({ platform: 'OneFichier', ...post })
    expect(links.map(({ missing_bytes }) => missing_bytes)).toEqual([7, undefined, 10])
  })

  it('200: costs its key a token for each hundred links', async () => {
    const many = Array.from({ length: 1_234 }, (_, n) => ({ url: rapidGatorUrl(n) }))
    answer = (id) => gateway.app.get(Folders).record(id, many)
    const first = await expand({ url: folderUrl() })
    const second = await expand({ url: folderUrl() })
    const [before, after] = [first, second].map(({ headers }) => Number(headers.get('ratelimit-remaining')))
    expect((before ?? 0) - (after ?? 0)).toBe(13)
  })

  it('keeps links and passwords sealed', async () => {
    await expand({ url: folderUrl(), password: 'open sesame' })
    const columns = Object.keys(gateway.database.getMetadata(Folder).propertiesMap)
    const select = Object.fromEntries(columns.map((column) => [column, true]))
    const folders = await gateway.database.manager.find(Folder, { select })
    expect(folders.some(({ sealedLinks }) => Buffer.isBuffer(sealedLinks))).toBe(true)
    const rows = JSON.stringify(folders, (_, value: unknown) =>
      Buffer.isBuffer(value) ? value.toString('latin1') : value,
    )
    expect(rows).not.toMatch(/open sesame|0123456789abcdef0123456789abcdef/)
  })

  it('403 with 109: a password opens it, and a refusal is remembered per password', async () => {
    answer = (id) => refuse(id, 60)
    for (let time = 0; time < 2; time++)
      expectRefusal(await expand({ url: folderUrl() }), 'password_required', 403)
    expect(calls).toHaveLength(1)
    answer = (id) => gateway.app.get(Folders).record(id, LINKS)
    const opened = await expand({ url: folderUrl(), password: 'right' })
    expect(successOf(opened, expandSchema).links).toHaveLength(2)
  })

  it('400 with 101 for a link of no platform and a folder that its host lists nowhere, and /unrestrict says of a folder what to call', async () => {
    expectRefusal(await expand({ url: 'https://nobody.example/folder/1' }), 'url_unsupported')
    expectRefusal(await expand({ url: 'https://rapidgator.net/folder/77/some.html' }), 'folder_unlisted')
    expectRefusal(await gateway.call(apiKey, 'POST', '/unrestrict', { url: folderUrl() }), 'folder_given')
    expect(calls).toEqual([])
  })

  it('503 with 105 when the host does not answer in time, and without a fetcher', async () => {
    answer = () => Promise.reject(new QueueError('TIMEOUT', 'no answer'))
    expectRefusal(await expand({ url: folderUrl() }), 'host_unavailable')
    await gateway.database.query('DELETE FROM fetcher')
    folder++
    expectRefusal(await expand({ url: folderUrl() }), 'no_fetcher')
    expect(calls).toHaveLength(1)
    expect(await gateway.database.manager.countBy(Folder, { hostFolderId: `dir/${folderId()}` })).toBe(0)
  })
})
