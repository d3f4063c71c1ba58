import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import type { FileRef, HostAdapter } from '../adapter.js'
import { HOST_ERROR_SCOPES, HostError } from '../errors.js'
import type { FakeFile } from '../fake.js'
import { contentBytes, patternContent } from '../fake/content.js'
import type { CannedAnswer } from '../fake/fake-server.js'
import type { TransferKnobs } from '../fake/transfer.js'
import type { Source, UrlSource } from '../source.js'
import { startBench } from './bench.js'
import type { Bench } from './bench.js'
import type { PlatformConformance, RefusalCase } from './platform-conformance.js'
import { download, explain, openUrl } from './reference-download.js'
import { everythingAbout } from './secrecy.js'

const SIZE = 3 * 2 ** 20 + 17
const FILE: FakeFile = {
  name: 'a file – ünïcode.bin',
  content: patternContent(SIZE, 7),
  md5: '9e107d9d372bb6826bd81d3542a419d6',
}

/**
 * What every platform owes the core, held against its stand-in over real sockets. `others` are all other
 * platforms. An adapter is excused from resuming by `limits.resumable: false`, and from nothing else.
 */
export function describeConformance<Knobs extends TransferKnobs>(
  adapter: HostAdapter,
  platform: PlatformConformance<Knobs>,
  others: readonly HostAdapter[],
): void {
  const { manifest } = adapter
  let bench: Bench<Knobs>
  let link: string
  let file: FileRef
  const errors: unknown[] = []
  const secrets = new Set<string>()

  /** The HostError that `work` ends in; kept, to look for secrets in all of them at the end. */
  async function failure(work: Promise<unknown>): Promise<HostError> {
    const error: unknown = await work.then(
      (value) => new Error(`expected a refusal, got ${JSON.stringify(value)}`),
      (reason: unknown) => reason,
    )
    errors.push(error)
    if (bench.session.token !== undefined) secrets.add(bench.session.token)
    if (!(error instanceof HostError)) throw error
    return error
  }
  const check = (refs: readonly FileRef[] = [file]) => adapter.check(bench.context(), refs)
  const resolve = () => adapter.resolve(bench.context(), file)
  const logins = () => bench.fake.calls.filter((call) => call === platform.sessions?.loginCall).length
  const chargingCalls = () => bench.fake.calls.filter((call) => platform.chargingCalls.test(call))

  beforeEach(async () => {
    bench = await startBench(adapter, platform.fake)
    link = bench.fake.addFile(FILE)
    file = bench.ref(link)
    for (const secret of Object.values(bench.fake.credentials)) secrets.add(secret)
  })
  afterEach(() => bench.close())

  describe(`${manifest.id}: links`, () => {
    it('are claimed in every spelling, and all spellings are one file', () => {
      for (const { kind, spellings } of platform.links) {
        const refs = spellings.map((spelling) => adapter.match(new URL(spelling)))
        expect(refs.map((ref) => ref?.kind)).toEqual(spellings.map(() => kind))
        expect(new Set(refs.map((ref) => ref?.fileId)).size).toBe(1)
        expect(new Set(refs.map((ref) => ref?.canonicalUrl)).size).toBe(1)
      }
    })

    it('have a canonical URL that is itself a link of the same file', () => {
      for (const spelling of platform.links.flatMap(({ spellings }) => spellings)) {
        const ref = adapter.match(new URL(spelling))
        const again = adapter.match(new URL(ref?.canonicalUrl ?? ''))
        expect(again?.canonicalUrl).toBe(ref?.canonicalUrl)
        if (ref?.secret === undefined) expect(again?.fileId).toBe(ref?.fileId)
      }
    })

    it('of other kinds are left alone', () => {
      for (const foreign of platform.foreign)
        expect([foreign, adapter.match(new URL(foreign))]).toEqual([foreign, undefined])
    })

    it('are claimed by no other platform', () => {
      if (manifest.catchAll) return
      const specific = others.filter((other) => !other.manifest.catchAll)
      for (const spelling of platform.links.flatMap(({ spellings }) => spellings)) {
        for (const other of specific) expect(other.match(new URL(spelling))).toBeUndefined()
      }
    })
  })

  describe(`${manifest.id}: check`, () => {
    it('tells name and exact size, and never charges', async () => {
      expect(await check()).toMatchObject([
        { fileId: file.fileId, state: 'available', name: FILE.name, size: SIZE },
      ])
      expect(chargingCalls()).toEqual([])
    })

    it('answers in order, gone files among them, beyond the size of a batch', async () => {
      const count = manifest.checkBatchSize === 1 ? 3 : manifest.checkBatchSize * 2 + 1
      const links = Array.from({ length: count }, (_, at) =>
        bench.fake.addFile({ name: `${at}.bin`, content: patternContent(at * 1000) }),
      )
      const gone = (at: number): boolean => at % 3 === 1
      links.forEach((one, at) => gone(at) && bench.fake.removeFile(one))
      const infos = await check(links.map((one) => bench.ref(one)))
      const seen = infos.map((info) =>
        info.state === 'available'
          ? [info.fileId, info.state, info.size, info.name]
          : [info.fileId, info.state, undefined, undefined],
      )
      const expected = links.map((one, at) =>
        gone(at)
          ? [bench.ref(one).fileId, 'gone', undefined, undefined]
          : [bench.ref(one).fileId, 'available', at * 1000, `${at}.bin`],
      )
      expect(seen).toEqual(expected)
      expect(chargingCalls()).toEqual([])
    })

    it('notices that a file has got another size', async () => {
      bench.fake.replaceFile(link, { ...FILE, content: patternContent(SIZE + 1) })
      expect(await check()).toMatchObject([{ size: SIZE + 1 }])
    })
  })

  describe(`${manifest.id}: download`, () => {
    it('hands out the whole file', async () => {
      const source = await resolve()
      expect(source.size).toBe(SIZE)
      expect(await sameBytes(await fetchFrom(source))).toBe(true)
    })

    it('goes on at any offset, the last byte included', async () => {
      if (!manifest.limits.resumable) return
      const source = await resolve()
      expect(source.resumable).toBe(true)
      for (const start of [1, 65_535, 65_536, SIZE >> 1, SIZE - 1]) {
        expect([start, await sameBytes(await fetchFrom(source, start), start)]).toEqual([start, true])
      }
    })

    it('survives a connection that is cut inside the body', async () => {
      const source = await resolve()
      bench.fake.knobs.cutAtByte = 1_000_003
      expect(await sameBytes(await fetchFrom(source))).toBe(true)
    })

    it('survives a server that ignores ranges', async () => {
      const source = await resolve()
      bench.fake.knobs.ignoreRange = true
      expect(await sameBytes(await fetchFrom(source, 1000), 1000)).toBe(true)
    })

    it('survives a slow trickle', async () => {
      const source = await resolve()
      bench.fake.knobs.bytesPerSecond = 40_000
      const start = SIZE - 10_000
      expect(await sameBytes(await fetchFrom(source, start), start)).toBe(true)
    })

    it.each([-1, 1])('notices a body that is %i byte too long', async (bodyDelta) => {
      const source = await resolve()
      bench.fake.knobs.bodyDelta = bodyDelta
      expect((await failure(fetchFrom(source))).kind).toBe('CORRUPT')
    })

    it('notices an answer about another range', async () => {
      const source = await resolve()
      bench.fake.knobs.wrongContentRange = true
      expect((await failure(fetchFrom(source, 10))).kind).toBe('CORRUPT')
    })

    const fetchFrom = (source: Source, start = 0) => download(bench, source, bench.context(), start)
    const sameBytes = async (bytes: Buffer, start = 0) =>
      bytes.equals(await contentBytes(FILE.content, start))
  })

  describe(`${manifest.id}: abort`, () => {
    it('closes the connection of a download within a second', async () => {
      const source = await resolve()
      bench.fake.knobs.bytesPerSecond = 10_000
      const stop = new AbortController()
      const { body } = await openUrl(bench, urlOf(source), bench.context({ signal: stop.signal }), {})
      body.resume()
      stop.abort()
      await closed(() => bench.fake.connections() === 0)
      expect(body.destroyed).toBe(true)
    })

    it.each(['check', 'resolve'] as const)('ends a %s that waits for the host', async (call) => {
      bench.fake.knobs.delayMs = 60_000
      const stop = new AbortController()
      const ctx = bench.context({ signal: stop.signal })
      const work = call === 'check' ? adapter.check(ctx, [file]) : adapter.resolve(ctx, file)
      const ended = work.then(
        () => 'answered',
        (error: unknown) => error,
      )
      await closed(() => bench.fake.connections() > 0)
      stop.abort(new Error('stopped by the caller'))
      expect(await ended).toMatchObject({ message: 'stopped by the caller' })
      await closed(() => bench.fake.connections() === 0)
    })

    /** Within a second, or the test fails. */
    async function closed(done: () => boolean): Promise<void> {
      const deadline = Date.now() + 1000
      while (!done() && Date.now() < deadline) await new Promise((next) => setImmediate(next))
      expect(done()).toBe(true)
    }
  })

  describe(`${manifest.id}: refusals`, () => {
    it.each(platform.refusals)('$during: $name is $expected', async (refusal) => {
      const outcome = await provoke(refusal)
      if (typeof outcome === 'string') return expect(outcome).toBe(refusal.expected)
      expect(outcome.kind).toBe(refusal.expected)
      expect(outcome.scope).toBe(HOST_ERROR_SCOPES[outcome.kind])
      if (refusal.retryAfterMs !== undefined)
        expect(outcome.retryAt).toBe(bench.clock.now + refusal.retryAfterMs)
    })

    async function provoke({ during, arrange }: RefusalCase<Knobs>): Promise<HostError | string> {
      const ctx = bench.context()
      if (during !== 'download') arrange(bench.fake, link)
      if (during === 'checkAccount') return failure(adapter.checkAccount?.(ctx) ?? Promise.resolve())
      if (during === 'resolve') return failure(adapter.resolve(ctx, file))
      if (during === 'check') {
        const work = adapter.check(ctx, [file])
        const [info] = await work.catch(() => [undefined])
        return info === undefined ? failure(work) : info.state
      }
      const source = await adapter.resolve(ctx, file)
      arrange(bench.fake, link)
      const meaning = await explain(
        bench,
        await openUrl(bench, urlOf(source), ctx, { range: 'bytes=0-' }),
        ctx,
      )
      errors.push(meaning)
      return meaning
    }

    it('cover every row of the table', () => {
      const texts = errors.map(everythingAbout)
      const missing = platform.table.filter((row) => !texts.some((text) => text.includes(row.message)))
      expect(missing).toEqual([])
    })

    it('of too many requests take both forms of Retry-After', async () => {
      const inTwoMinutes = new Date(bench.clock.now + 120_000).toUTCString()
      for (const retryAfter of ['120', inTwoMinutes]) {
        const answer: CannedAnswer = { status: 429, body: '', headers: { 'retry-after': retryAfter } }
        platform.answerAll(bench.fake, answer)
        const error = await failure(check())
        expect(error).toMatchObject({ kind: platform.tooManyRequests, retryAt: bench.clock.now + 120_000 })
      }
    })
  })

  const { sessions, api, secretLink } = platform
  if (sessions !== undefined) {
    describe(`${manifest.id}: sessions`, () => {
      it('are shared by ten callers who log in once', async () => {
        await Promise.all(Array.from({ length: 10 }, () => check()))
        expect(logins()).toBe(1)
      })

      it('that the host forgets are healed by exactly one login for all callers', async () => {
        await check()
        sessions.forget(bench.fake)
        await Promise.all(Array.from({ length: 10 }, () => check()))
        expect(logins()).toBe(2)
      })

      it('that run out between calls are healed too', async () => {
        sessions.limit(bench.fake, 1)
        for (let calls = 1; calls <= 3; calls++) {
          expect(await check()).toHaveLength(1)
          expect(logins()).toBe(calls)
        }
      })

      it('that the host never accepts end in ACCOUNT_INVALID after one more login', async () => {
        sessions.limit(bench.fake, 0)
        expect((await failure(check())).kind).toBe('ACCOUNT_INVALID')
        expect(logins()).toBe(2)
      })

      it('need credentials', async () => {
        const ctx = bench.context({ account: { id: 'account-1', credentials: {} } })
        expect((await failure(adapter.check(ctx, [file]))).kind).toBe('CONFIG')
      })
    })
  }

  if (api !== undefined) {
    describe(`${manifest.id}: answers of the API`, () => {
      it('may state numbers as strings', async () => {
        const [before] = await check()
        const account = await adapter.checkAccount?.(bench.context())
        api.numbersAsStrings(bench.fake)
        expect(await check()).toEqual([before])
        expect(await adapter.checkAccount?.(bench.context())).toEqual(account)
      })

      it('may be a maintenance page', async () => {
        for (const status of [200, 503]) {
          platform.answerAll(bench.fake, { status, body: api.maintenance })
          expect((await failure(check())).kind).toBe('HOST_DOWN')
        }
      })

      it.each([
        '',
        '{',
        'null',
        '[]',
        '{}',
        '"x"',
        '1',
        '<html></html>',
        '{"status":200}',
        '{"response":{"file":7},"status":200}',
      ])('may be %j, which is refused as a HostError', async (body) => {
        for (const call of [() => check(), () => resolve(), () => adapter.checkAccount?.(bench.context())]) {
          platform.answerAll(bench.fake, { status: 200, body })
          expect((await failure(Promise.resolve(call()))).kind).toMatch(/^(UNEXPECTED|HOST_TEMP|HOST_DOWN)$/)
        }
      })
    })
  }

  describe(`${manifest.id}: secrets`, () => {
    it('of a link are kept apart and appear in no error', async () => {
      if (secretLink === undefined) return
      const { link: withSecret, secrets: own } = secretLink(link)
      const ref = bench.ref(withSecret)
      for (const secret of own) expect(ref.canonicalUrl).not.toContain(secret)
      platform.answerAll(bench.fake, { status: 503, body: '' })
      await failure(adapter.check(bench.context(), [ref]))
      await bench.fake.close()
      await failure(adapter.resolve(bench.context(), ref))
      for (const secret of own) secrets.add(secret)
    })

    it('appear in no error when the host is away', async () => {
      await bench.fake.close()
      expect((await failure(check())).kind).toBe('HOST_TEMP')
      expect((await failure(resolve())).kind).toBe('HOST_TEMP')
    })

    it('appear in none of the errors of this suite', () => {
      expect(errors.length).toBeGreaterThan(platform.refusals.length / 2)
      const texts = errors.map(everythingAbout)
      expect([...secrets].filter((secret) => texts.some((text) => text.includes(secret)))).toEqual([])
    })
  })
}

function urlOf(source: Source): UrlSource {
  if (source.kind !== 'url') throw new Error('the source is no URL')
  return source
}
