import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { EXTERNAL_API } from '@obb/contracts'
import { ok, refused, sendJson, TestServer, type Received } from './test-server.js'

export const TEST_KEY = `obb_${'k'.repeat(32)}`

/** OBB as a download client sees it: the external API and the proxy on one port, with faults on demand. */
export class TestObb {
  readonly server: TestServer
  filename = 'film.mkv'
  content: Buffer
  etag = '"v1"'
  maxchunks = 16
  /** Answers of `/unrestrict` and `/link` before the file is ready. */
  pendingPolls = 0
  withHashes = true
  /** A wrong digest is stated. */
  lyingHash = false
  ignoreRanges = false
  sendEtag = true
  /** Links that have ended. */
  readonly ended = new Set<string>()
  /** Looks at every download request before it is answered; true if it has answered itself. */
  onDownload: (request: Received, response: ServerResponse, index: number) => boolean = () => false
  /** Links that a batch has no place for. */
  readonly batchRefuses = new Set<string>()
  /** Links in a folder, by its own, which is no file. */
  readonly folders = new Map<string, readonly string[]>()
  /** Links that no host has. */
  readonly unknown = new Set<string>()
  /** Refuses `/unrestrict` and `/unrestrict/batch` when set. */
  refusal: { code: number; body: object } | undefined
  downloads = 0
  unrestricts = 0
  private link = 0

  private constructor(server: TestServer, content: Buffer) {
    this.server = server
    this.content = content
  }

  static async start(content: Buffer): Promise<TestObb> {
    const server = await TestServer.start((request, response) => own.answer(request, response))
    const own = new TestObb(server, content)
    return own
  }

  get url(): string {
    return this.server.url
  }

  get linkId(): string {
    return `link${this.link}`
  }

  close(): Promise<void> {
    return this.server.close()
  }

  /** What links were asked for with, each by itself. */
  unrestrictBodies(): unknown[] {
    return this.server.requests.filter(({ path }) => path.endsWith('/unrestrict')).map(({ body }) => body)
  }

  ranges(): string[] {
    return this.server.requests
      .filter(({ path }) => path.startsWith('/download/'))
      .map((r) => r.headers.range ?? 'all')
  }

  private answer(request: Received, response: ServerResponse): void {
    if (request.path.startsWith('/download/')) this.download(request, response)
    else if (request.headers.authorization !== `Bearer ${TEST_KEY}`) {
      sendJson(response, 401, refused(1, 'The API key is missing or invalid.'))
    } else if (request.path === `${EXTERNAL_API}/expand`) this.expand(request, response)
    else if (request.path === `${EXTERNAL_API}/unrestrict`) this.unrestrict(request, response)
    else if (request.path === `${EXTERNAL_API}/unrestrict/batch`) this.batch(request, response)
    else if (this.ended.has(this.linkId)) sendJson(response, 404, refused(104, 'There is no such link.'))
    else sendJson(response, 200, ok(this.state(false)))
  }

  private batch({ body }: Received, response: ServerResponse): void {
    const { urls } = body as { urls: string[] }
    const row = (url: string): object =>
      this.batchRefuses.has(url)
        ? { url, ...refused(55, 'Too many downloads.', { retry_in_seconds: 15 }) }
        : { url, success: true, data: this.state(false) }
    if (this.refusal) sendJson(response, this.refusal.code, this.refusal.body)
    else sendJson(response, 200, ok({ results: urls.map(row) }))
  }

  private expand({ body }: Received, response: ServerResponse): void {
    const links = this.folders.get((body as { url: string }).url) ?? []
    const kindOf = (url: string) => (this.folders.has(url) ? 'folder' : 'file')
    const rows = links.map((url) => ({ url, kind: kindOf(url), filename: null, filesize: null }))
    sendJson(response, 200, ok({ platform: 'GoFile', links: rows }))
  }

  private unrestrict({ body }: Received, response: ServerResponse): void {
    const { url } = body as { url: string }
    if (this.folders.has(url) || this.unknown.has(url)) {
      sendJson(response, 404, refused(101, 'This link cannot be used.'))
      return
    }
    this.unrestricts++
    if (this.refusal) {
      sendJson(response, this.refusal.code, this.refusal.body)
      return
    }
    if (this.ended.has(this.linkId)) this.link++
    sendJson(response, 200, ok(this.state(this.unrestricts > 1)))
  }

  private state(reusedExisting: boolean): object {
    const ready = this.pendingPolls === 0
    if (!ready) this.pendingPolls--
    const hash = (name: string) =>
      createHash(name)
        .update(this.lyingHash ? 'other' : this.content)
        .digest('hex')
    return {
      linkId: this.linkId,
      download_ready: ready,
      remote_status: ready ? 'done' : 'downloading',
      link: ready ? `${this.url}/download/${this.linkId}/${encodeURIComponent(this.filename)}` : null,
      filename: this.filename,
      filesize: String(this.content.length),
      hostDomain: 'rapidgator.net',
      maxchunks: this.maxchunks,
      resumable: true,
      poll_after_seconds: 2,
      reusedExisting,
      progress: ready ? 1 : 0.25,
      ...(ready && this.withHashes ? { hashes: { sha256: hash('sha256'), md5: hash('md5') } } : {}),
    }
  }

  private download(request: Received, response: ServerResponse): void {
    const index = this.downloads++
    if (this.onDownload(request, response, index)) return
    if (this.ended.has(request.path.split('/')[2] ?? '')) {
      sendJson(response, 410, refused(104, 'This link is no longer valid; request it again.'))
      return
    }
    serve(this.content, this, request, response)
  }
}

/** RFC 9110 ranges of the form `a-b`, with If-Range. `cut` bytes are sent before the connection is dropped. */
export function serve(
  content: Buffer,
  { etag, ignoreRanges, sendEtag }: Pick<TestObb, 'etag' | 'ignoreRanges' | 'sendEtag'>,
  request: Received,
  response: ServerResponse,
  cut?: number,
): void {
  const headers = {
    ...(sendEtag ? { etag } : {}),
    ...(ignoreRanges ? {} : { 'accept-ranges': 'bytes' }),
    'content-type': 'application/octet-stream',
  }
  const match = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
  const stale = request.headers['if-range'] !== undefined && request.headers['if-range'] !== etag
  if (match === null || ignoreRanges || stale) {
    finish(response.writeHead(200, { ...headers, 'content-length': content.length }), content, cut)
    return
  }
  const [start, end] = [Number(match[1]), Math.min(Number(match[2]) + 1, content.length)]
  if (start >= content.length) {
    response.writeHead(416, { 'content-range': `bytes */${content.length}` }).end()
    return
  }
  const part = content.subarray(start, end)
  const range = `bytes ${start}-${end - 1}/${content.length}`
  finish(
    response.writeHead(206, { ...headers, 'content-length': part.length, 'content-range': range }),
    part,
    cut,
  )
}

function finish(response: ServerResponse, part: Buffer, cut: number | undefined): void {
  if (cut === undefined) response.end(part)
  else response.write(part.subarray(0, cut), () => response.socket?.destroySoon())
}
