import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { startBench } from '../../conformance/bench.js'
import type { Bench } from '../../conformance/bench.js'
import { createHostHttp } from '@obb/host-http'
import { patternContent } from '../../fake/content.js'
import { fake } from './fake.js'
import type { HttpKnobs } from './fake.js'
import { adapter } from './index.js'

let bench: Bench<HttpKnobs>
let link: string
const SIZE = 100_000

beforeEach(async () => {
  bench = await startBench(adapter, fake)
  link = bench.fake.addFile({ name: 'a.bin', content: patternContent(SIZE) })
})
afterEach(() => bench.close())

const check = async () => {
  const [info] = await adapter.check(bench.context(), [bench.ref(link)])
  if (info?.state !== 'available') throw new Error('the file is not there')
  return info
}
const resolve = async () => {
  const source = await adapter.resolve(bench.context(), bench.ref(link))
  if (source.kind !== 'url') throw new Error('the source is no URL')
  return source
}

describe('Http', () => {
  it('identifies a file by its normalised URL, and by the user info that it took', () => {
    const plain = bench.ref('HTTPS://Files.Example.com:443/A#f')
    expect(plain).toMatchObject({
      fileId: createHash('sha256').update('https://files.example.com/A').digest('hex'),
      canonicalUrl: 'https://files.example.com/A',
      nameHint: 'A',
    })
    expect(plain.secret).toBeUndefined()
    const secret = bench.ref('https://me:p%40ss@files.example.com/A')
    expect(secret).toMatchObject({ canonicalUrl: plain.canonicalUrl, secret: 'me:p@ss' })
    expect(secret.fileId).not.toBe(plain.fileId)
  })

  it('keeps the query apart as it keeps user info, and asks with it', async () => {
    const one = bench.ref('https://files.example.com/A?token=deep-secret')
    const other = bench.ref('https://files.example.com/A?token=another')
    expect(JSON.stringify({ ...one, secret: '' })).not.toContain('deep-secret')
    expect([one.canonicalUrl === other.canonicalUrl, one.fileId === other.fileId]).toEqual([false, false])
    expect(bench.ref(one.canonicalUrl)).toMatchObject({ canonicalUrl: one.canonicalUrl })
    for (const query of ['?token=deep-secret', '?', '?a=%20%3F&b', '??x', '?sha256-x']) {
      for (const user of ['', 'me:p%40ss@', '%3Fme:x@']) {
        const url = new URL(link + query)
        const asked = bench.ref(`${url.protocol}//${user}${url.host}${url.pathname}${url.search}`)
        // As a fetcher knows it: by the canonical URL, and the secret that was sealed.
        const known = {
          ...bench.ref(asked.canonicalUrl),
          ...(asked.secret !== undefined && { secret: asked.secret }),
        }
        const source = await adapter.resolve(bench.context(), known)
        const basic =
          user === '' ? undefined : Buffer.from(decodeURIComponent(user.slice(0, -1))).toString('base64')
        expect(source).toMatchObject({ kind: 'url', url: url.href.replace(/\?$/, '') })
        expect('headers' in source && source.headers?.['authorization']).toBe(basic && `Basic ${basic}`)
      }
    }
  })

  it('asks by HEAD alone, and by the first byte where HEAD does not tell or refuses', async () => {
    expect(await check()).toMatchObject({ size: SIZE, name: 'a.bin' })
    expect(bench.fake.calls.map((call) => call.split(' ')[0])).toEqual(['HEAD'])
    const refusals = [400, 401, 403, 404, 405, 410, 429, 500, 501, 503]
    for (const status of refusals) {
      bench.fake.knobs.headStatus = status
      expect(await check()).toMatchObject({ size: SIZE, name: 'a.bin', resumable: true })
    }
    expect(bench.fake.calls.filter((call) => call.startsWith('GET'))).toHaveLength(refusals.length)
  })

  it('resumes only after a 206 with a validator or a hash', async () => {
    expect(await resolve()).toMatchObject({ resumable: true, maxChunks: 4, userUrl: true, url: link })
    bench.fake.knobs.ignoreRange = true
    expect(await resolve()).toMatchObject({ resumable: false, maxChunks: 1 })
    bench.fake.knobs.ignoreRange = false
    bench.fake.knobs.headers = { etag: 'W/"weak"' }
    const weak = await resolve()
    expect(weak).toMatchObject({ resumable: true, weakValidator: 'W/"weak"' })
    expect(weak.validator).toBeUndefined()
    bench.fake.knobs.headers = { etag: undefined }
    expect(await resolve()).toMatchObject({ resumable: true, validator: 'Thu, 01 Jan 2026 00:00:00 GMT' })
    const now = new Date().toUTCString()
    bench.fake.knobs.headers = { etag: undefined, 'last-modified': now, date: now }
    expect(await resolve()).toMatchObject({ resumable: false })
    bench.fake.knobs.headers = { etag: undefined, 'last-modified': undefined }
    expect(await resolve()).toMatchObject({ resumable: false })
    bench.fake.knobs.headers['repr-digest'] = `sha-256=:${Buffer.alloc(32).toString('base64')}:`
    expect(await resolve()).toMatchObject({ resumable: true })
  })

  it('has another validator when the bytes are others', async () => {
    const before = (await check()).validator
    expect((await check()).validator).toBe(before)
    bench.fake.replaceFile(link, { name: 'a.bin', content: patternContent(SIZE + 1) })
    expect((await check()).validator).not.toBe(before)
    bench.fake.knobs.changingValidator = true
    expect((await check()).validator).not.toBe((await check()).validator)
  })

  it('takes a web page for a file only where the operator says so, and other types always', async () => {
    const { knobs } = bench.fake
    const page = Buffer.from('<!doctype html>'.padEnd(SIZE))
    const content = {
      size: SIZE,
      read: (start: number, end: number) => Readable.from([page.subarray(start, end)]),
    }
    link = bench.fake.addFile({ name: 'a.bin', content })
    knobs.headers = { 'content-type': 'text/html; charset=utf-8', 'content-disposition': undefined }
    await expect(check()).rejects.toMatchObject({ kind: 'BAD_URL' })
    await expect(resolve()).rejects.toMatchObject({ kind: 'BAD_URL' })
    const ctx = bench.context({ switches: new Set(['webPages']) })
    expect(await adapter.check(ctx, [bench.ref(link)])).toMatchObject([{ state: 'available', size: SIZE }])
    expect(await adapter.resolve(ctx, bench.ref(link))).toMatchObject({ isPage: true, size: SIZE })
    knobs.headers = { 'content-type': 'application/json', 'content-disposition': undefined }
    expect(await resolve()).toMatchObject({ isPage: true })
    knobs.headers = { 'content-type': 'text/html' }
    expect(await resolve()).toMatchObject({ isPage: false, name: 'a.bin' })
    knobs.headers = { 'content-type': 'application/xhtml+xml', 'content-disposition': undefined }
    await expect(check()).rejects.toMatchObject({ kind: 'BAD_URL' })
  })

  it('takes an empty file for what it is', async () => {
    link = bench.fake.addFile({ name: 'empty', content: patternContent(0) })
    expect(await check()).toMatchObject({ size: 0 })
    bench.fake.knobs.headStatus = 405
    expect(await check()).toMatchObject({ size: 0 })
    expect(await resolve()).toMatchObject({ size: 0, resumable: false })
  })

  it('sends the user info of the link as Basic', async () => {
    bench.fake.knobs.basic = 'me:p@ss'
    link = link.replace('://', '://me:p%40ss@')
    expect(await check()).toMatchObject({ size: SIZE })
    expect((await resolve()).headers).toEqual({ authorization: `Basic ${btoa('me:p@ss')}` })
  })

  it('reads digests of the whole file only', async () => {
    const { knobs } = bench.fake
    const digest = (algorithm: string) => createHash(algorithm).update('x')
    knobs.headers = { 'repr-digest': `sha-512=:AAAA:, sha-256=:${digest('sha256').digest('base64')}:` }
    expect((await check()).hash).toEqual({ algorithm: 'sha256', value: digest('sha256').digest('hex') })
    knobs.headers = { digest: `MD5=${digest('md5').digest('base64')}` }
    expect((await check()).hash).toEqual({ algorithm: 'md5', value: digest('md5').digest('hex') })
    knobs.headers = { 'content-md5': digest('md5').digest('base64') }
    expect((await check()).hash).toEqual({ algorithm: 'md5', value: digest('md5').digest('hex') })
    knobs.headStatus = 405
    expect((await check()).hash).toBeUndefined()
    knobs.headers = { digest: 'sha-256=nonsense' }
    expect((await check()).hash).toBeUndefined()
  })

  it('guesses by the link when the server tells no name and a redirect ends at a nameless place', async () => {
    bench.fake.knobs.headers = { 'content-disposition': undefined }
    bench.fake.knobs.redirects = 3
    const info = await check()
    expect([info.name, info.nameHint]).toEqual([undefined, 'a.bin'])
    const source = await resolve()
    expect(source.name).toBeUndefined()
  })

  it('takes a server that does not exist for a missing file, and a bad port for a bad link', async () => {
    const resolver = () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))
    const http = createHostHttp({ resolver })
    const [info] = await adapter.check(bench.context({ http }), [bench.ref('http://gone.test/a')])
    expect(info?.state).toBe('gone')
    const refused = adapter.check(bench.context({ http }), [bench.ref('http://1.1.1.1:22/a')])
    await expect(refused).rejects.toMatchObject({ kind: 'BAD_URL' })
    await http.close()
  })
})
