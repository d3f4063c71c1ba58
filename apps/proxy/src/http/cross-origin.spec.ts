import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { LINK, pattern, Rig } from '../testing/rig.js'

const FILE = pattern(200_000)
const ORIGIN = { origin: 'https://page.example' }
const PREFLIGHT = {
  ...ORIGIN,
  'access-control-request-method': 'GET',
  'access-control-request-headers': 'if-range,range',
}

let rig: Rig
beforeEach(async () => {
  rig = await Rig.start()
  await rig.put(FILE)
})
afterEach(() => rig.stop())

describe('a page of any origin', () => {
  it.each<[string, number, string, Record<string, string>, string]>([
    ['a file', 200, 'GET', {}, LINK],
    ['its head', 200, 'HEAD', {}, LINK],
    ['a small range', 206, 'GET', { range: 'bytes=0-9' }, LINK],
    ['a large one', 206, 'GET', { range: 'bytes=0-199998' }, LINK],
    ['several', 206, 'GET', { range: 'bytes=0-9,20-29' }, LINK],
    ['a range behind the end', 416, 'GET', { range: 'bytes=200000-' }, LINK],
    ['a condition that does not hold', 412, 'GET', { 'if-match': '"x"' }, LINK],
    ['a link that is not there', 404, 'GET', {}, 'x'.repeat(24)],
    ['a path that is not there', 404, 'GET', {}, `${LINK}/a/b`],
    ['a malformed path', 400, 'GET', {}, `${LINK}/%zz`],
    ['a Metalink', 200, 'GET', {}, `${LINK}/x.meta4`],
  ])('may read %s, and its fields', async (_name, code, method, headers, path) => {
    const answer = await rig.ask(`/download/${path}`, { ...ORIGIN, ...headers }, method)
    expect(answer.status).toBe(code)
    expect(answer.headers['access-control-allow-origin']).toBe('*')
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials')
    const exposed = String(answer.headers['access-control-expose-headers']).toLowerCase().split(', ')
    const readable = ['cache-control', 'content-language', 'content-length', 'content-type', 'expires']
    readable.push('last-modified', 'pragma')
    const unread = /^(access-control-|connection|content-security|keep-alive|vary|x-content-type)/
    for (const name of Object.keys(answer.headers)) {
      if (!unread.test(name)) expect([...exposed, ...readable]).toContain(name)
    }
  })

  it('may go on where it was: its preflight is answered without a look at the link', async () => {
    for (const path of [`/download/${LINK}/film.mkv`, `/download/${'x'.repeat(24)}`]) {
      const { status, headers, body } = await rig.ask(path, PREFLIGHT, 'OPTIONS')
      expect([status, body.length]).toEqual([204, 0])
      expect(headers['access-control-allow-origin']).toBe('*')
      expect(headers['access-control-allow-methods']).toBe('GET, HEAD')
      for (const field of ['range', 'if-range', 'authorization']) {
        expect(String(headers['access-control-allow-headers']).toLowerCase().split(', ')).toContain(field)
      }
      expect(Number(headers['access-control-max-age'])).toBeGreaterThan(0)
    }
    expect(rig.downloads.asked).toEqual([])
  })

  it('gets no preflight answered for what is not there, nor OPTIONS without a question', async () => {
    expect((await rig.ask('/nowhere', PREFLIGHT, 'OPTIONS')).status).toBe(404)
    expect((await rig.ask(`/download/${LINK}`, ORIGIN, 'OPTIONS')).status).toBe(405)
  })
})
