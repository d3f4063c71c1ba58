import fc from 'fast-check'
import { describe, expect, it } from '@jest/globals'
import type { HostContext } from '../../kit/adapter.js'
import { MemorySession } from '../../conformance/memory-session.js'
import { everythingAbout } from '../../conformance/secrecy.js'
import { HostError } from '../../kit/errors.js'
import * as rapidgator from './index.js'
import { COMMON_REFUSALS } from './refusals.js'

const adapter = rapidgator.adapter({
  id: 'Sample',
  domains: ['sample.example'],
  api: 'https://sample.example/api/v2',
  ids: { file: '\\d{1,20}' },
  lowerCase: true,
  limits: { maxChunks: 5, maxDownloads: 5, resumable: true },
  checkBatchSize: 25,
  refusals: COMMON_REFUSALS,
  facts: [],
  reviewed: '2026-08-22',
})

const credentials = { email: 'hidden-person@example.test', password: 'hidden-password' }

/** A context whose host answers everything with one text, except the login. */
function answering(status: number, text: string): HostContext {
  const login = '{"response":{"token":"hidden-token"},"status":200,"details":null}'
  return {
    http: {
      request: ({ url }) =>
        Promise.resolve(
          url.endsWith('/user/login')
            ? { status: 200, headers: {}, setCookie: [], url, text: login }
            : { status, headers: {}, setCookie: [], url, text },
        ),
      open: () => Promise.reject(new Error('not called')),
      stream: () => Promise.reject(new Error('not called')),
      connect: () => Promise.reject(new Error('not called')),
    },
    origin: () => 'https://sample.example/api/v2',
    account: { id: 'a', credentials },
    session: new MemorySession(() => 0),
    now: () => 0,
    switches: new Set<string>(),
    signal: new AbortController().signal,
  }
}

const ref = adapter.match(new URL('https://sample.example/file/1'))
if (ref === undefined) throw new Error('not a link')

describe('the dialect of RapidGator', () => {
  it('reads an envelope behind a stray character', async () => {
    const text = '1{"response":7,"status":"404","details":"Error"}'
    await expect(adapter.resolve(answering(200, text), ref)).rejects.toMatchObject({ kind: 'FILE_GONE' })
  })

  it('goes by the status of the body before that of HTTP', async () => {
    const file = { mode: 0, name: 'a', hash: null, size: '5' }
    const good = JSON.stringify({ response: { file }, status: 200, details: null })
    expect(await adapter.check(answering(500, good), [ref])).toMatchObject([{ size: 5, state: 'available' }])
    const gone = JSON.stringify({ response: null, status: 404, details: 'Error: File not found' })
    expect(await adapter.check(answering(200, gone), [ref])).toMatchObject([{ state: 'gone' }])
  })

  it('sends credentials and tokens in forms, never in a URL', async () => {
    const urls: string[] = []
    const ctx = answering(200, '{}')
    const http = {
      ...ctx.http,
      request: (request: Parameters<typeof ctx.http.request>[0]) => {
        urls.push(request.url + JSON.stringify(request.query ?? {}))
        return ctx.http.request(request)
      },
    }
    await adapter.checkAccount?.({ ...ctx, http }).catch(() => undefined)
    expect(urls).toHaveLength(2)
    expect(urls.join()).not.toContain('hidden')
  })

  it('ends in a HostError without secrets, or an answer, whatever the host says', async () => {
    const leaf = fc.oneof(
      fc.jsonValue(),
      fc.constantFrom<unknown>('ACCESS', '12', 'hidden-token', -1, 1e300, null),
    )
    const user = fc.record({ is_premium: leaf, premium_end_time: leaf, traffic: leaf }, { requiredKeys: [] })
    const file = fc.record({ mode: leaf, name: leaf, hash: leaf, size: leaf }, { requiredKeys: [] })
    const row = fc.record({ url: fc.oneof(leaf, fc.webUrl()), filename: leaf, size: leaf, status: leaf })
    const response = fc.oneof(
      leaf,
      fc.record({ user }),
      fc.record({ file }),
      fc.array(row),
      fc.record({ file, user, download_url: leaf }),
    )
    const status = fc.constantFrom(200, 401, 402, 404, 423, 500, 503, 999)
    const envelope = fc.record(
      { response, status: fc.oneof(status, leaf), details: leaf },
      { requiredKeys: [] },
    )
    const texts = fc.oneof(
      fc.string({ unit: 'binary' }),
      envelope.map((value) => JSON.stringify(value)),
    )
    const refs = ['1', '2']
      .map((id) => adapter.match(new URL(`https://sample.example/file/${id}`)))
      .filter((ref) => ref !== undefined)
    await fc.assert(
      fc.asyncProperty(status, texts, async (http, text) => {
        for (const call of [
          (ctx: HostContext) => adapter.checkAccount?.(ctx),
          (ctx: HostContext) => adapter.check(ctx, refs.slice(0, 1)),
          (ctx: HostContext) => adapter.check(ctx, refs),
          (ctx: HostContext) => adapter.resolve(ctx, refs[0]!),
        ]) {
          try {
            await call(answering(http, text))
          } catch (error) {
            expect(error).toBeInstanceOf(HostError)
            expect(everythingAbout(error)).not.toContain('hidden')
          }
        }
        const headers = {}
        const meaning = adapter.explainDownload?.({ status: http, headers, text, now: 0 })
        if (typeof meaning === 'object') expect(meaning).toBeInstanceOf(HostError)
      }),
      { numRuns: 300 },
    )
  })
})
