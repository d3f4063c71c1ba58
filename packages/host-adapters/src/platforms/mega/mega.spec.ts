import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { download } from '../../conformance/reference-download.js'
import { contentBytes, patternContent } from '../../fake/content.js'
import { fake } from './fake.js'
import type { MegaKnobs } from './fake.js'
import { adapter } from './index.js'
import { legacyLoginHash, legacyPasswordKey } from './legacy-password.js'
import { solveChallenge } from '../../kit/mega/proof-of-work.js'

const SIZE = 300_007
const content = patternContent(SIZE, 5)
/** KNOWN_V1 are key and hash of a login as the open client megajs 1.3.10 computes them. */
const KNOWN_V1 = {
  email: 'someone@example.test',
  password: 'correct horse battery staple',
  key: '57d978ef82e99ea50ab00045e8614d7b',
  hash: 'aY2y15DbseQ',
}
const TOKEN = randomBytes(48).toString('base64url')
/** Every second try solves it. */
const EASY = `1:255:1700000000:${TOKEN}`

let bench: Bench<MegaKnobs>
let link: string

beforeEach(async () => {
  bench = await startBench(adapter, fake)
  link = bench.fake.addFile({ name: 'a.bin', content })
})
afterEach(() => bench.close())

const check = (...links: string[]) =>
  adapter.check(
    bench.checkContext(),
    links.map((one) => bench.ref(one)),
  )
const resolve = (one = link) => adapter.resolve(bench.context(), bench.ref(one))
const expand = async (one: string) => (await adapter.expand?.(bench.checkContext(), bench.ref(one))) ?? []
const account = () => adapter.checkAccount?.(bench.context())
const change = (to: Partial<MegaKnobs['accounts'][number]>) =>
  bench.fake.knobs.accounts.forEach((one) => Object.assign(one, to))
const calls = (name: string) => bench.fake.calls.filter((call) => call === name).length

