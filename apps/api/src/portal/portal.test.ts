import { request } from 'node:http'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { EXTERNAL_API } from '@obb/contracts'
import { Gateway, PROXY_URL } from '../testing/gateway.js'

const PAGE =
  '<!doctype html><meta property="csp-nonce" nonce="OBB_NONCE"><script src="/assets/a-1.js"></script>'
const SCRIPT = 'console.log("portal");'.repeat(40)

let directory: string
let gateway: Gateway
let bare: Gateway

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'obb-portal-'))
  await mkdir(join(directory, 'assets'))
  await writeFile(join(directory, 'index.html'), PAGE)
  await writeFile(join(directory, 'secret.js'), 'not an asset')
  await writeFile(join(directory, 'assets', 'a-1.js'), SCRIPT)
  await writeFile(join(directory, 'assets', 'a-1.js.br'), brotliCompressSync(SCRIPT))
  await writeFile(join(directory, 'assets', 'a-1.js.gz'), gzipSync(SCRIPT))
  gateway = await Gateway.start({}, directory)
  bare = await Gateway.start({}, join(directory, 'not-built'))
})
afterAll(async () => {
  await gateway?.close()
  await bare?.close()
  await rm(directory, { recursive: true, force: true })
})

interface Raw {
  code: number | undefined
  headers: Record<string, string | string[] | undefined>
  bytes: Buffer
}

/** As it lies on the wire: fetch would take the coding off. */
function ask(
  path: string,
  headers: Record<string, string> = {},
  { method = 'GET', port = gateway.port } = {},
) {
  return new Promise<Raw>((resolve, reject) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        resolve({ code: response.statusCode, headers: response.headers, bytes: Buffer.concat(chunks) })
      })
    })
    asked.on('error', reject).end()
  })
}

const BROWSER = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' }

describe('the page of the portal', () => {
  it('is at the address of the server and at every path that a browser opens', async () => {
    for (const path of ['/', '/downloads', '/admin/users', '/downloads?state=done']) {
      const { code, headers, bytes } = await ask(path, BROWSER)
      expect([path, code, headers['content-type']]).toEqual([path, 200, 'text/html; charset=utf-8'])
      expect(bytes.toString()).toContain('/assets/a-1.js')
      expect(headers['cache-control']).toBe('no-store')
    }
  })

  it('carries the nonce of its own policy, another one in each answer', async () => {
    const nonces = new Set<string>()
    for (let i = 0; i < 3; i++) {
      const { headers, bytes } = await ask('/', BROWSER)
      const nonce = /nonce="([^"]+)"/.exec(bytes.toString())?.[1] ?? ''
      expect(headers['content-security-policy']).toContain(`style-src 'self' 'nonce-${nonce}'`)
      nonces.add(nonce)
    }
    expect(nonces.size).toBe(3)
  })

  it('runs no script but those of the server, and stands in no frame', async () => {
    const { headers } = await ask('/', BROWSER)
    const policy = String(headers['content-security-policy'])
    expect(policy).toContain("default-src 'none'; script-src 'self';")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).toContain("require-trusted-types-for 'script'")
    // Beside the server itself the pages ask and show what is at the addresses that clients are told alone.
    const lists = /(?:connect|img|media)-src [^;]*/g
    expect(policy.match(lists)).toEqual(
      ['img', 'media', 'connect'].map((kind) => expect.stringMatching(`^${kind}-src 'self' http:`)),
    )
    expect(policy).toMatch(new RegExp(`media-src [^;]*${PROXY_URL}`))
    expect(policy.replaceAll(lists, '')).not.toMatch(/unsafe|https?:|data:|\*/)
    expect(headers['x-content-type-options']).toBe('nosniff')
  })

  it('asks this server, and the addresses that its clients are told', async () => {
    const asked = async (host: string) => {
      const { headers } = await ask('/', { ...BROWSER, host })
      return /connect-src ([^;]*)/.exec(String(headers['content-security-policy']))?.[1]
    }
    expect(await asked('nas.lan:8080')).toBe("'self' http://nas.lan:8080 http://proxy.test")
    for (const host of ["x;script-src 'unsafe-inline'", '*', '[::1]:8080', '"><b>'])
      expect(await asked(host)).toMatch(/^'self'( http:\/\/127\.0\.0\.1:\d+)? http:\/\/proxy\.test$/)
  })

  it('is nowhere in the APIs, and for nobody who asks for something else', async () => {
    const paths = [`${EXTERNAL_API}/nothing`, '/api/nothing', '//api/nothing']
    for (const path of paths) expect([path, (await ask(path, BROWSER)).code]).toEqual([path, 404])
    expect((await ask('/downloads', { accept: 'application/json' })).code).toBe(404)
    expect((await ask('/downloads', BROWSER, { method: 'POST' })).code).toBe(404)
    expect((await ask('/', BROWSER, { port: gateway.adminPort })).code).toBe(404)
    expect((await ask('/downloads', BROWSER, { port: gateway.adminPort })).code).toBe(404)
  })

  it('takes no wrong method from a route that is there', async () => {
    const { code, headers } = await ask(`${EXTERNAL_API}/unrestrict`, BROWSER)
    expect([code, headers['allow']]).toEqual([405, 'POST'])
  })
})

describe('what the page is made of', () => {
  const ASSET = '/assets/a-1.js'

  it('comes in the smallest coding that the client takes, to be kept for good', async () => {
    const plain = await ask(ASSET)
    expect([plain.code, plain.headers['content-encoding'], plain.bytes.toString()]).toEqual([
      200,
      undefined,
      SCRIPT,
    ])
    const brotli = await ask(ASSET, { 'accept-encoding': 'gzip, deflate, br' })
    expect(brotli.headers['content-encoding']).toBe('br')
    expect(brotliDecompressSync(brotli.bytes).toString()).toBe(SCRIPT)
    const gzip = await ask(ASSET, { 'accept-encoding': 'br;q=0, gzip' })
    expect(gzip.headers['content-encoding']).toBe('gzip')
    expect(gunzipSync(gzip.bytes).toString()).toBe(SCRIPT)
    for (const { headers } of [plain, brotli, gzip]) {
      expect(headers['cache-control']).toBe('public, max-age=31536000, immutable')
      expect(headers['vary']).toBe('Accept-Encoding')
      expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
      expect(headers['x-content-type-options']).toBe('nosniff')
    }
  })

  it('is nothing beside the assets of the build', async () => {
    const paths = [
      '/assets/b.js',
      '/assets/',
      '/assets/../secret.js',
      '/assets/%2e%2e/secret.js',
      '/assets/a-1.js.br',
    ]
    for (const path of paths) expect([path, (await ask(path, BROWSER)).code]).toEqual([path, 404])
  })
})

describe('a server without a build of the portal', () => {
  it('says what it is, and has no other page', async () => {
    const { code, headers, bytes } = await ask('/', BROWSER, { port: bare.port })
    expect(code).toBe(200)
    expect(bytes.toString()).toContain('This is an OBB server')
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect((await ask('/downloads', BROWSER, { port: bare.port })).code).toBe(404)
  })
})
