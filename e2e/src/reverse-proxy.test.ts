import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http'
import { Agent, request } from 'node:https'
import type { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { EXTERNAL_API } from '@obb/contracts'
import { contentBytes, type FakeContent, type FakeHost, patternContent } from '@obb/host-adapters/testing'
import { hasCaddy, startCaddy } from '@obb/testing/caddy'
import { freePort } from '@obb/testing/guarded'
import { hasNginx, startNginxWith } from '@obb/testing/nginx'
import { cert, key as certKey } from './certificate.js'
import { Installation } from './installation.js'
import { OtherGateway } from './outage-gateway.js'
import { childrenOf } from './proc.js'
import { type AppProcess, build, startApp } from './processes.js'

/* What docs/reverse-proxy.md promises, by the configuration files that it shows and the servers that they are for. */

const SIZE = 48 * 1024 * 1024 + 7
const MIB = 2 ** 20

interface Reply {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
}

type Layout = 'one name' | 'two names'

interface Front {
  port: number
  stop(): Promise<void>
}

/** With what is particular to an installation replaced. */
type Open = (
  file: string,
  api: string,
  proxy: string,
  certificate: string,
  certificateKey: string,
) => Promise<Front>

const openNginx: Open = async (file, api, proxy, certificate, certificateKey) => {
  const plain = await freePort()
  return startNginxWith((port) =>
    file
      .replaceAll('127.0.0.1:8080', api)
      .replaceAll('127.0.0.1:8081', proxy)
      .replaceAll('listen 80;', `listen 127.0.0.1:${plain};`)
      .replaceAll('listen 443 ssl;', `listen 127.0.0.1:${port} ssl;`)
      .replaceAll(/ssl_certificate .*;/g, `ssl_certificate ${certificate};`)
      .replaceAll(/ssl_certificate_key .*;/g, `ssl_certificate_key ${certificateKey};`),
  )
}

const openCaddy: Open = (file, api, proxy, certificate, certificateKey) =>
  startCaddy((port) =>
    file
      .replaceAll('127.0.0.1:8080', api)
      .replaceAll('127.0.0.1:8081', proxy)
      .replaceAll(/^(\w+\.example\.org) \{$/gm, (_line, name: string) =>
        [`https://${name}:${port} {`, '\tbind 127.0.0.1', `\ttls ${certificate} ${certificateKey}`].join(
          '\n',
        ),
      ),
  )

const SERVERS: [string, boolean, string, Open][] = [
  ['nginx', hasNginx(), 'nginx-*.conf', openNginx],
  ['Caddy', hasCaddy(), 'Caddyfile-*', openCaddy],
]

let obb: Installation
let host: FakeHost
let key: string
let url: string
let bytes: Buffer
let directory: string

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'obb-front-'))
  await writeFile(join(directory, 'cert.pem'), cert)
  await writeFile(join(directory, 'key.pem'), certKey)
  obb = await Installation.start('embedded', { TRUSTED_PROXIES: '127.0.0.1' })
  host = await obb.addHost('RapidGator')
  await obb.admin('PATCH', '/hosts/Usenet', { enabled: true })
  await obb.startFetcher()
  key = (await obb.admin('POST', '/users', { email: 'far@example.test', traffic: 1e12 })).apiKey
  const content = patternContent(SIZE, 7)
  bytes = await contentBytes(content)
  const md5 = createHash('md5').update(bytes).digest('hex')
  url = host.addFile({ name: 'far.bin', content, md5 })
  const asked = await obb.call(key, 'POST', '/unrestrict', { url })
  await obb.settled(key, asked.body.data.linkId)
})

afterAll(async () => {
  await obb.close()
  await rm(directory, { recursive: true })
})

