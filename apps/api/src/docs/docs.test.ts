import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { ADMIN_API, EXTERNAL_API } from '@obb/contracts'
import { createHash } from 'node:crypto'
import { request } from 'node:http'
import { gunzipSync } from 'node:zlib'
import { ADMIN_TOKEN, Gateway, PROXY_URL } from '../testing/gateway.js'

interface Page {
  code: number
  headers: Headers
  body: Buffer
  text: string
}

let gateway: Gateway
beforeAll(async () => {
  gateway = await Gateway.start()
})
afterAll(() => gateway.close())

/** What is sent, as it is: fetch would unpack it, and set Host itself. */
function get(
  path: string,
  headers: Record<string, string> = {},
  of = gateway,
  port = of.port,
): Promise<Page> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, path, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const body = Buffer.concat(chunks)
        const fields = Object.entries(response.headers).map(([name, value]): [string, string] => [
          name,
          String(value),
        ])
        resolve({ code: response.statusCode ?? 0, headers: new Headers(fields), body, text: body.toString() })
      })
    })
      .on('error', reject)
      .end()
  })
}

describe('GET /docs', () => {
  it('is a page for everybody under a policy that allows its own style only', async () => {
    const { code, headers, text } = await get('/docs')
    expect([code, headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    const style = /<style>([^]*)<\/style>/.exec(text)?.[1] ?? ''
    const digest = createHash('sha256').update(style).digest('base64')
    const policy = headers.get('content-security-policy') ?? ''
    expect(policy.split('; ').sort()).toEqual(
      [
        ...["default-src 'none'", `style-src 'sha256-${digest}'`, "img-src 'self'"],
        ...["base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"],
      ].sort(),
    )
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('has examples with the address that its reader came by, and that of downloads', async () => {
    const { text } = await get('/docs', { host: 'nas.lan:8080' })
    expect(text).toContain('http://nas.lan:8080/api/external/v1/unrestrict')
    expect(text).toContain(`${PROXY_URL}/download/`)
    expect(text).not.toContain('obb.example')
  })

  it.each([
    '"><script>alert(1)</script>',
    "a'onmouseover='alert(1)",
    'user:password@evil.example',
    'evil.example/path',
    'x'.repeat(5_000),
  ])('made for a Host of %j has where the connection came to', async (host) => {
    const { code, text } = await get('/docs', { host })
    expect(code).toBe(200)
    expect(text).toContain(`http://127.0.0.1:${gateway.port}/api/external/v1/unrestrict`)
    expect(text).not.toMatch(/<script|onmouseover=|evil\.example/)
  })

  it('believes no proxy that is not trusted', async () => {
    const headers = { host: 'nas.lan', 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example' }
    const { text } = await get('/docs', headers)
    expect(text).not.toContain('evil.example')
  })

  it('is kept by no shared cache, and sent again only when it has changed', async () => {
    const { headers } = await get('/docs')
    expect(headers.get('cache-control')).toBe('private, no-cache')
    expect(headers.get('vary')).toBe('Accept-Encoding, Accept-Language')
    const etag = headers.get('etag') ?? ''
    const again = await get('/docs', { 'if-none-match': `"other", ${etag}` })
    expect([again.code, again.body.length]).toEqual([304, 0])
    expect((await get('/docs', { 'if-none-match': etag, host: 'nas.lan' })).code).toBe(200)
    expect((await get('/docs?lang=zh-TW', { 'if-none-match': etag })).code).toBe(200)
  })

  it('is packed for who takes gzip', async () => {
    const plain = await get('/docs')
    const packed = await get('/docs', { 'accept-encoding': 'br;q=1.0, gzip;q=0.8' })
    expect(packed.headers.get('content-encoding')).toBe('gzip')
    expect(gunzipSync(packed.body).equals(plain.body)).toBe(true)
    expect(packed.body.length).toBeLessThan(30_000)
    for (const accepted of ['identity', 'gzip;q=0', 'gzip;q=0.0', 'xgzip']) {
      const { headers } = await get('/docs', { 'accept-encoding': accepted })
      expect([accepted, headers.get('content-encoding')]).toEqual([accepted, null])
    }
  })

  it('is in the language that is asked for', async () => {
    const languages = async (path: string, headers = {}) => {
      const page = await get(path, headers)
      return [page.headers.get('content-language'), /<html lang="([^"]*)"/.exec(page.text)?.[1]]
    }
    expect(await languages('/docs')).toEqual(['en', 'en'])
    expect(await languages('/docs', { 'accept-language': 'zh-TW,en;q=0.8' })).toEqual(['zh-TW', 'zh-TW'])
    expect(await languages('/docs?lang=en', { 'accept-language': 'zh-TW' })).toEqual(['en', 'en'])
    expect(await languages('/docs?lang=zh-TW')).toEqual(['zh-TW', 'zh-TW'])
    expect(await languages('/docs?lang=%22%3E%3Cscript%3E&lang=x')).toEqual(['en', 'en'])
  })

  it('stays cheap however many names its readers make up', async () => {
    const pages = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        get('/docs', { host: `host-${n}.example`, 'accept-encoding': 'gzip' }),
      ),
    )
    expect(new Set(pages.map(({ code }) => code))).toEqual(new Set([200]))
    pages.forEach(({ body }, n) =>
      expect(gunzipSync(body).toString()).toContain(`http://host-${n}.example/api/`),
    )
  })

  it('is where the page was before', async () => {
    const { code, headers } = await get(`${EXTERNAL_API}/docs`)
    expect([code, headers.get('location')]).toEqual([301, '/docs'])
  })
})

describe('GET /docs of a server with public addresses', () => {
  it('has those, whatever is asked', async () => {
    const other = await Gateway.start({
      PUBLIC_API_URL: 'https://obb.example.org/',
      TRUSTED_PROXIES: '127.0.0.0/8',
    })
    try {
      const headers = { host: 'nas.lan', 'x-forwarded-host': 'other.example' }
      const { text } = await get('/docs', headers, other)
      expect(text).toContain('https://obb.example.org/api/external/v1/unrestrict')
      expect(text).not.toMatch(/nas\.lan|other\.example/)
    } finally {
      await other.close()
    }
  })

  it('behind a trusted proxy has the address that it tells', async () => {
    const other = await Gateway.start({ PUBLIC_PROXY_URL: '', TRUSTED_PROXIES: '127.0.0.0/8' })
    try {
      const told = { host: 'inner', 'x-forwarded-host': 'obb.example.org', 'x-forwarded-proto': 'https' }
      const { text } = await get('/docs', told, other)
      expect(text).toContain('https://obb.example.org/api/external/v1/unrestrict')
      expect(text).toContain('https://obb.example.org/download/')
      const hostile = { ...told, 'x-forwarded-host': '"><script>alert(1)</script>' }
      expect((await get('/docs', hostile, other)).text).not.toContain('<script')
    } finally {
      await other.close()
    }
  })
})

describe('the documentation of the admin API', () => {
  const authorization = `Bearer ${ADMIN_TOKEN}`

  it('is for operators, on their port', async () => {
    const path = `${ADMIN_API}/docs`
    const page = await get(path, { authorization }, gateway, gateway.adminPort)
    expect([page.code, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(page.text).toContain(`http://127.0.0.1:${gateway.adminPort}${ADMIN_API}/users`)
    const refused = await get(path, {}, gateway, gateway.adminPort)
    expect([refused.code, JSON.parse(refused.text)]).toEqual([401, expect.objectContaining({ status: 1 })])
    expect((await get(path, { authorization })).code).toBe(404)
  })
})
