import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from '@jest/globals'
import { createHostHttp } from './create-host-http.js'
import type { HostHttpOptions, OwnedHostHttp } from './create-host-http.js'
import type { HostRequest } from './host-http.js'
import { networkCode } from './network-fault.js'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

async function serve(answer: Answer): Promise<string> {
  const server: Server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  cleanups.push(() => {
    server.close()
    server.closeAllConnections()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function client(options: HostHttpOptions = {}): OwnedHostHttp {
  const http = createHostHttp({ allowNetworks: ['127.0.0.0/8'], ...options })
  cleanups.push(() => http.close())
  return http
}

async function failure(work: Promise<unknown>): Promise<Error> {
  const error: unknown = await work.then(
    () => new Error('expected a failure'),
    (reason: unknown) => reason,
  )
  return error as Error
}

describe('request', () => {
  it('sends a form, and reads status, headers and text', async () => {
    const origin = await serve((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => {
        response.writeHead(423, { 'x-a': 'b', 'set-cookie': ['one=1', 'two=2'] })
        response.end(`${request.method} ${request.url} ${body} ${request.headers['accept-encoding']}`)
      })
    })
    const answer = await client().request({
      url: `${origin}/p`,
      query: { q: '1' },
      form: { a: 'b c', d: 'é' },
    })
    expect(answer).toMatchObject({ status: 423, url: `${origin}/p?q=1` })
    expect(answer.headers).toMatchObject({ 'x-a': 'b', 'set-cookie': 'one=1, two=2' })
    expect(answer.setCookie).toEqual(['one=1', 'two=2'])
    expect(answer.text).toBe('POST /p?q=1 a=b+c&d=%C3%A9 identity')
  })

  it('sends JSON, a body as it is, and a name more than once', async () => {
    const origin = await serve((request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => response.end(`${request.method} ${request.headers['content-type']} ${body}`))
    })
    const send = async (request: Partial<HostRequest>) =>
      (await client().request({ url: origin, ...request })).text
    expect(await send({ json: [{ a: 'g' }] })).toBe('POST application/json [{"a":"g"}]')
    expect(await send({ raw: { type: 'text/plain', body: 'x' } })).toBe('POST text/plain x')
    expect(
      await send({
        form: [
          ['l[]', '1'],
          ['l[]', '2'],
        ],
      }),
    ).toBe('POST application/x-www-form-urlencoded l%5B%5D=1&l%5B%5D=2')
  })

  it('bounds the body', async () => {
    const origin = await serve((_request, response) => response.end('x'.repeat(1001)))
    const http = client()
    expect((await http.request({ url: origin, maxBytes: 1001 })).text).toHaveLength(1001)
    expect(await failure(http.request({ url: origin, maxBytes: 1000 }))).toMatchObject({ kind: 'UNEXPECTED' })
  })

  it('bounds the whole call, a trickling body included', async () => {
    const origin = await serve((_request, response) => {
      response.writeHead(200)
      const timer = setInterval(() => response.write('x'), 10)
      response.on('close', () => clearInterval(timer))
    })
    const error = await failure(
      client().request({ url: `${origin}/slow?token=hidden-token`, timeoutMs: 100 }),
    )
    expect(error).toMatchObject({ kind: 'HOST_TEMP' })
    expect(networkCode(error)).toBe('ETIMEDOUT')
    expect(error.message).toContain('/slow')
    expect(error.message).not.toContain('hidden-token')
  })

  it.each([true, false])('tells whether a user chose the address that failed: %s', async (userUrl) => {
    const origin = await serve((request, response) => {
      if (request.url === '/body') response.write('x', () => response.destroy())
      else response.destroy()
    })
    for (const path of ['/head', '/body']) {
      const error = await failure(client().request({ url: origin + path, userUrl }))
      expect(error).toMatchObject({ elsewhere: userUrl })
    }
  })

  it('bounds the head of an answer', async () => {
    const origin = await serve((_request, response) => {
      response.setHeader('x-long', 'x'.repeat(40_000))
      response.end()
    })
    const error = await failure(client().request({ url: origin }))
    expect(error).toMatchObject({ kind: 'UNEXPECTED' })
    expect(networkCode(error)).toBe('UND_ERR_HEADERS_OVERFLOW')
  })

  it('reports a closed port and an unknown name as passing, with their codes', async () => {
    const refused = await failure(client().request({ url: 'http://127.0.0.1:1/' }))
    expect([refused, networkCode(refused)]).toMatchObject([{ kind: 'HOST_TEMP' }, 'ECONNREFUSED'])
    const resolver = () => Promise.reject(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }))
    const unknown = await failure(client({ resolver }).request({ url: 'http://nowhere.test/?key=hidden' }))
    expect([unknown, networkCode(unknown)]).toMatchObject([{ kind: 'HOST_TEMP' }, 'ENOTFOUND'])
    expect(unknown.message).not.toContain('hidden')
  })

  it('gives up on a name that does not resolve in time', async () => {
    const http = client({ resolver: () => new Promise(() => undefined), connectTimeoutMs: 20 })
    const error = await failure(http.request({ url: 'http://slow.test/' }))
    expect([error, networkCode(error)]).toMatchObject([{ kind: 'HOST_TEMP' }, 'EAI_AGAIN'])
  })
})