// Skipped where a program is missing; `npm test` says so in its last lines.
for (const [server, isThere, pattern, open] of SERVERS) {
  const describeWith = isThere ? describe : describe.skip
  describeWith.each<[Layout, string]>([
    ['one name', 'https://obb.example.org'],
    ['two names', 'https://dl.example.org'],
  ])(`behind ${server} under %s (needs ${server.toLowerCase()})`, (layout, downloads) => {
    let front: Front
    let gateway: OtherGateway

    beforeAll(async () => {
      // Under one name links follow the proxy; two have to be told.
      const PUBLIC_PROXY_URL = layout === 'one name' ? undefined : downloads
      gateway = await OtherGateway.of(obb, { PUBLIC_PROXY_URL })
      const name = pattern.replace('*', layout.replace(' ', '-'))
      const file = await readFile(new URL(`../../docs/reverse-proxy/${name}`, import.meta.url), 'utf8')
      const [api, proxy] = [new URL(gateway.url).host, new URL(obb.proxy).host]
      front = await open(file, api, proxy, join(directory, 'cert.pem'), join(directory, 'key.pem'))
    })
    afterAll(async () => {
      await front.stop()
      await gateway.close()
    })

    /**
     * opened asks as a client somewhere else, for whom the names lead here. The answer's body may be taken piece by
     * piece.
     */
    const opened = (target: string, headers: Record<string, string> = {}, method = 'GET', body?: Buffer) =>
      new Promise<IncomingMessage>((resolve, reject) => {
        const { hostname, pathname, search } = new URL(target)
        const options = {
          host: '127.0.0.1',
          port: front.port,
          servername: hostname,
          ca: cert,
          agent: false,
        } as const
        request(
          { ...options, method, path: pathname + search, headers: { host: hostname, ...headers } },
          resolve,
        )
          .on('error', reject)
          .end(body)
      })
    const ask = async (...args: Parameters<typeof opened>): Promise<Reply> => {
      const got = await opened(...args)
      const chunks: Buffer[] = []
      for await (const chunk of got) chunks.push(chunk as Buffer)
      return { status: got.statusCode ?? 0, headers: got.headers, body: Buffer.concat(chunks) }
    }
    const call = async (
      method: string,
      path: string,
      body?: Buffer | object,
      more: Record<string, string> = {},
    ) => {
      const sent = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body))
      const headers = {
        'x-api-key': key,
        'content-type': 'application/json',
        'content-length': String(sent?.length ?? 0),
        ...more,
      }
      const reply = await ask(`https://obb.example.org${EXTERNAL_API}${path}`, headers, method, sent)
      return { code: reply.status, body: JSON.parse(reply.body.toString()) }
    }
    const link = async (): Promise<string> => (await call('POST', '/unrestrict', { url })).body.data.link

    it('the API answers, and its links are https under the public name, whatever a client makes up', async () => {
      expect((await call('GET', '/account')).code).toBe(200)
      const made = {
        'x-forwarded-host': 'evil.example',
        'x-forwarded-proto': 'http',
        'x-forwarded-port': '1',
      }
      for (const more of [{}, made, { forwarded: 'host=evil.example' }, { 'x-forwarded-for': '127.0.0.1' }]) {
        const { code, body } = await call('POST', '/unrestrict', { url }, more)
        expect([code, new URL(body.data.link).origin]).toEqual([200, downloads])
        const polled = await call('GET', `/link/${body.data.linkId}`, undefined, more)
        expect(polled.body.data.link).toBe(body.data.link)
      }
      const front = await ask('https://obb.example.org/', { 'x-request-id': 'made-up' })
      expect([front.status, front.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8'])
      // The server's own, so that both logs have the same.
      expect(front.headers['x-request-id']).toMatch(/^[0-9a-f-]{32,36}$/)
    })

    it('downloads come whole, in ranges, and go on where the file is the same', async () => {
      const target = await link()
      const whole = await ask(target)
      expect([whole.status, whole.body.equals(bytes)]).toEqual([200, true])
      const { etag = '' } = whole.headers
      const part = Math.ceil(SIZE / 16)
      const pieces = await Promise.all(
        Array.from({ length: 16 }, async (_, n) => {
          const last = Math.min(SIZE, (n + 1) * part) - 1
          const piece = await ask(target, { range: `bytes=${n * part}-${last}`, 'if-range': etag })
          expect([piece.status, piece.headers['content-range']]).toEqual([
            206,
            `bytes ${n * part}-${last}/${SIZE}`,
          ])
          return piece.body
        }),
      )
      expect(Buffer.concat(pieces).equals(bytes)).toBe(true)
      const changed = await opened(target, { range: 'bytes=5-9', 'if-range': '"another"' })
      expect(changed.statusCode).toBe(200)
      changed.destroy()
      const head = await ask(target, {}, 'HEAD')
      expect([head.status, head.headers['content-length'], head.headers.etag]).toEqual([
        200,
        String(SIZE),
        etag,
      ])
      expect((await ask(target, { range: `bytes=${SIZE}-` })).status).toBe(416)
    })

    it('Metalinks lead to the public name, too', async () => {
      const { status, body } = await ask(`${await link()}.meta4`)
      expect([status, /<url>(.*)<\/url>/.exec(body.toString())?.[1]]).toEqual([200, await link()])
    })

    const nzb = { 'content-type': 'application/x-nzb' }

    it('a document of 31 MiB reaches the gateway', async () => {
      const large = await call('POST', '/nzb', Buffer.alloc(31 * MIB, 'x'), nzb)
      expect([large.code, large.body.status]).toEqual([400, 101]) // read whole: it is no NZB
    })

    // The gateway refuses it by its head; only who reads a body before passing it on can still say so.
    const readsFirst = server === 'nginx'
    const why = readsFirst ? '' : ` (skipped: ${server} passes a body on while it reads)`
    ;(readsFirst ? it : it.skip)(`a document that is too large is refused${why}`, async () => {
      const larger = await call('POST', '/nzb', Buffer.alloc(32 * MIB + 1000, 'x'), nzb)
      expect([larger.code, larger.body.status]).toEqual([413, 900])
    })

    it('what a client does not take is not taken from the proxy, and what there is comes at once', async () => {
      const sockets = new Set<Socket>()
      const enter = (socket: Socket): void => void sockets.add(socket)
      const listener = obb.proxyServer
      listener.on('connection', enter)
      const got = await opened(`${await link()}?again`)
      got.pause()
      const sent = (): number => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0)
      await standsStill(sent)
      expect(sent()).toBeLessThan(SIZE / 2)
      const hash = createHash('sha256')
      for await (const chunk of got) hash.update(chunk as Buffer)
      expect(hash.digest('hex')).toBe(createHash('sha256').update(bytes).digest('hex'))
      listener.off('connection', enter)
    })

    it('what has arrived of a file comes through while the rest is fetched', async () => {
      const { content, release } = gated(`${server} ${layout}`.length)
      const slow = host.addFile({ name: 'slow.bin', content })
      const { linkId } = (await call('POST', '/unrestrict', { url: slow })).body.data
      const target = `${downloads}/download/${linkId}/slow.bin?stream=1`
      let got = await opened(target)
      for (; got.statusCode !== 200; got = await opened(target)) {
        expect(got.statusCode).toBe(425)
        got.resume()
        await pause()
      }
      const hash = createHash('sha256')
      let received = 0
      for await (const chunk of got as AsyncIterable<Buffer>) {
        hash.update(chunk)
        received += chunk.length
        if (received > MIB) release() // not before: the rest waits for that
      }
      const whole = await contentBytes(content)
      expect([received, hash.digest('hex')]).toEqual([
        whole.length,
        createHash('sha256').update(whole).digest('hex'),
      ])
    })
  })
}