describe('Mega: links', () => {
  it('without their key are told from bad ones only by who fetches them', async () => {
    const bare = link.replace(/#.*/, '')
    expect(await check(bare, link)).toMatchObject([
      { state: 'refused', error: { kind: 'BAD_URL' } },
      { state: 'available', name: 'a.bin', size: SIZE },
    ])
    await expect(resolve(bare)).rejects.toMatchObject({ kind: 'BAD_URL' })
  })

  it('with the key of another file are refused before anything is fetched', async () => {
    const other = new URL(bench.fake.addFile({ name: 'b.bin', content })).hash
    const wrong = link.replace(/#.*/, other)
    expect(await check(wrong)).toMatchObject([{ state: 'refused', error: { kind: 'BAD_URL' } }])
    await expect(resolve(wrong)).rejects.toMatchObject({ kind: 'BAD_URL' })
  })

  it('are asked about by 25 in one call', async () => {
    const links = Array.from({ length: 60 }, (_, at) =>
      bench.fake.addFile({ name: `${at}`, content: patternContent(at) }),
    )
    const bodies: number[] = []
    const { http } = bench.checkContext()
    const counting = {
      ...http,
      request: (request: Parameters<typeof http.request>[0]) => {
        bodies.push((request.json as unknown[]).length)
        return http.request(request)
      },
    }
    await adapter.check(
      bench.checkContext({ http: counting }),
      links.map((one) => bench.ref(one)),
    )
    expect(bodies).toEqual([25, 25, 10])
  })
})

describe('Mega: content', () => {
  it('that was stored wrong is noticed by its MAC', async () => {
    const source = await resolve()
    bench.fake.knobs.wrongByte = 200_000
    await expect(download(bench, source, bench.context())).rejects.toMatchObject({ kind: 'CORRUPT' })
    bench.fake.knobs.wrongByte = undefined
    const bytes = await download(bench, source, bench.context())
    expect(bytes.equals(await contentBytes(content))).toBe(true)
  })

  it('of an empty file is nothing, and verified', async () => {
    const source = await resolve(bench.fake.addFile({ name: 'empty', content: patternContent(0) }))
    expect(source.size).toBe(0)
    source.verifier?.().finish()
  })

  it('is served under keys that no answer and no direct link holds', async () => {
    await resolve()
    expect(JSON.stringify(bench.fake.knobs.seen)).not.toContain(new URL(link).hash.slice(1))
    expect(JSON.stringify(bench.fake.knobs.seen)).not.toContain('a.bin')
  })
})

describe('Mega: folders', () => {
  it('give files that are checked and fetched by links with the key of the folder', async () => {
    const inner = bench.fake.addFolder?.({ name: 'inner', entries: [link] }) ?? ''
    const outer = bench.fake.addFolder?.({ name: 'outer', entries: [inner] }) ?? ''
    const [entry] = await expand(outer)
    const nested = entry?.url ?? ''
    expect(entry).toEqual({ url: expect.stringContaining(`${outer}/file/`), name: 'a.bin', size: SIZE })
    expect(
      await check(nested, nested.replace('/file/', '/file/').replace(/.{8}$/, 'Missing1')),
    ).toMatchObject([{ state: 'available', name: 'a.bin', size: SIZE }, { state: 'gone' }])
    const source = await resolve(nested)
    const bytes = await download(bench, source, bench.context())
    expect(bytes.equals(await contentBytes(content))).toBe(true)
  })

  it('are asked for once, however many of their files are checked', async () => {
    const links = [link, bench.fake.addFile({ name: 'b.bin', content: patternContent(9) })]
    const folder = bench.fake.addFolder?.({ name: 'both', entries: links }) ?? ''
    const urls = (await expand(folder)).map(({ url }) => url)
    const before = calls('f')
    expect(await check(...urls)).toMatchObject([{ size: SIZE }, { size: 9 }])
    expect(calls('f')).toBe(before + 1)
  })

  it('show what is below one of their folders', async () => {
    const inner = bench.fake.addFolder?.({ name: 'inner', entries: [link] }) ?? ''
    const beside = bench.fake.addFile({ name: 'b.bin', content: patternContent(9) })
    const outer = bench.fake.addFolder?.({ name: 'outer', entries: [inner, beside] }) ?? ''
    const names = async (one: string) => (await expand(one)).map(({ name }) => name)
    expect(await names(outer)).toEqual(['a.bin', 'b.bin'])
    const [, handle] = /\/folder\/(.{8})/.exec(inner) ?? []
    expect(await names(`${outer}/folder/${handle}`)).toEqual(['a.bin'])
    await expect(expand(`${outer}/folder/Missing1`)).rejects.toMatchObject({ kind: 'FILE_GONE' })
  })

  it('with the key of another folder are bad links', async () => {
    const [one = '', other = ''] = ['one', 'other'].map((name) =>
      bench.fake.addFolder?.({ name, entries: [link] }),
    )
    const wrong = one.replace(/#.*/, new URL(other).hash)
    await expect(expand(wrong)).rejects.toMatchObject({ kind: 'BAD_URL' })
  })
})

describe('Mega: accounts', () => {
  it.each([1, 2] as const)('of version %i log in with what follows from the password', async (version) => {
    change({ version, password: 'a password of more than sixteen characters, ünïcode too' })
    const credentials = {
      email: '  OP@example.TEST ',
      password: bench.fake.knobs.accounts[0]?.password ?? '',
    }
    for (const oldPadding of [false, true]) {
      bench.fake.knobs.oldPadding = oldPadding
      bench.fake.knobs.forgetSessions()
      const ctx = bench.context({ account: { id: 'a', credentials } })
      expect(await adapter.checkAccount?.(ctx)).toMatchObject({ premium: true })
    }
    expect(calls('us')).toBe(2)
  })

  it('that the host does not know a version of are not guessed at', async () => {
    bench.fake.knobs.answers['us0'] = { status: 200, body: [{ v: 3, s: 'c2FsdA' }] }
    await expect(account()).rejects.toMatchObject({ kind: 'UNEXPECTED' })
    expect(calls('us')).toBe(0)
  })

  it('never send their password, nor the key that follows from it', async () => {
    const sent: string[] = []
    const ctx = bench.context()
    const http = {
      ...ctx.http,
      request: (request: Parameters<typeof ctx.http.request>[0]) => {
        sent.push(JSON.stringify(request))
        return ctx.http.request(request)
      },
    }
    await adapter.resolve({ ...ctx, http }, bench.ref(link))
    expect(sent.join()).toContain('op@example.test')
    expect(sent.join()).not.toContain(bench.fake.credentials['password'])
    expect(sent.join()).not.toContain(new URL(link).hash.slice(1))
  })

  it('have left what neither they nor others have used', async () => {
    const GIB = 2 ** 30
    expect(await account()).toEqual({
      premium: true,
      validUntil: 1893456000_000,
      trafficTotal: 1024 * GIB,
      trafficLeft: 1000 * GIB,
    })
    const busy = { utype: 4, mxfer: 1000, caxfer: '100', csxfer: 20, tuo: 3, tua: 4 }
    bench.fake.knobs.answers['uq'] = { status: 200, body: [busy] }
    expect(await account()).toEqual({ premium: true, trafficTotal: 1000, trafficLeft: 873 })
    bench.fake.knobs.answers['uq'] = { status: 200, body: [{ utype: 4, mxfer: 1000, caxfer: 2000 }] }
    expect(await account()).toMatchObject({ trafficLeft: 0 })
    bench.fake.knobs.answers['uq'] = { status: 200, body: [{ utype: 100 }] }
    expect(await account()).toEqual({ premium: true })
  })

  it('that are free, or were paid until now, are not premium', async () => {
    change({ plan: 0 })
    expect(await account()).toEqual({ premium: false })
    change({ plan: 2, paidUntil: bench.clock.now / 1000 })
    expect(await account()).toMatchObject({ premium: false })
  })

  it('of the first version are proven as other clients prove them', async () => {
    const key = await legacyPasswordKey(KNOWN_V1.password)
    expect(key.toString('hex')).toBe(KNOWN_V1.key)
    expect(await legacyLoginHash(KNOWN_V1.email, key)).toBe(KNOWN_V1.hash)
  })
})

describe('Mega under load', () => {
  it('is told to come back by a number, and answers after it', async () => {
    bench.fake.knobs.tryAgain = 1
    await expect(check(link)).rejects.toMatchObject({ kind: 'HOST_TEMP', retryAt: bench.clock.now + 4000 })
    expect(await check(link)).toMatchObject([{ size: SIZE }])
  })

  it('answers who has done the work that it asks for', async () => {
    bench.fake.knobs.challenge = EASY
    expect(await check(link)).toMatchObject([{ size: SIZE }])
    expect(await resolve()).toMatchObject({ size: SIZE })
  })

  it('is given the work that other clients give', async () => {
    const token = Buffer.alloc(48).map((_, at) => at)
    const challenge = `1:194:1700000000:${Buffer.from(token).toString('base64url')}`
    expect(await solveChallenge(challenge, bench.context().signal)).toMatch(/:BAAAAA$/)
  })

  it('is not worked for when nobody waits any more', async () => {
    const stop = new AbortController()
    const work = solveChallenge(`1:0:1700000000:${TOKEN}`, stop.signal)
    stop.abort(new Error('stopped by the caller'))
    await expect(work).rejects.toThrow('stopped by the caller')
  })

  it.each(['', '1', '2:255:1:x', `1:x:1:${TOKEN}`, '1:255:1700000000:c2hvcnQ'])(
    'is left alone with the challenge %j',
    async (challenge) => {
      await expect(solveChallenge(challenge, AbortSignal.abort())).rejects.toMatchObject({
        kind: 'HOST_TEMP',
      })
    },
  )
})

describe('a second factor', () => {
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  const withSecret = (totpSecret: string) => {
    const credentials = { ...bench.fake.credentials, totpSecret }
    return adapter.checkAccount?.(bench.context({ account: { id: 'account-1', credentials } }))
  }

  it('is answered with the code of the moment by who has its secret', async () => {
    bench.fake.knobs.accounts.forEach((one) => (one.secondFactor = secret))
    expect(await withSecret(secret.toLowerCase())).toMatchObject({ premium: true })
  })

  it.each([
    ['JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', 'ACCOUNT_NEEDS_HUMAN'],
    ['no secret', 'CONFIG'],
  ])('is for the operator to see to where its secret is wrong', async (wrong, kind) => {
    bench.fake.knobs.accounts.forEach((one) => (one.secondFactor = secret))
    await expect(withSecret(wrong)).rejects.toMatchObject({ kind })
  })
})