describe('redirects', () => {
  it('are the answer where they shall not be followed', async () => {
    const origin = await serve((_request, response) =>
      response.writeHead(302, { location: '/there?a=1' }).end(),
    )
    const answer = await client().request({ url: origin, redirects: 'none' })
    expect([answer.status, answer.headers['location']]).toEqual([302, '/there?a=1'])
  })

  /** /0 → /1 → … → /last, which answers with what it was sent. */
  const chain = (last: number): Answer => {
    return (request, response) => {
      const at = Number(/^\/(\d+)/.exec(request.url ?? '')?.[1])
      if (at < last) return response.writeHead(302, { location: `/${at + 1}` }).end()
      return response.end(`${request.method} ${request.headers.authorization}`)
    }
  }

  it('are followed ten times', async () => {
    const ten = await serve(chain(10))
    const answer = await client().request({ url: `${ten}/0`, headers: { Authorization: 'Basic x' } })
    expect(answer).toMatchObject({ status: 200, url: `${ten}/10`, text: 'GET Basic x' })
    const more = await serve(chain(11))
    expect(await failure(client().request({ url: `${more}/0` }))).toMatchObject({ kind: 'UNEXPECTED' })
    expect(await failure(client().open({ url: `${more}/0`, userUrl: true }))).toMatchObject({
      kind: 'BAD_URL',
    })
  })

  it('send on the cookies that they set, to where those belong, and forget them afterwards', async () => {
    const other = await serve((request, response) => response.end(request.headers.cookie ?? 'none'))
    const origin = await serve((request, response) => {
      const { cookie, location = '/' } = { cookie: request.headers.cookie, location: request.url }
      if (location === '/away')
        return response.writeHead(302, { location: `${other.replace('127.0.0.1', 'localhost')}/` }).end()
      if (cookie?.includes('pass=1')) return response.end(cookie)
      return response.writeHead(302, { location, 'set-cookie': ['pass=1; Path=/', 'mine=new', ''] }).end()
    })
    const http = client({ resolver: () => Promise.resolve([{ address: '127.0.0.1', family: 4 }]) })
    expect((await http.request({ url: `${origin}/self` })).text).toBe('pass=1; mine=new')
    const own = await http.request({ url: `${origin}/self`, headers: { cookie: 'kept=1; mine=old' } })
    expect(own.text).toBe('kept=1; pass=1; mine=new')
    expect((await http.request({ url: `${origin}/away` })).text).toBe('none')
  })

  it.each([
    ['/café-файл.bin', '/caf%C3%A9-%D1%84%D0%B0%D0%B9%D0%BB.bin'],
    ['/caf%C3%A9', '/caf%C3%A9'],
    ['//HOST/a b', '/a%20b'],
    ['?x=ä', '/?x=%C3%A4'],
  ])('lead to raw UTF-8 as to what is encoded: %s', async (location, path) => {
    let origin = ''
    origin = await serve((request, response) => {
      if (request.url !== '/') return response.end(request.url)
      const target = Buffer.from(location.replace('HOST', new URL(origin).host)).toString('latin1')
      const head = `HTTP/1.1 302 Found\r\nLocation: ${target}\r\nContent-Length: 0\r\n\r\n`
      return response.socket?.end(head, 'latin1')
    })
    expect((await client().request({ url: origin })).text).toBe(path)
  })

  it('leave credentials behind when the origin changes', async () => {
    const other = await serve((request, response) => {
      const { authorization, cookie, range } = request.headers
      response.end(JSON.stringify({ authorization, cookie, range }))
    })
    const origin = await serve((_request, response) =>
      response.writeHead(302, { location: `${other}/` }).end(),
    )
    const headers = { authorization: 'Basic x', cookie: 'a=b', range: 'bytes=1-' }
    const { text } = await client().request({ url: origin, headers })
    expect(JSON.parse(text)).toEqual({ range: 'bytes=1-' })
  })

  it('turn a POST into a GET, unless the status keeps it; a form never goes to another origin', async () => {
    const echo: Answer = (request, response) => {
      let body = ''
      request.on('data', (chunk: Buffer) => (body += chunk.toString()))
      request.on('end', () => response.end(`${request.method} ${body}`))
    }
    const other = await serve(echo)
    const origin = await serve((request, response) => {
      const [, status, target] = /^\/(\d+)\/(.*)$/.exec(request.url ?? '') ?? []
      if (status === undefined) return echo(request, response)
      return response.writeHead(Number(status), { location: target === 'other' ? other : '/end' }).end()
    })
    const send = (path: string) =>
      client().request({ url: origin + path, form: { password: 'hidden-password' } })
    expect((await send('/303/here')).text).toBe('GET ')
    expect((await send('/302/other')).text).toBe('GET ')
    expect((await send('/307/here')).text).toBe('POST password=hidden-password')
    expect(await failure(send('/308/other'))).toMatchObject({ kind: 'UNEXPECTED' })
  })

  it('to places a link must not reach are refused at the hop', async () => {
    const at = (location: string) =>
      serve((_request, response) => response.writeHead(302, { location }).end())
    const follow = async (location: string) =>
      failure(client().request({ url: await at(location), userUrl: true }))
    for (const target of [
      'http://10.0.0.1/',
      'http://[fd00::1]/',
      'http://169.254.169.254/latest',
      'http://1.1.1.1:22/',
      'file:///etc/passwd',
    ]) {
      expect([target, await follow(target)]).toMatchObject([target, { kind: 'BAD_URL' }])
    }
  })
})

