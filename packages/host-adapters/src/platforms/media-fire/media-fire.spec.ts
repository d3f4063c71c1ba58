import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { patternContent } from '../../fake/content.js'
import type { HostRequest } from '@obb/host-http'
import { fake } from './fake.js'
import type { MediaFireKnobs } from './fake.js'
import { adapter } from './index.js'

let bench: Bench<MediaFireKnobs>
let link: string
const content = patternContent(1000)
const sha256 = 'a'.repeat(64)
const logins = () => bench.fake.calls.filter((call) => call === 'user/get_session_token').length
const resolve = (changes = {}) => adapter.resolve(bench.context(changes), bench.ref(link))
const account = () => adapter.checkAccount?.(bench.context())

beforeEach(async () => {
  bench = await startBench(adapter, fake)
  link = bench.fake.addFile({ name: 'a.bin', content, sha256 })
})
afterEach(() => bench.close())

describe('MediaFire: the rotating key', () => {
  it.each([0, 0.5, 1])('stays in step with the host when it moves on with chance %d', async (chance) => {
    bench.fake.knobs.newKeyChance = chance
    for (let call = 0; call < 20; call++) await (call % 2 ? account() : resolve())
    expect(logins()).toBe(1)
  })

  it('stays in step however many call at once', async () => {
    bench.fake.knobs.newKeyChance = 1
    await Promise.all(Array.from({ length: 20 }, (_, call) => (call % 2 ? account() : resolve())))
    expect(logins()).toBe(1)
  })

  it('moves on with a refusal too', async () => {
    bench.fake.knobs.newKeyChance = 1
    bench.fake.knobs.account.premium = false
    await expect(resolve()).rejects.toMatchObject({ kind: 'ACCOUNT_NOT_PREMIUM' })
    bench.fake.knobs.account.premium = true
    await resolve()
    expect(logins()).toBe(1)
  })

  it('that got lost on its way is healed by one login', async () => {
    bench.fake.knobs.newKeyChance = 1
    bench.fake.knobs.lostNewKeys = 1
    await account()
    await Promise.all(Array.from({ length: 10 }, account))
    expect(logins()).toBe(2)
  })
})

describe('MediaFire', () => {
  it('states the SHA-256, and what premium bandwidth is left', async () => {
    expect(await adapter.check(bench.checkContext(), [bench.ref(link)])).toMatchObject([
      { size: 1000, hash: { algorithm: 'sha256', value: sha256 } },
    ])
    expect(await account()).toEqual({ premium: true, trafficLeft: 10 ** 12 })
  })

  it('sends credentials and tokens in forms, never in a URL', async () => {
    const urls: string[] = []
    const { http } = bench.context()
    const request = (asked: HostRequest) => {
      urls.push(asked.url + JSON.stringify(asked.query ?? {}))
      return http.request(asked)
    }
    await resolve({ http: { ...http, request } })
    expect(urls).toHaveLength(3)
    expect(urls.join()).not.toContain('?')
  })

  it('asks for the password of a file once, and says then that it cannot be sent', async () => {
    link = bench.fake.addFile({ name: 'b.bin', content, password: 'sesame' })
    const check = (changes = {}) => adapter.check(bench.checkContext(changes), [bench.ref(link)])
    expect(await check()).toMatchObject([{ state: 'refused', error: { kind: 'FILE_PASSWORD_REQUIRED' } }])
    const answered = { state: 'refused', error: { kind: 'FILE_RESTRICTED' } }
    expect(await check({ password: 'sesame' })).toMatchObject([answered])
    await expect(resolve()).rejects.toMatchObject({ kind: 'FILE_PASSWORD_REQUIRED' })
  })

  it('knows a batch without a single good key', async () => {
    const refs = ['aaaaaaaaaaa', 'bbbbbbbbbbb'].map((key) =>
      bench.ref(`https://www.mediafire.com/file/${key}`),
    )
    const infos = await adapter.check(bench.checkContext(), refs)
    expect(infos.map(({ fileId, state }) => [fileId, state])).toEqual(
      refs.map(({ fileId }) => [fileId, 'gone']),
    )
  })

  it('reads folders to their last chunk', async () => {
    bench.fake.knobs.chunkSize = 2
    const names = ['1', '2', '3', '4', '5']
    const entries = names.map((name) => bench.fake.addFile({ name, content }))
    const inner = bench.fake.addFolder?.({ name: 'inner', entries: [] }) ?? ''
    const outer = bench.fake.addFolder?.({ name: 'outer', entries: [...entries, inner] }) ?? ''
    const links = (await adapter.expand?.(bench.checkContext(), bench.ref(outer))) ?? []
    expect(links[0]).toEqual({ url: inner, name: 'folder' })
    expect(links.slice(1).map(({ name, size }) => [name, size])).toEqual(names.map((name) => [name, 1000]))
  })

  it('takes a list of keys apart without asking anybody', async () => {
    const list = bench.ref('https://www.mediafire.com/?abcdefghij1,abcdefghij123')
    expect(await adapter.expand?.(bench.checkContext(), list)).toEqual([
      { url: 'https://www.mediafire.com/file/abcdefghij1' },
      { url: 'https://www.mediafire.com/folder/abcdefghij123' },
    ])
    expect(bench.fake.calls).toEqual([])
  })
})
