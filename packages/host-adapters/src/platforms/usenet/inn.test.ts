import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { innAvailable, startInn } from '@obb/testing/inn'
import type { TestInn } from '@obb/testing/inn'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { download } from '../../conformance/reference-download.js'
import { contentBytes, patternContent } from '../../fake/content.js'
import { type HostHttp, createHostHttp } from '@obb/host-http'
import { cert, key } from '@obb/host-http/testing'
import type { ByteRange } from '../../kit/source.js'
import { fake } from './fake.js'
import type { UsenetKnobs } from './fake.js'
import { adapter } from './index.js'

const SIZE = 3_000_001
const PART = 700_000
const describeWithInn = innAvailable() ? describe : describe.skip

describeWithInn('Usenet from a real news server (needs INN, Debian inn2)', () => {
  const content = patternContent(SIZE, 5)
  let inn: TestInn
  let bench: Bench<UsenetKnobs>
  let whole: string
  let incomplete: string

  /** The articles of the link's file that are not posted yet; the stand-in has only the NZB to give. */
  const post = async (messageIds: Iterable<string>): Promise<void> => {
    const articles: [string, Buffer][] = []
    for (const id of messageIds) {
      const article = bench.fake.knobs.articles.get(id)
      if (article !== undefined) articles.push([id, await article.body()])
    }
    await inn.post(articles)
  }

  beforeAll(async () => {
    inn = await startInn({ cert, key })
    bench = await startBench(adapter, fake)
    const { knobs } = bench.fake
    knobs.partBytes = PART
    whole = bench.fake.addFile({ name: 'a.bin', content })
    await post(knobs.articles.keys())
    knobs.articles.clear()
    incomplete = bench.fake.addFile({ name: 'b.bin', content: patternContent(SIZE, 6) })
    await post([...knobs.articles].filter(([, { part }]) => part !== 3).map(([id]) => id))
  })
  afterAll(async () => {
    await bench?.close()
    await inn?.stop()
  })

  const context = (url = inn.url) =>
    bench.context({ account: { id: 'account-1', credentials: { servers: `${url}?connections=9` } } })

  it('logs in, and is told a wrong password', async () => {
    expect(await adapter.checkAccount?.(context())).toEqual({ premium: true })
    const wrong = adapter.checkAccount?.(context(inn.url.replace('-secret', '-wrong')))
    await expect(wrong).rejects.toMatchObject({ kind: 'ACCOUNT_INVALID' })
  })

  it('arrives byte by byte as it was posted, from any offset', async () => {
    const ctx = context()
    expect(await adapter.check(ctx, [bench.ref(whole)])).toMatchObject([
      { state: 'available', name: 'a.bin', size: SIZE },
    ])
    const source = await adapter.resolve(ctx, bench.ref(whole))
    for (const start of [0, PART - 1, PART, SIZE - 1]) {
      const bytes = await download(bench, source, ctx, start)
      expect(bytes.equals(await contentBytes(content, start))).toBe(true)
    }
  })

  describe('over TLS', () => {
    const resolver = () => Promise.resolve([{ address: '127.0.0.1', family: 4 as const }])
    const trusting = createHostHttp({ allowNetworks: ['127.0.0.0/8'], resolver, ca: [cert] })
    const wary = createHostHttp({ allowNetworks: ['127.0.0.0/8'], resolver })
    afterAll(() => Promise.all([trusting.close(), wary.close()]))

    const overTls = (http: HostHttp, host: string) => {
      const { password, username } = new URL(inn.url)
      const servers = `nntps://${username}:${password}@${host}:${inn.tlsPort}?connections=9`
      return bench.context({ http, account: { id: 'account-1', credentials: { servers } } })
    }

    it('arrives byte by byte', async () => {
      const ctx = overTls(trusting, 'self.test')
      expect(await adapter.checkAccount?.(ctx)).toEqual({ premium: true })
      expect(await adapter.check(ctx, [bench.ref(whole)])).toMatchObject([{ state: 'available', size: SIZE }])
      const source = await adapter.resolve(ctx, bench.ref(whole))
      for (const start of [0, PART]) {
        const bytes = await download(bench, source, ctx, start)
        expect(bytes.equals(await contentBytes(content, start))).toBe(true)
      }
    })

    it('is refused, before anybody logs in, with a certificate that is not trusted or of another name', async () => {
      for (const ctx of [overTls(wary, 'self.test'), overTls(trusting, 'other.test')]) {
        await expect(adapter.checkAccount?.(ctx)).rejects.toMatchObject({ kind: 'CONFIG', retryable: false })
        await expect(adapter.resolve(ctx, bench.ref(whole))).rejects.toMatchObject({ kind: 'CONFIG' })
      }
    })
  })

  it('is gone when nothing of it was ever posted', async () => {
    const absent = bench.ref(bench.fake.addFile({ name: 'c.bin', content }))
    expect(await adapter.check(context(), [absent])).toMatchObject([{ state: 'gone' }])
    await expect(adapter.resolve(context(), absent)).rejects.toMatchObject({ kind: 'FILE_GONE' })
  })

  it('has zeros, and tells where, when an article in the midst of it is missing', async () => {
    const ctx = context()
    expect(await adapter.check(ctx, [bench.ref(incomplete)])).toMatchObject([
      { state: 'available', size: SIZE },
    ])
    const source = await adapter.resolve(ctx, bench.ref(incomplete))
    if (source.kind !== 'stream') throw new Error('no stream')
    const gaps: ByteRange[] = []
    const onGap = (gap: ByteRange) => Promise.resolve(void gaps.push(gap))
    const bytes = await buffer(await source.open({ start: 0, end: SIZE }, ctx.signal, onGap))
    const holed = Buffer.from(await contentBytes(patternContent(SIZE, 6))).fill(0, 2 * PART, 3 * PART)
    expect([bytes.equals(holed), gaps]).toEqual([true, [{ start: 2 * PART, end: 3 * PART }]])
    await expect(download(bench, source, ctx)).rejects.toMatchObject({ kind: 'FILE_GONE' })
  })
})
