import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { download } from '../../conformance/reference-download.js'
import { contentBytes, patternContent } from '../../fake/content.js'
import { fake } from './fake.js'
import type { GoFileKnobs } from './fake.js'
import { adapter } from './index.js'

let bench: Bench<GoFileKnobs>
const content = patternContent(1000)
const md5 = '9e107d9d372bb6826bd81d3542a419d6'
const addFile = (name: string) => bench.fake.addFile({ name, content, md5 })
const addFolder = (entries: readonly string[]) => bench.fake.addFolder?.({ name: 'folder', entries }) ?? ''
const check = (...links: readonly string[]) =>
  adapter.check(
    bench.context(),
    links.map((link) => bench.ref(link)),
  )
const expand = async (link: string) => (await adapter.expand?.(bench.context(), bench.ref(link))) ?? []
const account = () => adapter.checkAccount?.(bench.context())

beforeEach(async () => {
  bench = await startBench(adapter, fake)
})
afterEach(() => bench.close())

describe('GoFile', () => {
  it('takes the link of a folder with one file for that file, with its MD5', async () => {
    expect(await check(addFile('a.bin'))).toMatchObject([
      { state: 'available', name: 'a.bin', size: 1000, hash: { algorithm: 'md5', value: md5 } },
    ])
  })

  it('does not choose among several files, or folders: such a link has to be expanded', async () => {
    const several = addFolder([addFile('a.bin'), addFile('b.bin')])
    const nested = addFolder([several])
    const refused = { state: 'refused', error: { kind: 'FOLDER' } }
    expect(await check(several, nested, addFolder([]))).toMatchObject([refused, refused, { state: 'gone' }])
    await expect(adapter.resolve(bench.context(), bench.ref(several))).rejects.toMatchObject({
      kind: 'FOLDER',
    })
  })

  it('takes what is listed under the id of a file for that file', async () => {
    bench.fake.knobs.answers['contents'] = {
      status: 200,
      body: {
        status: 'ok',
        data: { id: 'f-1', type: 'file', name: 'a.bin', size: 7, link: 'https://store1.gofile.io/a' },
      },
    }
    const link = 'https://gofile.io/d/8f14e45f-ceea-467f-a0e6-a1b2c3d4e5f6'
    expect(await check(link)).toMatchObject([{ state: 'available', name: 'a.bin', size: 7 }])
    expect(await expand(link)).toMatchObject([{ name: 'a.bin', size: 7 }])
    expect(await adapter.resolve(bench.context(), bench.ref(link))).toMatchObject({ name: 'a.bin', size: 7 })
  })

  it('serves the files that a folder was expanded to, each by its own link', async () => {
    const other = patternContent(2000, 2)
    const links = await expand(
      addFolder([addFile('a.bin'), bench.fake.addFile({ name: 'b', content: other })]),
    )
    expect(links.map(({ name }) => name)).toEqual(['a.bin', 'b'])
    const ref = bench.ref(links[1]?.url ?? '')
    expect(ref.kind).toBe('file')
    const source = await adapter.resolve(bench.context(), ref)
    const bytes = await download(bench, source, bench.context())
    expect(bytes.equals(await contentBytes(other))).toBe(true)
  })

  it('asks once for all files of a folder, in one call or one after the other, while that is fresh', async () => {
    const links = await expand(addFolder(['1', '2', '3'].map(addFile)))
    const urls = links.map(({ url }) => url)
    const before = bench.fake.calls.length
    const newCalls = () => bench.fake.calls.length - before
    for (const url of urls) {
      expect(await check(url)).toMatchObject([{ state: 'available' }])
      expect(await adapter.resolve(bench.context(), bench.ref(url))).toMatchObject({ size: 1000 })
    }
    expect(newCalls()).toBe(0)
    bench.clock.now += 20_000
    const infos = await check(...urls)
    expect(infos.map((info) => info.state === 'available' && info.name)).toEqual(['1', '2', '3'])
    expect(newCalls()).toBe(1)
  })

  it('asks once for files of a folder that are wanted at one moment', async () => {
    const links = await expand(addFolder(['1', '2', '3'].map(addFile)))
    bench.clock.now += 20_000
    const before = bench.fake.calls.length
    const refs = links.map(({ url }) => bench.ref(url))
    const [infos, sources] = await Promise.all([
      Promise.all(links.map(({ url }) => check(url))),
      Promise.all(refs.map((ref) => adapter.resolve(bench.context(), ref))),
    ])
    expect(infos.flat().map((info) => info.state === 'available' && info.name)).toEqual(['1', '2', '3'])
    expect(new Set(sources.map((source) => source.kind === 'url' && source.url)).size).toBe(3)
    expect(bench.fake.calls.length - before).toBe(1)
  })

  it('asks again for a file that a listing of a moment ago does not have', async () => {
    const folder = addFolder(['1', '2'].map(addFile))
    await expand(folder)
    const before = bench.fake.calls.length
    expect(await check(`${folder}#file=later`)).toMatchObject([{ state: 'gone' }])
    const later = adapter.resolve(bench.context(), bench.ref(`${folder}#file=later`))
    await expect(later).rejects.toMatchObject({ kind: 'FILE_GONE' })
    expect(bench.fake.calls.length - before).toBe(2)
  })

  it('knows a file that was taken out of its folder for gone', async () => {
    const folder = addFolder([addFile('a.bin')])
    expect(await check(`${folder}#file=another`)).toMatchObject([{ state: 'gone' }])
  })

  it('reads folders to their last page', async () => {
    bench.fake.knobs.maxPageSize = 2
    const names = ['1', '2', '3', '4', '5']
    const links = await expand(addFolder(names.map(addFile)))
    expect(links.map(({ name }) => name)).toEqual(names)
    const last = links[4]?.url ?? ''
    expect(await check(last)).toMatchObject([{ state: 'available', name: '5' }])
  })

  it('says that a stale link has to be asked for again', async () => {
    const link = addFile('a.bin')
    const source = await adapter.resolve(bench.context(), bench.ref(link))
    bench.fake.knobs.linkAnswer = { status: 404, body: '' }
    await expect(download(bench, source, bench.context())).rejects.toMatchObject({ kind: 'LINK_EXPIRED' })
  })

  it('estimates what a subscription has left from today and the newest month', async () => {
    expect(await account()).toEqual({
      premium: true,
      validUntil: 1_893_456_000_000,
      trafficTotal: 4e12,
      trafficLeft: 4e12 - 6e9,
    })
    Object.assign(bench.fake.knobs.account, { downloadedToday: 5e12, subscriptionEndDate: 9_999_999_999 })
    expect(await account()).toEqual({ premium: true, trafficTotal: 4e12, trafficLeft: 0 })
  })

  it('counts credit in terabytes at its rate', async () => {
    bench.fake.knobs.account.premiumType = 'credit'
    expect(await account()).toEqual({ premium: true, trafficLeft: 3e12 })
    bench.fake.knobs.account.creditTrafficRate = 0
    expect(await account()).toEqual({ premium: true })
  })

  it.each(['standard', 'guest'] as const)('takes the tier %s for no premium', async (tier) => {
    bench.fake.knobs.account.tier = tier
    expect(await account()).toEqual({ premium: false })
  })
})
