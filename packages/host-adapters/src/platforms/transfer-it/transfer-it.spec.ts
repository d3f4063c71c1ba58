import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { download } from '../../conformance/reference-download.js'
import { contentBytes, patternContent } from '../../fake/content.js'
import { passwordToken } from './api.js'
import { fake } from './fake.js'
import type { TransferItKnobs } from './fake.js'
import { adapter } from './index.js'

const content = patternContent(300_007, 5)
const KNOWN_TOKEN = 'XIC8MqY-nJMMVpymncC77QeBCfc3v9sd8FN-5s48_ck'

let bench: Bench<TransferItKnobs>
beforeEach(async () => {
  bench = await startBench(adapter, fake)
})
afterEach(() => bench.close())

const addFile = (name: string, password?: string) =>
  bench.fake.addFile({ name, content, ...(password !== undefined && { password }) })
const folderOf = (...names: string[]) =>
  bench.fake.addFolder?.({ name: 'both', entries: names.map((name) => addFile(name)) }) ?? ''
const expand = (link: string) => adapter.expand?.(bench.checkContext(), bench.ref(link)) ?? []
const calls = (name: string) => bench.fake.calls.filter((call) => call === name).length

describe('a transfer', () => {
  it('of one file is that file, by the link of the site', async () => {
    const ref = bench.ref(addFile('only.bin'))
    expect(await adapter.check(bench.checkContext(), [ref])).toMatchObject([
      { state: 'available', name: 'only.bin', size: content.size },
    ])
    const bytes = await download(bench, await adapter.resolve(bench.context(), ref), bench.context())
    expect(bytes.equals(await contentBytes(content))).toBe(true)
  })

  it('of several has to be expanded, and gives each of them by a link of its own', async () => {
    const link = folderOf('a.bin', 'b.bin')
    await expect(adapter.resolve(bench.context(), bench.ref(link))).rejects.toMatchObject({ kind: 'FOLDER' })
    const [, second] = await expand(link)
    const source = await adapter.resolve(bench.context(), bench.ref(second?.url ?? ''))
    expect(source.name).toBe('b.bin')
    const bytes = await download(bench, source, bench.context())
    expect(bytes.equals(await contentBytes(content))).toBe(true)
  })

  it('is asked for once, however many of its files are checked', async () => {
    const refs = (await expand(folderOf('a.bin', 'b.bin'))).map(({ url }) => bench.ref(url))
    const before = calls('f')
    expect(await adapter.check(bench.checkContext(), refs)).toMatchObject([
      { name: 'a.bin' },
      { name: 'b.bin' },
    ])
    expect(calls('f')).toBe(before + 1)
  })

  it('that another file of a check is in does not suffer when it is gone', async () => {
    const [gone, there] = [addFile('gone.bin'), addFile('there.bin')].map((link) => bench.ref(link))
    bench.fake.removeFile(gone?.canonicalUrl ?? '')
    const refs = [gone, there].filter((ref) => ref !== undefined)
    expect(await adapter.check(bench.checkContext(), refs)).toMatchObject([
      { state: 'gone' },
      { state: 'available' },
    ])
  })
})

describe('a password', () => {
  it('is told to the host by what follows from it, which other clients send as well', async () => {
    // By Python's hashlib.pbkdf2_hmac, with the last six bytes of the handle three times as salt.
    expect(await passwordToken('AbC1_-x9Yz07', ' sesame ')).toBe(KNOWN_TOKEN)
  })

  it('is part of no call', async () => {
    const sent: string[] = []
    const ctx = bench.context({ password: 'sesame-word' })
    const http = {
      ...ctx.http,
      request: (request: Parameters<typeof ctx.http.request>[0]) => {
        sent.push(JSON.stringify(request))
        return ctx.http.request(request)
      },
    }
    const source = await adapter.resolve({ ...ctx, http }, bench.ref(addFile('a.bin', 'sesame-word')))
    expect(sent).toHaveLength(1)
    expect(JSON.stringify([sent, source])).not.toContain('sesame-word')
  })
})

describe('a download', () => {
  it('without the site as its Referer is the site, which is stored as no file', async () => {
    const source = await adapter.resolve(bench.context(), bench.ref(addFile('a.bin')))
    const bare = { ...source, headers: {} }
    await expect(download(bench, bare, bench.context())).rejects.toMatchObject({ name: 'HostError' })
  })

  it('of other bytes than the key states is noticed by its MAC', async () => {
    const link = addFile('a.bin')
    const source = await adapter.resolve(bench.context(), bench.ref(link))
    bench.fake.replaceFile(link, { name: 'a.bin', content: patternContent(content.size, 6) })
    await expect(download(bench, source, bench.context())).rejects.toMatchObject({ kind: 'CORRUPT' })
  })
})
