import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { HostContext } from '../../kit/adapter.js'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { download } from '../../conformance/reference-download.js'
import { contentBytes, patternContent } from '../../fake/content.js'
import { createHostHttp } from '@obb/host-http'
import { cert, key } from '@obb/host-http/testing'
import { loadRegistry } from '../../kit/registry.js'
import { startNews } from './fake-news.js'
import type { NewsHost, NewsKnobs, NewsOptions } from './fake-news.js'
import { fake, newsKnobs, serverUrl } from './fake.js'
import type { UsenetKnobs } from './fake.js'
import { adapter } from './index.js'

const SIZE = 1_234_567
const content = patternContent(SIZE, 3)

let bench: Bench<UsenetKnobs>
let link: string
const others: { close(): Promise<void> }[] = []

beforeEach(async () => {
  bench = await startBench(adapter, fake)
  link = bench.fake.addFile({ name: 'a.bin', content })
})
afterEach(async () => {
  await Promise.all(others.splice(0).map((other) => other.close()))
  await bench.close()
})

/** A further server with the same articles. */
async function another(
  changes: Partial<NewsKnobs> = {},
  options: Partial<NewsOptions> = {},
): Promise<NewsHost & { knobs: NewsKnobs; url: string; commands: string[] }> {
  const knobs = { ...newsKnobs(), ...changes }
  const commands: string[] = []
  const record = (command: string): void => void commands.push(command)
  const host = await startNews({ knobs, articles: bench.fake.knobs.articles, record, ...options })
  others.push(host)
  return { ...host, knobs, commands, url: serverUrl(knobs, host.port) }
}

const first = (): string => bench.fake.credentials['servers'] ?? ''
const using = (...servers: readonly string[]): Partial<HostContext> => ({
  account: { id: 'account-1', credentials: { servers: servers.join(' ') } },
})

async function fetched(changes: Partial<HostContext> = {}, at = link): Promise<boolean> {
  const ctx = bench.context(changes)
  const bytes = await download(bench, await adapter.resolve(ctx, bench.ref(at)), ctx)
  return bytes.equals(await contentBytes(content))
}

const check = (changes: Partial<HostContext> = {}) => adapter.check(bench.context(changes), [bench.ref(link)])

