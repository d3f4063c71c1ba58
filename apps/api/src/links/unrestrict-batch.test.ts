import { afterAll, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { type BatchRow, MAX_BATCH_LINKS, batchSchema, linkSchema } from '@obb/contracts'
import { Admission } from '@obb/core/admission'
import { Files } from '@obb/core/files'
import { Folders } from '@obb/core/folders'
import { HostCatalog } from '@obb/core/hosts'
import { FetchQueue, type HostCall } from '@obb/core/queue'
import { TrafficLedger } from '@obb/core/traffic'
import { Gateway, rapidGatorUrl } from '../testing/gateway.js'
import { expectRefusal, successOf } from '../testing/strict.js'

const SIZE = 1000

describe('POST /unrestrict/batch', () => {
  let gateway: Gateway
  let user: { id: string; apiKey: string }
  let n = 0
  const calls: HostCall[] = []
  /** What folders have in them, by their ids at the host. */
  const inFolder = new Map<string, { url: string }[]>()

  beforeAll(async () => {
    gateway = await Gateway.start()
    await gateway.poolAccount()
    await gateway.poolAccount(undefined, 'OneFichier')
    const { app } = gateway
    jest.spyOn(app.get(FetchQueue), 'call').mockImplementation(async (call: HostCall) => {
      calls.push(call)
      if (call.call === 'inspect') {
        const told = { fileId: call.fileId, state: 'available', name: 'told.bin', size: SIZE } as const
        await app.get(Files).record(call.fileId, told)
      }
      if (call.call === 'expand') {
        const folder = await app.get(Folders).byId(call.folderId)
        await app.get(Folders).record(call.folderId, inFolder.get(folder?.hostFolderId ?? '') ?? [])
      }
    })
  })
  beforeEach(async () => {
    calls.length = 0
    await gateway.fetcherAlive()
    user = await gateway.user()
  })
  afterAll(() => gateway.close())

  const send = (body: object) => gateway.call(user.apiKey, 'POST', '/unrestrict/batch', body)
  const batch = async (body: object): Promise<BatchRow[]> => successOf(await send(body), batchSchema).results
  const charges = async () =>
    (await TrafficLedger.entries(gateway.database, user.id)).filter(({ kind }) => kind === 'charge')
  const knownUrl = async (size = SIZE) => (await gateway.knownFile(++n, size)).url
  const folderUrl = (...links: string[]): string => {
    const id = `abcd${++n}`.padEnd(8, 'x')
    inFolder.set(
      `dir/${id}`,
      links.map((url) => ({ url })),
    )
    return `https://1fichier.com/dir/${id}`
  }

  it('answers each link in its place, as /unrestrict does; a bad row is that row’s', async () => {
    const [known, unknown, gone, dear] = [
      await knownUrl(),
      rapidGatorUrl(++n),
      await gateway.knownFile(++n),
      await knownUrl(2 ** 31),
    ]
    const until = gateway.clock.now() + 60_000
    await gateway.app.get(Files).refuse(gone.file.id, { cause: 'file_gone', until })
    const folder = folderUrl()
    const urls = [known, 'https://nobody.example/1', unknown, gone.url, dear, 7, null, folder, known]
    const rows = await batch({ urls })
    expect(rows.map(({ url, success, status }) => [url, success, status])).toEqual([
      [known, true, undefined],
      ['https://nobody.example/1', false, 101],
      [unknown, true, undefined],
      [gone.url, false, 104],
      [dear, false, 52],
      ['7', false, 101],
      ['null', false, 101],
      [folder, false, 101],
      [known, true, undefined],
    ])
    expect(rows[4]).toMatchObject({ retry_in_seconds: 60, msg: expect.any(String) })
    expect(rows[2]?.data).toMatchObject({ remote_status: 'pending', filename: 'told.bin' })
    expect(rows[8]?.data?.linkId).toBe(rows[0]?.data?.linkId)
    expect([rows[0]?.data?.reusedExisting, rows[8]?.data?.reusedExisting].sort()).toEqual([false, true])
    expect(await charges()).toHaveLength(2)
    const single = successOf(
      await gateway.call(user.apiKey, 'POST', '/unrestrict', { url: known }),
      linkSchema,
    )
    expect(single).toMatchObject({ linkId: rows[0]?.data?.linkId, reusedExisting: true })
  })

  it('takes the links in a text, in order', async () => {
    const [one, two] = [await knownUrl(), await knownUrl()]
    const text = `see [url]${one}[/url],\n2) (${two.replace('https', 'hxxps')}). thanks`
    expect((await batch({ text })).map(({ url, success }) => [url, success])).toEqual([
      [one, true],
      [two, true],
    ])
  })

  it('admits together what it can, and no more than the account may have of it', async () => {
    user = await gateway.user({ traffic: 10 * SIZE })
    const admitTogether = jest.spyOn(gateway.app.get(Admission), 'admitTogether')
    const urls = await Promise.all(Array.from({ length: 30 }, () => knownUrl()))
    const rows = await batch({ urls })
    expect(rows.map(({ url }) => url)).toEqual(urls)
    expect(rows.filter(({ success }) => success)).toHaveLength(10)
    expect(new Set(rows.flatMap(({ status }) => status ?? []))).toEqual(new Set([52]))
    expect(await charges()).toHaveLength(10)
    expect(admitTogether.mock.calls.length).toBeLessThan(30)
    admitTogether.mockRestore()
  })

  it.each<[string, () => Promise<unknown>, number]>([
    ['54', async () => void (user = await gateway.user({ dailyPerHost: 3 * SIZE })), 3],
    ['55', () => gateway.app.get(HostCatalog).update('RapidGator', { maxDownloads: 2, maxQueued: 2 }), 4],
  ])('keeps limits as single requests do: %s', async (status, limit, many) => {
    await limit()
    const urls = await Promise.all(Array.from({ length: 8 }, () => knownUrl()))
    const rows = await batch({ urls })
    await gateway.app.get(HostCatalog).update('RapidGator', { maxDownloads: 5, maxQueued: 100 })
    expect(rows.filter(({ success }) => success)).toHaveLength(many)
    expect(new Set(rows.flatMap((row) => row.status ?? []))).toEqual(new Set([Number(status)]))
  })

  it('has all files of a folder fetched on request, those of folders in it too, each once', async () => {
    const [one, two, three] = [await knownUrl(), rapidGatorUrl(++n), await knownUrl()]
    const inner = folderUrl(two, 'https://nobody.example/1')
    const outer = folderUrl(one, inner)
    inFolder.get(new URL(outer).pathname.slice(1))?.push({ url: outer })
    const rows = await batch({ urls: [outer, three], expand: true })
    expect(rows).toMatchObject([
      { url: outer, success: true },
      { url: three, success: true },
    ])
    expect(rows[0]?.files?.map(({ url, success }) => [url, success])).toEqual([
      [one, true],
      [two, true],
      ['https://nobody.example/1', false],
    ])
    expect(await charges()).toHaveLength(3)
  })

  it('refuses a folder with too many files, and one that is empty, as that row', async () => {
    const large = folderUrl(...Array.from({ length: MAX_BATCH_LINKS + 1 }, () => rapidGatorUrl(++n)))
    const rows = await batch({ urls: [large, folderUrl()], expand: true })
    expect(rows.map(({ success, status }) => [success, status])).toEqual([
      [false, 900],
      [false, 104],
    ])
    expect(calls.filter(({ call }) => call === 'inspect')).toEqual([])
  })

  it.each<[string, object]>([
    ['neither links nor a text', {}],
    ['both', { urls: ['https://rapidgator.net/file/1'], text: 'https://rapidgator.net/file/1' }],
    ['no links', { urls: [] }],
    ['too many', { urls: Array.from({ length: MAX_BATCH_LINKS + 1 }, () => 'x') }],
    ['a text without one', { text: 'nothing here' }],
    ['a text with too many', { text: Array.from({ length: 501 }, (_, at) => rapidGatorUrl(at)).join('\n') }],
  ])('400 with 900: %s', async (_name, body) => {
    expectRefusal(await send(body), 'request_invalid')
    expect(await charges()).toEqual([])
  })

  it('takes a token for each link, and 401 without a key', async () => {
    const left = async (body: object) => Number((await send(body)).headers.get('ratelimit-remaining'))
    const before = await left({ urls: ['x'] })
    expect(before - (await left({ urls: Array.from({ length: 21 }, () => 'x') }))).toBe(21)
    expectRefusal(await gateway.call('', 'POST', '/unrestrict/batch', { urls: ['x'] }), 'key_invalid')
  })

  it('takes five hundred of the longest links in one body', async () => {
    const urls = Array.from({ length: MAX_BATCH_LINKS }, (_, at) => rapidGatorUrl(at).padEnd(8192, '?'))
    expect(await batch({ urls: urls.map((url) => `ftp://${url}`.slice(0, 8192)) })).toHaveLength(500)
  })
})