describe('pinning', () => {
  it('connects to the addresses that were judged, although the name has moved since', async () => {
    const origin = await serve((request, response) => response.end(`host ${request.headers.host}`))
    const { port } = new URL(origin)
    const answers = ['127.0.0.1', '10.0.0.1']
    let asked = 0
    const resolver = () => {
      const address = answers[Math.min(asked++, 1)] ?? ''
      return Promise.resolve([{ address, family: 4 as const }])
    }
    const http = client({ resolver })
    const { text } = await http.request({ url: `http://rebinding.test:${port}/` })
    expect([text, asked]).toEqual([`host rebinding.test:${port}`, 1])
    const elsewhere = http.request({ url: `http://rebinding.test:${Number(port) === 1 ? 2 : 1}/` })
    expect([await failure(elsewhere), asked]).toMatchObject([{ kind: 'BAD_URL' }, 2])
  })

  it('keeps ports closed to links although the address is public', async () => {
    const resolver = () => Promise.resolve([{ address: '1.1.1.1', family: 4 as const }])
    const ask = client({ resolver }).request({ url: 'http://public.test:25/', userUrl: true })
    expect(await failure(ask)).toMatchObject({ kind: 'BAD_URL' })
  })
})

describe('open', () => {
  it('bounds idle time in a body, and before it', async () => {
    const origin = await serve((request, response) => {
      if (request.url === '/body') response.writeHead(200, { 'content-length': '10' }).write('x')
    })
    const http = client()
    expect(await failure(http.open({ url: `${origin}/head`, timeoutMs: 50 }))).toMatchObject({
      kind: 'HOST_TEMP',
    })
    const { body } = await http.open({ url: `${origin}/body`, timeoutMs: 50 })
    const error = await failure(body.toArray())
    expect([error, networkCode(error)]).toMatchObject([{ kind: 'HOST_TEMP' }, 'UND_ERR_BODY_TIMEOUT'])
  })

  it('errors with TRUNCATED when the connection is lost inside a body', async () => {
    const origin = await serve((request, response) => {
      const head = request.url === '/chunked' ? {} : { 'content-length': '10' }
      response.writeHead(200, head).write('x', () => {
        if (request.url === '/reset') response.socket?.resetAndDestroy()
        else response.socket?.destroySoon()
      })
    })
    for (const path of ['/length', '/chunked', '/reset']) {
      const { body } = await client().open({ url: origin + path })
      expect([path, await failure(body.toArray())]).toMatchObject([path, { kind: 'TRUNCATED' }])
    }
  })

  it('holds the server up when nobody reads', async () => {
    let written = 0
    const origin = await serve((request, response) => {
      if (request.url === '/ping') return response.end()
      response.writeHead(200, { 'content-length': String(2 ** 30) })
      const block = Buffer.alloc(2 ** 20)
      const more = (): void => {
        while (written < 2 ** 30 && !response.destroyed) {
          written += block.length
          if (!response.write(block)) return void response.once('drain', more)
        }
      }
      return more()
    })
    const http = client()
    const { body } = await http.open({ url: origin })
    for (let trip = 0; trip < 100; trip++) await http.request({ url: `${origin}/ping` })
    expect(written).toBeGreaterThan(0)
    expect(written).toBeLessThan(64 * 2 ** 20)
    body.destroy()
  })

  it('reuses the connection of a body that was read to its end', async () => {
    const ports = new Set<number | undefined>()
    const origin = await serve((request, response) => {
      ports.add(request.socket.remotePort)
      response.end('whole')
    })
    const http = client()
    for (let at = 0; at < 3; at++) await (await http.open({ url: origin })).body.toArray()
    expect(ports.size).toBe(1)
  })

  it('does not start when the signal has fired already', async () => {
    let asked = false
    const origin = await serve((_request, response) => {
      asked = true
      response.end()
    })
    const reason = new Error('stopped')
    expect(await failure(client().open({ url: origin, signal: AbortSignal.abort(reason) }))).toBe(reason)
    expect(asked).toBe(false)
  })
})