// Skipped without nginx, too.
const describeWithNginx = hasNginx() && process.platform === 'linux' ? describe : describe.skip
describeWithNginx('two gateways behind nginx (needs nginx)', () => {
  const gateways: AppProcess[] = []
  let ports: number[]
  let front: Front

  const startGateway = (port: number | undefined): Promise<AppProcess> =>
    startApp('api', { env: { ...obb.env, API_PORT: String(port), PUBLIC_PROXY_URL: obb.proxy } })

  beforeAll(async () => {
    await build()
    ports = [await freePort(), await freePort()]
    gateways.push(...(await Promise.all(ports.map(startGateway))))
    const file = await readFile(
      new URL('../../docs/reverse-proxy/nginx-one-name.conf', import.meta.url),
      'utf8',
    )
    const lines = ports.map((port) => `server 127.0.0.1:${port} max_fails=0;`).join('\n')
    const proxy = new URL(obb.proxy).host
    const both = file.replace('server 127.0.0.1:8080 max_fails=0;', lines)
    front = await openNginx(both, '', proxy, join(directory, 'cert.pem'), join(directory, 'key.pem'))
  }, 600_000)
  afterAll(async () => {
    await front.stop()
    await Promise.all(gateways.map((gateway) => gateway.kill()))
  })

  /** kill -9 of everything that a gateway is. */
  const destroy = async (gateway: AppProcess): Promise<void> => {
    const pid = gateway.process.pid ?? 0
    for (const each of [pid, ...childrenOf(pid)]) process.kill(each, 'SIGKILL')
    await gateway.ended
  }

  it('may be killed one at a time: no client sees an error, and every file is charged once', async () => {
    let isOver = false
    const outcomes = new Set<string>()
    const body = Buffer.from(JSON.stringify({ url }))
    const headers = {
      ...{ host: 'obb.example.org', 'x-api-key': key, 'content-type': 'application/json' },
      'content-length': String(body.length),
    }
    const ask = (agent: Agent | false): Promise<string> =>
      new Promise((resolve) => {
        const to = { host: '127.0.0.1', port: front.port, servername: 'obb.example.org', ca: cert, agent }
        request({ ...to, method: 'POST', path: `${EXTERNAL_API}/unrestrict`, headers }, (got) => {
          got.resume().on('end', () => resolve(String(got.statusCode)))
        })
          .on('error', (error) => resolve(String(error)))
          .end(body)
      })
    const agents = [new Agent({ keepAlive: true }), new Agent({ keepAlive: true }), false, false] as const
    const answers = agents.map(() => 0)
    const clients = agents.map(async (agent, n) => {
      for (; !isOver; answers[n] = (answers[n] ?? 0) + 1) outcomes.add(await ask(agent))
    })
    for (const which of [0, 1, 0]) {
      const gateway = gateways[which]
      if (gateway === undefined) throw new Error('there is no such gateway')
      await destroy(gateway)
      gateways[which] = await startGateway(ports[which])
      // No request is left that has met the one that was away.
      const seen = [...answers]
      while (!answers.every((count, n) => count > (seen[n] ?? 0) + 1)) await pause()
    }
    isOver = true
    await Promise.all(clients)
    for (const agent of agents) if (agent !== false) agent.destroy()
    expect(outcomes).toEqual(new Set(['200']))
    const { entries } = await obb.admin('GET', '/ledger?email=far@example.test')
    const charges = entries.filter(({ bytes: charged }: { bytes: number }) => charged === -SIZE)
    expect(charges).toHaveLength(1)
  })
})

/** A file whose host sends what lies beyond the first 8 MiB only once it is released. */
function gated(seed: number): { content: FakeContent; release: () => void } {
  const all = patternContent(20 * MIB, seed)
  let release = (): void => undefined
  const released = new Promise<void>((resolve) => (release = resolve))
  async function* late(start: number, end: number): AsyncGenerator<Buffer> {
    await released
    yield* all.read(start, end) as AsyncIterable<Buffer>
  }
  const read = (start: number, end: number): Readable =>
    start < 8 * MIB ? all.read(start, end) : Readable.from(late(start, end))
  return { content: { size: all.size, read }, release }
}

/** Until a number has been the same for a second. */
async function standsStill(value: () => number): Promise<void> {
  for (let last = -1, same = 0; same < 10; same = value() === last ? same + 1 : 0, last = value()) {
    await pause()
  }
}

const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 100))