describe('Usenet', () => {
  it('takes an NZB on any hostname that nobody owns, and leaves pseudo links alone', async () => {
    const registry = await loadRegistry()
    const owner = (url: string) => registry.match(url)?.adapter.manifest.id
    expect(owner('https://files.example.com/a.nzb?apikey=x')).toBe('Usenet')
    expect(owner('https://files.example.com/a.bin')).toBe('Http')
    expect(owner('usenet://a.bin|20|1787400000')).toBeUndefined()
    expect(owner(`usenet://nzb/${'a'.repeat(64)}`)).toBe('Usenet')
    expect(adapter.manifest.enabledByDefault).toBe(false)
  })

  it('serves three files of articles of 700 KB from a compressed NZB, keys in its URL', async () => {
    Object.assign(bench.fake.knobs, { partBytes: 700_000, gzip: true })
    const sizes = [1_400_000, 2_000_001, 1]
    const contents = sizes.map((size, at) => patternContent(size, at + 10))
    const entries = contents.map((one, at) => bench.fake.addFile({ name: `${at}.bin`, content: one }))
    const folder = bench.fake.addFolder?.({ name: 'all', entries }) ?? ''
    const links = (await adapter.expand?.(bench.context(), bench.ref(`${folder}?apikey=k`))) ?? []
    expect(links.map(({ name, size }) => [name, size])).toEqual(sizes.map((size, at) => [`${at}.bin`, size]))
    for (const [at, { url }] of links.entries()) {
      expect(url).toContain('?apikey=k#')
      const source = await adapter.resolve(bench.context(), bench.ref(url))
      const bytes = await download(bench, source, bench.context())
      expect(bytes.equals(await contentBytes(contents[at] ?? content))).toBe(true)
    }
  })

  it('asks the next server for what the first does not have, or has damaged or cut short', async () => {
    const second = await another()
    const { knobs } = bench.fake
    knobs.missingParts.add(3)
    knobs.damagedParts.add(5).add(1)
    knobs.truncatedParts.add(7)
    expect(await fetched(using(first(), second.url))).toBe(true)
    expect(second.commands.filter((command) => command === 'BODY')).toHaveLength(4)
    expect(await check(using(first(), second.url))).toMatchObject([{ state: 'available', size: SIZE }])
  })

  it('does without a server that is out of order while there is another', async () => {
    const broken = await another({ replies: { greeting: '400 maintenance' } })
    const shut = await another()
    await shut.close()
    expect(await fetched(using(broken.url, shut.url, first()))).toBe(true)
    const absent = await another({ missingParts: new Set([1, 2]) })
    await expect(fetched(using(absent.url, shut.url))).rejects.toMatchObject({ kind: 'HOST_TEMP' })
    expect(await check(using(shut.url, first()))).toMatchObject([{ state: 'available' }])
  })

  it.each(['damagedParts', 'truncatedParts'] as const)('is corrupt with %s on all servers', async (parts) => {
    bench.fake.knobs[parts].add(6)
    const second = await another({ [parts]: new Set([6]) })
    await expect(fetched(using(first(), second.url))).rejects.toMatchObject({ kind: 'CORRUPT' })
  })

  it('is gone when an article is missing on all servers in the midst of it', async () => {
    bench.fake.knobs.missingParts.add(6)
    await expect(fetched()).rejects.toMatchObject({ kind: 'FILE_GONE' })
  })

  it('keeps to its share of the connections, and to what the server allows', async () => {
    const roomy = await another()
    expect(await fetched(using(roomy.url))).toBe(true)
    expect(roomy.peak()).toBeLessThanOrEqual(5) // four, and the one of resolve that is just closing
    expect(roomy.peak()).toBeGreaterThan(1)
    const narrow = await another({ connectionCap: 2 })
    expect(await fetched(using(narrow.url))).toBe(true)
  })

  it('takes leave on every connection, also of a download that is broken off', async () => {
    const server = await another()
    const count = (command: string) => server.commands.filter((one) => one === command).length
    expect(await fetched(using(server.url))).toBe(true)
    await server.idle()
    expect(count('QUIT')).toBe(count('AUTHINFO PASS'))
    const ctx = bench.context(using(server.url))
    const source = await adapter.resolve(ctx, bench.ref(link))
    if (source.kind !== 'stream') throw new Error('no stream')
    const stop = new AbortController()
    const stream = await source.open({ start: 0, end: SIZE }, stop.signal)
    await once(stream, 'readable')
    stream.on('error', () => undefined)
    stop.abort(new Error('enough'))
    await server.idle()
    expect(count('QUIT')).toBe(count('AUTHINFO PASS'))
  })

  it('goes on when the server ends connections, and logs in again when it forgets a login', async () => {
    const restless = await another({ commandsPerConnection: 5 })
    expect(await fetched(using(restless.url))).toBe(true)
    const forgetful = await another({ commandsPerLogin: 3 })
    expect(await fetched(using(forgetful.url))).toBe(true)
    const logins = forgetful.commands.filter((command) => command === 'AUTHINFO PASS').length
    expect(logins).toBeGreaterThan(forgetful.peak())
  })

  it('asks for ARTICLE and HEAD where the server has no BODY and STAT', async () => {
    const old = await another({ unknownCommands: new Set(['BODY', 'STAT', 'DATE']) })
    expect(await fetched(using(old.url))).toBe(true)
    expect(await check(using(old.url))).toMatchObject([{ state: 'available', size: SIZE }])
    expect(await adapter.checkAccount?.(bench.context(using(old.url)))).toEqual({ premium: true })
  })

  it('needs no login where the server wants none', async () => {
    const open = await another({ requiresLogin: false })
    expect(await fetched(using(`nntp://127.0.0.1:${open.port}`))).toBe(true)
    expect(open.commands).not.toContain('AUTHINFO USER')
  })

  it('believes BODY, not STAT', async () => {
    const liar = await another({ liesAboutStat: true, missingParts: new Set([4]) })
    expect(await check(using(liar.url))).toMatchObject([{ state: 'available' }])
    await expect(fetched(using(liar.url))).rejects.toMatchObject({ kind: 'FILE_GONE' })
  })

  it('takes name and size from the articles where the subject does not tell', async () => {
    bench.fake.knobs.editNzb = (nzb) => nzb.replace(/subject="[^"]*"/, 'subject="3f9a"')
    expect(await check()).toMatchObject([{ state: 'available', name: 'a.bin', size: SIZE }])
  })

  it('calls a file of articles what they say, whatever an NZB calls it: that is for the links by this NZB', async () => {
    bench.fake.knobs.editNzb = (nzb) => nzb.replaceAll('a.bin', 'FREE Päss/words?.exe')
    const [listed] = (await adapter.expand?.(bench.context(), bench.ref(link.replace(/#.*/, '')))) ?? []
    const ref = bench.ref(listed?.url ?? '')
    expect(ref).toMatchObject({ fileId: bench.ref(link).fileId, ownName: 'words?.exe' })
    expect(ref.canonicalUrl).toBe(bench.ref(link).canonicalUrl)
    expect(await adapter.check(bench.context(), [ref])).toMatchObject([{ name: 'a.bin' }])
    expect(await adapter.resolve(bench.context(), ref)).toMatchObject({ name: 'a.bin' })
    const whole = bench.ref(link.replace(/#.*/, ''))
    expect(await adapter.check(bench.context(), [whole])).toMatchObject([{ name: 'words?.exe' }])
  })

  it('takes an NZB of one file for that file, and does not choose among several', async () => {
    const [one, two] = [link, bench.fake.addFile({ name: 'b.bin', content })]
    expect(await fetched({}, one.replace(/#.*/, ''))).toBe(true)
    const several = bench.ref(bench.fake.addFolder?.({ name: 'two', entries: [one, two] }) ?? '')
    const [info] = await adapter.check(bench.context(), [several])
    expect(info).toMatchObject({ state: 'refused', error: { kind: 'FOLDER' } })
    await expect(adapter.resolve(bench.context(), several)).rejects.toMatchObject({ kind: 'FOLDER' })
  })

  it('does not answer for the server of an NZB, only for its own', async () => {
    const { knobs } = bench.fake
    for (const status of [404, 503]) {
      knobs.nzbAnswer = { status, body: '' }
      await expect(adapter.resolve(bench.context(), bench.ref(link))).rejects.toMatchObject({
        elsewhere: true,
      })
    }
    const closed = bench.ref('http://127.0.0.1:1/a.nzb')
    await expect(adapter.resolve(bench.context(), closed)).rejects.toMatchObject({
      kind: 'HOST_TEMP',
      elsewhere: true,
    })
    knobs.nzbAnswer = undefined
    knobs.replies['BODY'] = '400 going down'
    await expect(fetched()).rejects.toMatchObject({ kind: 'HOST_TEMP', elsewhere: false })
  })

  it('reads an NZB that was uploaded from where it is kept, and knows one that is not there for no link', async () => {
    const nzb = await (await fetch(link)).text()
    const digest = createHash('sha256').update(nzb).digest('hex')
    const kept = (asked: string) => Promise.resolve(asked === digest ? gzipSync(nzb) : undefined)
    const requests = () => bench.fake.calls.filter((call) => call === 'nzb').length
    const before = requests()
    const [file] =
      (await adapter.expand?.(bench.context({ document: kept }), bench.ref(`usenet://nzb/${digest}`))) ?? []
    expect(file).toMatchObject({
      url: `usenet://nzb/${digest}${new URL(link).hash}/a.bin`,
      name: 'a.bin',
      size: SIZE,
    })
    for (const url of [`usenet://nzb/${digest}`, file?.url ?? '']) {
      expect(await fetched({ document: kept }, url)).toBe(true)
    }
    expect(requests()).toBe(before)
    const unknown = bench.ref(`usenet://nzb/${'0'.repeat(64)}`)
    for (const context of [bench.context({ document: kept }), bench.context()]) {
      await expect(adapter.resolve(context, unknown)).rejects.toMatchObject({ kind: 'BAD_URL' })
    }
  })

  it('speaks TLS with a server whose certificate is good for its name', async () => {
    const secure = await another({}, { tls: { key, cert } })
    const named = (name: string) => serverUrl(secure.knobs, secure.port, 'nntps').replace('127.0.0.1', name)
    await expect(fetched(using(named('127.0.0.1')))).rejects.toMatchObject({ kind: 'CONFIG' })
    const resolver = () => Promise.resolve([{ address: '127.0.0.1', family: 4 as const }])
    const http = createHostHttp({ allowNetworks: ['127.0.0.0/8'], resolver, ca: [cert] })
    others.push(http)
    expect(await fetched({ ...using(named('self.test')), http })).toBe(true)
    const wrong = { ...using(named('other.test')), http }
    await expect(fetched(wrong)).rejects.toMatchObject({ kind: 'CONFIG', retryable: false })
    await expect(check(wrong)).rejects.toMatchObject({ kind: 'CONFIG' })
  })
})
