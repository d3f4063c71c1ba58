import { afterEach, describe, expect, it } from '@jest/globals'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { contentDigest, patternContent } from '../../fake/content.js'
import { PROBE, fake } from './fake.js'
import type { XfsKnobs } from './fake.js'
import * as xfilesharing from './index.js'
import type { Site } from './site.js'

const SITE: Site = {
  id: 'Sample',
  domains: ['sample.test', 'other.test'],
  api: 'https://sample.test/api',
  maxChunks: 4,
  maxDownloads: 5,
  facts: [],
  reviewed: '2026-08-22',
}
/** RICH is where send.now differs from the others. */
const RICH: Partial<Site> = { listsAllFiles: true, trafficGrantsDownloads: true }
const DAY = 86_400_000
const HOUR = 3_600_000
const GIB = 2 ** 30

let bench: Bench<XfsKnobs>

async function start(changes: Partial<Site> = {}): Promise<Bench<XfsKnobs>> {
  const site = { ...SITE, ...changes }
  bench = await startBench(xfilesharing.adapter(site), fake(site))
  return bench
}
const add = (name = 'a.bin', size = 1000) => bench.fake.addFile({ name, content: patternContent(size) })
const account = () => bench.adapter.checkAccount?.(bench.context())
const check = (...links: string[]) =>
  bench.adapter.check(
    bench.context(),
    links.map((link) => bench.ref(link)),
  )
const stamp = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ')

afterEach(() => bench.close())

describe('an account at a site of the script', () => {
  it('has its remaining time on the clock of the site', async () => {
    const { clock, fake } = await start()
    for (const clockAheadMs of [0, 5 * HOUR, -8 * HOUR]) {
      Object.assign(fake.knobs, { clockAheadMs, premiumExpire: stamp(clock.now + clockAheadMs + DAY) })
      expect(await account()).toEqual({ premium: true, validUntil: clock.now + DAY })
    }
    fake.knobs.clockAheadMs = 5 * HOUR
    fake.knobs.premiumExpire = stamp(clock.now + 4 * HOUR)
    expect(await account()).toEqual({ premium: false })
  })

  it('may have its expiry misspelt, or one so far away that it is for life', async () => {
    const { fake } = await start()
    Object.assign(fake.knobs, { misspeltExpiry: true, premiumExpire: '2040-01-01 00:00:00' })
    expect(await account()).toEqual({ premium: true, validUntil: Infinity })
  })

  it.each(['2026-08-21 00:00:00', '0000-00-00 00:00:00', null])(
    'is free with the expiry %j',
    async (expiry) => {
      const { fake } = await start()
      fake.knobs.premiumExpire = expiry
      expect(await account()).toEqual({ premium: false })
      expect(fake.calls).toEqual(['account/info'])
    },
  )

  it.each([
    [{}, 'on', true],
    [{ premium: '1' }, 'on', true],
    [{ premium: '0' }, 'on', false],
    [{}, 'premium', 'ACCOUNT_NOT_PREMIUM'],
    [{}, 'off', 'CAPABILITY_OFF'],
  ] as const)(
    'without an expiry, stating %j, with direct links %s: %s',
    async (result, directLinks, expected) => {
      const { fake } = await start()
      Object.assign(fake.knobs, { directLinks, premiumExpire: null })
      fake.knobs.answers['account/info'] = { status: 200, body: { status: 200, msg: 'OK', result } }
      const outcome = await account()?.catch((error: unknown) => error)
      expect(outcome).toMatchObject(typeof expected === 'string' ? { kind: expected } : { premium: expected })
    },
  )

  it.each([
    ['text', {}, 1000 * GIB],
    ['unquoted', {}, 1000 * GIB],
    ['bytes', {}, 1000 * GIB],
    ['MB', { trafficUnit: 'MB' }, 1000 * GIB],
    ['absent', {}, undefined],
  ] as const)('has its traffic stated as %s', async (traffic, site, expected) => {
    const { fake } = await start(site)
    for (const numbersAsStrings of [false, true]) {
      Object.assign(fake.knobs, { traffic, numbersAsStrings })
      expect((await account())?.trafficLeft).toBe(expected)
    }
  })

  it('may download by bought traffic where the site goes by that', async () => {
    const { fake } = await start(RICH)
    fake.knobs.premiumExpire = '2020-01-01 00:00:00'
    expect(await account()).toEqual({ premium: true, trafficLeft: 1000 * GIB })
    fake.knobs.trafficLeft = 0
    expect(await account()).toEqual({ premium: false, trafficLeft: 0 })
    fake.knobs.premiumExpire = '2027-08-22 00:00:00'
    expect(await account()).toMatchObject({ premium: true, trafficLeft: 0 })
  })

  it('is probed without a file', async () => {
    const { fake } = await start()
    await account()
    expect(fake.calls).toEqual(['account/info', PROBE])
    for (const [status, msg] of [
      [200, 'uploading'],
      [400, 'Invalid file codes'],
      [404, 'no file'],
    ] as const) {
      fake.knobs.answers[PROBE] = { status: 200, body: { status, msg } }
      expect(await account()).toMatchObject({ premium: true })
    }
    fake.knobs.answers[PROBE] = { status: 200, body: { status: 403, msg: 'Not enabled' } }
    await expect(account()).rejects.toMatchObject({ kind: 'CAPABILITY_OFF' })
  })

  it('needs a key', async () => {
    await start()
    const ctx = bench.context({ account: { id: 'account-1', credentials: {} } })
    await expect(bench.adapter.check(ctx, [bench.ref(add())])).rejects.toMatchObject({ kind: 'CONFIG' })
    expect(bench.fake.calls).toEqual([])
  })

  it('is not blamed for a page of a proxy', async () => {
    const { fake } = await start()
    fake.knobs.apiAnswer = { status: 403, body: '<!DOCTYPE html><title>Just a moment...</title>' }
    await expect(account()).rejects.toMatchObject({ kind: 'HOST_DOWN' })
  })

  it('whose key is not known any more is told from one without direct links', async () => {
    const { fake } = await start()
    const link = add()
    const resolve = () => bench.adapter.resolve(bench.context(), bench.ref(link))
    fake.knobs.answers['file/direct_link'] = { status: 200, body: { status: 403, msg: 'Wrong auth' } }
    await expect(resolve()).rejects.toMatchObject({ kind: 'CAPABILITY_OFF' })
    fake.knobs.answers['account/info'] = { status: 200, body: { status: 403, msg: 'Wrong auth' } }
    await expect(resolve()).rejects.toMatchObject({ kind: 'ACCOUNT_INVALID' })
  })
})

