import { gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, jest } from '@jest/globals'
import { EXTERNAL_API, type LinkAnswer, NZB_TYPE, linkSchema } from '@obb/contracts'
import { Accounts } from '@obb/core/accounts'
import { Documents } from '@obb/core/documents'
import { Files } from '@obb/core/files'
import { type FolderLinks, Folders } from '@obb/core/folders'
import { HostCatalog } from '@obb/core/hosts'
import { AccountPool } from '@obb/core/pool'
import { FetchQueue, type HostCall } from '@obb/core/queue'
import { TrafficLedger } from '@obb/core/traffic'
import { type Answer, Gateway } from '../testing/gateway.js'
import type { RawConnection } from '../testing/raw-connection.js'
import { expectRefusal, successOf } from '../testing/strict.js'
import { MAX_NZB_BYTES } from './nzb-body.js'

const SIZE = 1000

describe('POST /nzb', () => {
  let gateway: Gateway
  let user: { id: string; email: string; apiKey: string }
  let n = 0
  const calls: string[] = []
  /** listed gives what a fetcher finds in the document at a URL. */
  let listed: (url: string) => FolderLinks | 'refused'

  beforeAll(async () => {
    gateway = await Gateway.start()
    const { app } = gateway
    await app.get(HostCatalog).update('Usenet', { enabled: true })
    const credentials = { servers: 'nntps://u:p@news.example.test' }
    const pool = app.get(AccountPool)
    const id = await pool.add({ platform: 'Usenet', label: 'news', credentials, proxy: null })
    await pool.recordCheck(id, { premium: true })
    jest.spyOn(app.get(FetchQueue), 'call').mockImplementation(async (call: HostCall) => {
      calls.push(call.call)
      if (call.call === 'expand') return expand(call.folderId)
      if (call.call !== 'inspect') throw new Error('nothing else is asked')
      const facts = { fileId: 'x', state: 'available' as const, name: 'told.bin', size: SIZE }
      return app.get(Files).record(call.fileId, facts)
    })
  })
  beforeEach(async () => {
    calls.length = 0
    listed = (url) => [{ url: `${url}#${String(n).padStart(64, '0')}` }]
    n++
    await gateway.fetcherAlive()
    user = await gateway.user({ traffic: 5000 })
  })
  afterAll(() => gateway.close())

  async function expand(folderId: string): Promise<void> {
    const folders = gateway.app.get(Folders)
    const links = listed((await folders.byId(folderId))?.canonicalUrl ?? '')
    if (links !== 'refused') return folders.record(folderId, links)
    await folders.refuse(folderId, { cause: 'url_unsupported', until: gateway.clock.now() + 600_000 })
  }
  const nzb = (note = '') => Buffer.from(`<?xml version="1.0"?>\n<NZB><!-- ${n} ${note} --></NZB>`)
  const form = (file: Buffer): FormData => {
    const data = new FormData()
    data.append('note', 'a field that is no file')
    data.append('file', new Blob([new Uint8Array(file)]), 'a.nzb')
    return data
  }
  /** A form brings its own type. */
  async function upload(body: Buffer | FormData | ReadableStream | string, type?: string): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${gateway.port}${EXTERNAL_API}/nzb`, {
      method: 'POST',
      headers: { 'x-api-key': user.apiKey, ...(type === undefined ? {} : { 'content-type': type }) },
      body,
      duplex: 'half',
    } as RequestInit)
    return { code: response.status, headers: response.headers, body: await response.json() }
  }
  const link = async (...upload_: Parameters<typeof upload>): Promise<LinkAnswer> =>
    successOf(await upload(...upload_), linkSchema)
  const charges = async () =>
    (await TrafficLedger.entries(gateway.database, user.id)).filter(({ kind }) => kind === 'charge').length

  it('200: a link as from /unrestrict, charged once; the same again, gzip or in a form, is the same link', async () => {
    const first = await link(nzb(), NZB_TYPE)
    expect(first).toMatchObject({
      remote_status: 'pending',
      filename: 'told.bin',
      filesize: String(SIZE),
      hostDomain: 'usenet',
      reusedExisting: false,
    })
    expect(calls).toEqual(['expand', 'inspect'])
    for (const again of [
      await link(nzb(), NZB_TYPE),
      await link(gzipSync(nzb()), `${NZB_TYPE}; charset=utf-8`),
      await link(form(nzb())),
      await link(form(gzipSync(nzb()))),
    ]) {
      expect(again).toMatchObject({ linkId: first.linkId, reusedExisting: true })
    }
    expect(calls).toHaveLength(2)
    expect(await charges()).toBe(1)
  })

  it('200: another document that lists the same articles is the same file', async () => {
    listed = (url) => [{ url: `${url}#${'d'.repeat(64)}` }]
    const { linkId } = await link(nzb('one'), NZB_TYPE)
    expect(await link(nzb('two'), NZB_TYPE)).toMatchObject({ linkId, reusedExisting: true })
  })

  it('200: each user has the file by the name that the own document gives it', async () => {
    const file = `#${'f'.repeat(64)}`
    listed = (url) => [{ url: `${url}${file}/FREE%2FPASSWORDS.exe` }]
    const first = await link(nzb('mallory'), NZB_TYPE)
    user = await gateway.user({ traffic: 5000 })
    listed = (url) => [{ url: `${url}${file}/holiday.mkv` }]
    const second = await link(nzb('bob'), NZB_TYPE)
    user = await gateway.user({ traffic: 5000 })
    listed = (url) => [{ url: url + file }]
    const third = await link(nzb('carol'), NZB_TYPE)
    expect([first, second, third].map(({ filename }) => filename)).toEqual([
      'FREE_PASSWORDS.exe',
      'holiday.mkv',
      'told.bin',
    ])
    const files = await gateway.database.query('SELECT DISTINCT file_id FROM link WHERE id = ANY($1)', [
      [first, second, third].map(({ linkId }) => linkId),
    ])
    expect(files).toHaveLength(1)
  })

  it('400 with 101 for several files, and details tell where their links are', async () => {
    listed = (url) => [{ url: `${url}#${'a'.repeat(64)}` }, { url: `${url}#${'b'.repeat(64)}` }]
    const { details } = expectRefusal(await upload(nzb(), NZB_TYPE), 'url_unsupported')
    const url = /usenet:\/\/nzb\/[0-9a-f]{64}/.exec(details?.[0] ?? '')?.[0] ?? ''
    const expanded = await gateway.call(user.apiKey, 'POST', '/expand', { url })
    expect(expanded.body.data.links).toHaveLength(2)
    const asked = await gateway.call(user.apiKey, 'POST', '/unrestrict', {
      url: expanded.body.data.links[1].url,
    })
    expect(successOf(asked, linkSchema)).toMatchObject({ hostDomain: 'usenet' })
  })

  it('400 with 101 for what is no NZB, 404 with 104 for one that lists nothing; nothing is charged', async () => {
    const keep = jest.spyOn(gateway.app.get(Documents), 'keep')
    expectRefusal(await upload(Buffer.from('%PDF-1.7'), NZB_TYPE), 'url_unsupported')
    expectRefusal(await upload(Buffer.from([0x1f, 0x8b, 1, 2, 3]), NZB_TYPE), 'url_unsupported')
    expectRefusal(await upload(form(Buffer.alloc(0))), 'url_unsupported')
    expect([keep.mock.calls.length, calls.length]).toEqual([0, 0])
    keep.mockRestore()
    listed = () => 'refused'
    expectRefusal(await upload(nzb('broken'), NZB_TYPE), 'url_unsupported')
    listed = () => []
    expectRefusal(await upload(nzb('empty'), NZB_TYPE), 'folder_empty')
    expect(await charges()).toBe(0)
  })

  it('400 with 101 while the platform is off, and nothing is kept', async () => {
    const catalog = gateway.app.get(HostCatalog)
    await catalog.update('Usenet', { enabled: false })
    expectRefusal(await upload(nzb(), NZB_TYPE), 'url_unsupported')
    await catalog.update('Usenet', { enabled: true })
    expect(calls).toEqual([])
  })

  it('200 for what was asked for too early, before it was uploaded', async () => {
    const { digest } = await gateway.app.get(Documents).keep(user.id, nzb())
    await gateway.database.query('DELETE FROM document WHERE digest = $1', [digest])
    listed = () => 'refused'
    const early = { url: `usenet://nzb/${digest}` }
    expectRefusal(await gateway.call(user.apiKey, 'POST', '/expand', early), 'url_unsupported')
    listed = (url) => [{ url: `${url}#${'c'.repeat(64)}` }]
    await link(nzb(), NZB_TYPE)
  })

  it('402 with 52 when the traffic does not reach', async () => {
    user = await gateway.user({ traffic: SIZE - 1 })
    expectRefusal(await upload(nzb(), NZB_TYPE), 'traffic_insufficient')
  })

  it('503 with 105 without a fetcher that could read it', async () => {
    gateway.clock.advance(60_000)
    expectRefusal(await upload(nzb(), NZB_TYPE), 'no_fetcher')
  })

  it('413 with 900 beyond 32 MiB: told, as it comes, and unpacked', async () => {
    const large = Buffer.concat([nzb(), Buffer.alloc(MAX_NZB_BYTES, ' ')])
    expectRefusal(await upload(large, NZB_TYPE), 'body_too_large')
    expectRefusal(await upload(new Blob([large]).stream(), NZB_TYPE), 'body_too_large')
    expectRefusal(await upload(gzipSync(large), NZB_TYPE), 'body_too_large')
    expect(calls).toEqual([])
  })

  it('400 with 900 for a form that is broken or has no file', async () => {
    expectRefusal(await upload('--x\r\n', 'multipart/form-data; boundary=x'), 'request_invalid')
    expectRefusal(await upload('a', 'multipart/form-data'), 'request_invalid')
    const empty = new FormData()
    empty.append('file', 'text')
    expectRefusal(await upload(empty), 'request_invalid')
  })

  it('415 with 900 for JSON and text, and for uploads to other routes', async () => {
    expectRefusal(await upload('{}', 'application/json'), 'nzb_expected')
    expectRefusal(await upload('<nzb>', 'text/xml'), 'media_type_unsupported')
    const headers = { 'x-api-key': user.apiKey, 'content-type': NZB_TYPE }
    const elsewhere = await gateway.send('POST', `${EXTERNAL_API}/unrestrict`, headers, {})
    expectRefusal(elsewhere, 'media_type_unsupported')
  })

  describe('beside a flood', () => {
    const slow: RawConnection[] = []
    afterEach(() => {
      for (const connection of slow.splice(0)) connection.close()
    })

    /** An upload of this length of which the beginning comes, and no more. */
    async function begin(apiKey: string, length: number): Promise<RawConnection> {
      const connection = await gateway.connection()
      slow.push(connection)
      const head = ['POST', EXTERNAL_API + '/nzb', 'HTTP/1.1'].join(' ')
      const fields = { Host: 'x', 'X-Api-Key': apiKey, 'Content-Type': NZB_TYPE, 'Content-Length': length }
      const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`)
      connection.write(`${[head, ...lines].join('\r\n')}\r\n\r\n<nzb>`)
      return connection
    }

    it('of slow bodies, of one account or several, whoever comes waits for none of them', async () => {
      for (const { apiKey } of [await gateway.user(), await gateway.user(), await gateway.user()]) {
        for (let n = 0; n < 10; n++) await begin(apiKey, 1_000_000)
      }
      const before = slow.length
      await link(nzb(), NZB_TYPE)
      // All of them are still under way.
      expect(slow.filter(({ socket }) => !socket.destroyed && !socket.readableEnded)).toHaveLength(before)
    })

    it('of announced gigabytes one account is refused, and the next is taken', async () => {
      const { apiKey } = await gateway.user()
      const flood = await Promise.all(Array.from({ length: 12 }, () => begin(apiKey, MAX_NZB_BYTES)))
      const refused: number[] = []
      const told = flood.map(async (connection, n) => {
        const answer = await connection.answer()
        if (answer?.status === 503) refused.push(n)
      })
      while (refused.length < 8) await new Promise(setImmediate)
      await link(nzb(), NZB_TYPE)
      expect(refused).toHaveLength(8)
      for (const connection of flood) connection.close()
      await Promise.all(told)
    })

    it('of whole bodies, an account that has none under way is next but for those that are being taken in', async () => {
      const flooding = await gateway.user()
      const order: string[] = []
      const documents = gateway.app.get(Documents)
      const take = documents.keep.bind(documents)
      let open = (): void => undefined
      const opened = new Promise<void>((resolve) => (open = resolve))
      const keep = jest.spyOn(documents, 'keep').mockImplementation(async (accountId, text) => {
        order.push(accountId === flooding.id ? 'flood' : 'quiet')
        await opened
        return take(accountId, text)
      })
      const quiet = user
      const flood = Array.from({ length: 20 }, (_, index) => {
        user = flooding
        return upload(nzb(`flood ${index}`), NZB_TYPE)
      })
      while (order.length < 2) await new Promise(setImmediate)
      user = quiet
      const asked = upload(nzb('quiet'), NZB_TYPE)
      while (!order.includes('quiet')) await new Promise(setImmediate)
      // Nothing of the flood had to end first: one place is kept for who has none.
      expect(order).toEqual(['flood', 'flood', 'quiet'])
      open()
      successOf(await asked, linkSchema)
      await Promise.all(flood)
      keep.mockRestore()
    })
  })

  it('costs its key a token for each 64 KiB, in whatever way its length is told', async () => {
    const left = (answer: Answer) => Number(answer.headers.get('ratelimit-remaining'))
    const body = Buffer.concat([nzb('long'), Buffer.alloc(640 * 1024, ' ')])
    const one = left(await upload(nzb('short'), NZB_TYPE))
    const two = left(await upload(body, NZB_TYPE))
    const three = left(await upload(new Blob([body]).stream(), NZB_TYPE))
    expect([one - two, two - three]).toEqual([11, 11])
  })

  it('401 with 1 and 403 with 2, and the body is not read', async () => {
    const good = user
    user = { ...user, apiKey: 'obb_' }
    expectRefusal(await upload(nzb(), NZB_TYPE), 'key_invalid')
    user = good
    await gateway.app.get(Accounts).setState(user.email, 'suspended')
    expectRefusal(await upload(nzb(), NZB_TYPE), 'account_suspended')
    expect(calls).toEqual([])
  })
})
