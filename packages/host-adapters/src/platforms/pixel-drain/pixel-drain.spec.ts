import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { download } from '../../conformance/reference-download.js'
import { contentBytes, patternContent } from '../../fake/content.js'
import { fake } from './fake.js'
import type { PixelDrainKnobs } from './fake.js'
import { adapter } from './index.js'

let bench: Bench<PixelDrainKnobs>
const content = patternContent(70_000)
const sha256 = 'ab'.repeat(32)

beforeEach(async () => {
  bench = await startBench(adapter, fake)
})
afterEach(() => bench.close())

const add = (name: string) => bench.fake.addFile({ name, content, sha256 })
const addFolder = (name: string, entries: string[]) => bench.fake.addFolder?.({ name, entries }) ?? ''
const check = (...links: string[]) =>
  adapter.check(
    bench.checkContext(),
    links.map((link) => bench.ref(link)),
  )
const bytes = async (link: string) => {
  const ctx = bench.context()
  return download(bench, await adapter.resolve(ctx, bench.ref(link)), ctx)
}

describe('PixelDrain', () => {
  it('states the SHA-256, and asks about many files in one call without a key', async () => {
    const [a, b] = [add('a'), add('b')]
    const infos = await check(a, b, a, a.replace('/u/', '/u/nosuch'))
    expect(infos.map(({ state }) => state)).toEqual(['available', 'available', 'available', 'gone'])
    expect(infos[0]).toMatchObject({ name: 'a', size: 70_000, hash: { algorithm: 'sha256', value: sha256 } })
    expect(bench.fake.calls).toEqual(['info'])
  })

  it('refuses the blocked files of a batch alone, and minds no captcha that a key does without', async () => {
    const [a, b] = [add('a'), add('b')]
    bench.fake.knobs.availability = 'file_rate_limited_captcha_required'
    expect((await check(a, b)).map(({ state }) => state)).toEqual(['available', 'available'])
    bench.fake.knobs.abuseType = 'copyright'
    expect(await check(a, b)).toMatchObject([
      { state: 'refused', error: { kind: 'FILE_BLOCKED' } },
      { state: 'refused', error: { kind: 'FILE_BLOCKED' } },
    ])
  })

  it('sends the key with the download itself', async () => {
    const link = add('a')
    expect(await bytes(link)).toEqual(await contentBytes(content))
    const account = { id: 'a', credentials: { apiKey: 'another-key' } }
    const source = await adapter.resolve(bench.context(), bench.ref(link))
    const authorization = `Basic ${btoa(`:${bench.fake.credentials['apiKey']}`)}`
    expect(source).toMatchObject({ kind: 'url', headers: { authorization } })
    const ctx = bench.context({ account })
    const refused = download(bench, await adapter.resolve(ctx, bench.ref(link)), ctx)
    await expect(refused).rejects.toMatchObject({ kind: 'ACCOUNT_INVALID' })
  })

  it('takes one file out of a list by its number', async () => {
    const folder = addFolder('list', [add('a'), add('b')]).replace('/d/', '/l/')
    expect(
      (await adapter.expand?.(bench.checkContext(), bench.ref(folder)))?.map(({ name }) => name),
    ).toEqual(['a', 'b'])
    const item = `${folder}#item=1`
    expect(await check(item, `${folder}#item=2`)).toMatchObject([
      { fileId: bench.ref(item).fileId, state: 'available', name: 'b' },
      { state: 'gone' },
    ])
    expect(await bytes(item)).toHaveLength(70_000)
  })

  it('reaches files inside a shared filesystem, and tells directories from them', async () => {
    const root = addFolder('root', [addFolder('in & out', [add('b.bin')])])
    const inside = `${root}/in & out/b.bin`
    expect(await check(inside, `${root}/in & out`, `${root}/nothing`)).toMatchObject([
      { state: 'available', name: 'b.bin', size: 70_000, hash: { value: sha256 } },
      { state: 'refused', error: { kind: 'FOLDER' } },
      { state: 'gone' },
    ])
    expect(await bytes(inside)).toEqual(await contentBytes(content))
    const single = add('c').replace('/u/', '/d/')
    const expanded = (await adapter.expand?.(bench.checkContext(), bench.ref(single))) ?? []
    expect(expanded).toMatchObject([{ name: 'c', size: 70_000 }])
    expect(await bytes(expanded[0]?.url ?? '')).toHaveLength(70_000)
  })

  it.each([
    [{}, { premium: true, trafficLeft: 4e12 - 1000, trafficTotal: 4e12 }],
    [{ transferUsed: 5e12 }, { premium: true, trafficLeft: 0, trafficTotal: 4e12 }],
    [{ transferCap: -1 }, { premium: true, trafficLeft: Infinity, trafficTotal: Infinity }],
    [{ transferCap: 0 }, { premium: true }],
    [
      { subscriptionType: 'prepaid', transferCap: 0, balanceMicroEur: 2_500_000 },
      { premium: true, trafficLeft: 2.5e12 },
    ],
    [
      { subscriptionType: 'prepaid', transferCap: 1e12, balanceMicroEur: 2_500_000 },
      { premium: true, trafficLeft: 1e12 - 1000, trafficTotal: 1e12 },
    ],
    [
      { subscriptionType: 'prepaid', transferCap: -1, balanceMicroEur: -5 },
      { premium: true, trafficLeft: 0, trafficTotal: Infinity },
    ],
    [
      { subscriptionType: 'free', transferCap: 6e9 },
      { premium: false, trafficLeft: 6e9 - 1000, trafficTotal: 6e9 },
    ],
    [{ subscriptionType: '', transferCap: 0 }, { premium: false }],
  ])('reads an account with %j', async (knobs, expected) => {
    Object.assign(bench.fake.knobs, knobs)
    expect(await adapter.checkAccount?.(bench.context())).toEqual(expected)
  })

  it('goes on slowly beyond the cap', async () => {
    Object.assign(bench.fake.knobs, { transferCap: 50_000, transferUsed: 0 })
    await bytes(add('a'))
    expect(bench.fake.knobs.bytesPerSecond).toBe(2 ** 20)
    expect(await bytes(add('b'))).toHaveLength(70_000)
  })
})