describe('a check at a site of the script', () => {
  it('states the name as people read it, and SHA-256 where there is one', async () => {
    await start(RICH)
    const content = patternContent(1000)
    const sha256 = await contentDigest(content, 'sha256')
    const link = bench.fake.addFile({ name: `Tom & "Jerry"'s.bin`, content, sha256 })
    expect(await check(link)).toEqual([
      {
        fileId: bench.ref(link).fileId,
        state: 'available',
        name: `Tom & "Jerry"'s.bin`,
        size: 1000,
        hash: { algorithm: 'sha256', value: sha256 },
      },
    ])
  })

  it('of a file that is left out says nothing, or gone where all files are listed', async () => {
    for (const [site, expected] of [
      [{}, 'available'],
      [RICH, 'gone'],
    ] as const) {
      await bench?.close()
      await start(site)
      bench.fake.knobs.ownFilesOnly = true
      const link = add()
      expect(await check(link)).toEqual([{ fileId: bench.ref(link).fileId, state: expected }])
    }
  })

  it('refuses a withheld file without harm to the others of its batch', async () => {
    const { fake } = await start()
    const [first, second] = [add('1'), add('2')]
    const rows = [first, second].map((link, at) => ({
      file_code: bench.ref(link).fileId,
      status: at ? 451 : 200,
    }))
    fake.knobs.answers['file/info'] = { status: 200, body: { status: 200, msg: 'OK', result: rows } }
    expect(await check(first, second)).toMatchObject([
      { state: 'available' },
      { state: 'refused', error: { kind: 'FILE_BLOCKED' } },
    ])
  })

  it('asks one by one when a whole batch is refused over a file', async () => {
    const { fake } = await start()
    const links = [add('1'), add('2'), add('3')]
    fake.knobs.answers['file/info'] = { status: 200, body: { status: 404, msg: 'no file' } }
    expect(await check(...links)).toMatchObject(links.map(() => ({ state: 'gone' })))
    expect(fake.calls).toHaveLength(4)
  })

  it('asks for fifty at once and for short links alone, and answers in order', async () => {
    const { fake } = await start(RICH)
    const links = Array.from({ length: 51 }, (_, at) => add(`${at}`, at))
    const short = fake.knobs.shorten(links[7] ?? '')
    const asked = [...links.slice(0, 3), short, ...links.slice(3)]
    const infos = await check(...asked)
    expect(infos.map((info) => (info.state === 'available' ? info.name : info.state))).toEqual([
      ...['0', '1', '2', '7'],
      ...Array.from({ length: 48 }, (_, at) => `${at + 3}`),
    ])
    expect(infos[3]?.fileId).toBe(bench.ref(short).fileId)
    expect(fake.calls).toEqual(['file/info', 'file/info', 'file/info'])
  })
})

describe('a direct link of a site of the script', () => {
  it.each([undefined, 'map', 'list'] as const)(
    'is the original where there are several (%s)',
    async (video) => {
      const { fake } = await start()
      fake.knobs.video = video
      const source = await bench.adapter.resolve(bench.context(), bench.ref(add()))
      expect(source).toMatchObject({ kind: 'url', size: 1000, resumable: true })
    },
  )

  it('is given for a short link', async () => {
    const { fake } = await start(RICH)
    const short = fake.knobs.shorten(add())
    const source = await bench.adapter.resolve(bench.context(), bench.ref(short))
    expect(source).toMatchObject({ size: 1000 })
  })

  it('takes no more connections than the site has, and runs out', async () => {
    const { fake, http } = await start({ maxChunks: 1 })
    const source = await bench.adapter.resolve(bench.context(), bench.ref(add('a', 2 ** 20)))
    const url = source.kind === 'url' ? source.url : ''
    fake.knobs.bytesPerSecond = 1000
    const first = await http.open({ url })
    const second = await http.request({ url })
    const explained = (answer: typeof second) =>
      bench.adapter.explainDownload?.({ ...answer, now: bench.clock.now })
    expect(explained(second)).toMatchObject({ kind: 'ACCOUNT_BUSY', retryAt: bench.clock.now + 300_000 })
    first.body.destroy()

    fake.knobs.linkRequests = 0
    const other = await bench.adapter.resolve(bench.context(), bench.ref(add('b')))
    const late = await http.request({ url: other.kind === 'url' ? other.url : '' })
    expect([late.status, late.text]).toEqual([200, 'Expired'])
    expect(explained(late)).toMatchObject({ kind: 'LINK_EXPIRED' })
    expect(bench.adapter.explainDownload?.({ ...late, text: 'a file', headers: {}, now: 0 })).toBeUndefined()
  })
})
