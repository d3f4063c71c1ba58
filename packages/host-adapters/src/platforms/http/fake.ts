import type { ServerResponse } from 'node:http'
import type { FakeFile, FakePlatform } from '../../fake/fake-host.js'
import { sendCanned, startFakeServer } from '../../fake/fake-server.js'
import type { CannedAnswer, FakeRequest } from '../../fake/fake-server.js'
import { serveFile, transferKnobs } from '../../fake/transfer.js'
import type { TransferKnobs } from '../../fake/transfer.js'

/** A plain file server with the faults that plain file servers have. */
export interface HttpKnobs extends TransferKnobs {
  /** HEAD is answered with this status. */
  headStatus: number | undefined
  /** Answer of every request. */
  answer: CannedAnswer | undefined
  /** So many redirects before the file. */
  redirects: number
  /** Every request is sent there. */
  redirectTo: string | undefined
  /** `user:password` without which a request is answered with 401. */
  basic: string | undefined
  /** Headers in place of or besides the ordinary ones; undefined takes one away. */
  headers: Record<string, string | undefined>
}

export const fake: FakePlatform<HttpKnobs> = {
  async start({ port = 0 } = {}) {
    const files = new Map<string, FakeFile>()
    const knobs: HttpKnobs = {
      ...transferKnobs(),
      headStatus: undefined,
      answer: undefined,
      redirects: 0,
      redirectTo: undefined,
      basic: undefined,
      headers: {},
    }
    const server = await startFakeServer(port, knobs, (request, response, record) => {
      record(`${request.method} ${request.url.pathname}`)
      return answer(files, knobs, request, response)
    })
    const key = (link: string): string => new URL(link).pathname.split('/')[2] ?? ''
    return {
      origins: {},
      credentials: {},
      knobs,
      calls: server.calls,
      addFile(file) {
        const id = String(files.size + 1)
        files.set(id, file)
        return `${server.origin}/files/${id}/${encodeURIComponent(file.name)}`
      },
      replaceFile: (link, file) => files.set(key(link), file),
      removeFile: (link) => files.delete(key(link)),
      connections: () => server.connections(),
      close: () => server.close(),
    }
  },
}

async function answer(
  files: ReadonlyMap<string, FakeFile>,
  knobs: HttpKnobs,
  request: FakeRequest,
  response: ServerResponse,
): Promise<void> {
  const { pathname, searchParams } = request.url
  if (knobs.answer !== undefined) return sendCanned(response, knobs.answer)
  const expected =
    knobs.basic === undefined ? undefined : `Basic ${Buffer.from(knobs.basic).toString('base64')}`
  if (expected !== undefined && request.headers['authorization'] !== expected) {
    return sendCanned(response, {
      status: 401,
      body: '',
      headers: { 'www-authenticate': 'Basic realm="files"' },
    })
  }
  const hop = Number(searchParams.get('hop') ?? 0)
  const next = knobs.redirectTo ?? (hop < knobs.redirects ? `${pathname}?hop=${hop + 1}` : undefined)
  if (next !== undefined) return sendCanned(response, { status: 302, body: '', headers: { location: next } })
  if (request.method === 'HEAD' && knobs.headStatus !== undefined) {
    return sendCanned(response, { status: knobs.headStatus, body: '' })
  }
  const file = files.get(pathname.split('/')[2] ?? '')
  if (file === undefined) return sendCanned(response, { status: 404, body: '<html>Not found</html>' })
  await serveFile(file, request, response, knobs, knobs.headers)
}
