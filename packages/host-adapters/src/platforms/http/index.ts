import { createHash } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { DownloadAnswer, FileInfo, FileRef, HostAdapter, HostContext } from '../../kit/adapter.js'
import { HostError } from '../../kit/errors.js'
import { type HostRequest, networkCode } from '@obb/host-http'
import { oneEncoding } from '../../kit/fields/text.js'
import type { HostManifest } from '../../kit/manifest.js'
import { errorByTable } from '../../kit/refusal-rules.js'
import type { Source } from '../../kit/source.js'
import { mayRefuseRange } from '../../kit/range-refusal.js'
import { describe, isBinary, isCoded, isWebPage, lastSegment, sizeOf } from './description.js'
import type { Description, Head } from './description.js'
import { REFUSALS } from './refusals.js'

/**
 * Any http(s) URL that leads to a file and belongs to no other platform. A user chooses the address, so
 * every request is marked `userUrl`. User info and query of the link, where passwords and tokens stand, are kept apart as
 * its secret; of the query the canonical URL has a digest.
 */
const manifest: HostManifest = {
  id: 'Http',
  domains: ['direct'],
  catchAll: true,
  enabledByDefault: false,
  needsAccount: false,
  limits: { maxChunks: 4, maxDownloads: 4, resumable: true },
  credentials: [],
  switches: [{ name: 'webPages', label: 'Take web pages for files' }],
  origins: {},
  checkBatchSize: 1,
  accountCheckIntervalMs: 0,
  requestGate: { minIntervalMs: 1000, burst: 4 },
  facts: [{ fact: 'a link is resumable after a 206 with a validator or a hash', evidence: 'official' }],
  reviewed: '2026-08-22',
}

/** How long HEAD may take, which some servers never answer, ms. */
const HEAD_TIMEOUT_MS = 5_000
/** What OpenSSL says of a server that speaks another protocol, or a TLS that is not taken. */
const NO_TLS = /^(EPROTO$|ERR_SSL_)/
/** Bytes by which a page is told from a file of its type. */
const SNIFFED = 512

function match(url: URL): FileRef | undefined {
  if ((url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') return undefined
  // Two spellings of one address are one file, which is asked for with the query as it was written.
  const place = url.origin + oneEncoding(url.pathname)
  const query = oneEncoding(url.search)
  const user = userInfo(url)
  const isDigest = DIGEST.test(query)
  const canonicalUrl = query === '' || isDigest ? place + query : `${place}?${digestOf(query)}`
  const secret = secretOf(isDigest ? '' : url.search, user)
  const nameHint = lastSegment(canonicalUrl)
  // Who knows the password gets the file of those who know it, and nobody else does.
  const identity = place + query + (user === undefined ? '' : `\n${user}`)
  return {
    fileId: createHash('sha256').update(identity).digest('hex'),
    canonicalUrl,
    kind: 'file',
    ...(nameHint !== undefined && { nameHint }),
    ...(secret !== undefined && { secret }),
  }
}

/** DIGEST is what the canonical URL has in place of a query. */
const DIGEST = /^\?sha256-[0-9a-f]{32}$/
const digestOf = (query: string): string =>
  `sha256-${createHash('sha256').update(query).digest('hex').slice(0, 32)}`

/** The secret of a link: its user info, or its query, a line end, and its user info. */
function secretOf(query: string, user: string | undefined): string | undefined {
  const isPlain = query === '' && user?.startsWith('?') !== true
  return isPlain ? user : `${query || '?'}\n${user ?? ''}`
}

/** The URL that is asked for, and the user info that goes with it. */
function requestOf({ canonicalUrl, secret }: FileRef): { url: string; user: string | undefined } {
  if (secret?.startsWith('?') !== true) return { url: canonicalUrl, user: secret }
  const end = secret.indexOf('\n')
  const url = new URL(canonicalUrl)
  const query = secret.slice(0, end)
  url.search = query === '?' ? '' : query
  return { url: url.href, user: secret.slice(end + 1) || undefined }
}

async function check(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
  const answers: FileInfo[] = []
  for (const ref of refs) answers.push(await checkOne(ctx, ref))
  return answers
}

async function checkOne(ctx: HostContext, ref: FileRef): Promise<FileInfo> {
  try {
    const { name, nameHint, size, version, resumable, hash } =
      (await askHead(ctx, ref)) ?? (await probe(ctx, ref))
    return {
      fileId: ref.fileId,
      state: 'available',
      nameHint,
      ...(size !== undefined && { size }),
      ...(name !== undefined && { name }),
      ...(hash !== undefined && { hash }),
      ...(version !== undefined && { validator: version }),
      ...(resumable !== undefined && { resumable }),
    }
  } catch (error) {
    if (!(error instanceof HostError) || error.kind !== 'FILE_GONE') throw error
    return { fileId: ref.fileId, state: 'gone' }
  }
}

async function resolve(ctx: HostContext, ref: FileRef): Promise<Source> {
  const { isPage, name, size, ifRange, resumable, weakValidator } = await probe(ctx, ref)
  return {
    kind: 'url',
    url: requestOf(ref).url,
    userUrl: true,
    headers: authorization(ref),
    resumable: resumable ?? false,
    maxChunks: resumable ? manifest.limits.maxChunks : 1,
    ...(size !== undefined && { size }),
    isPage,
    ...(name !== undefined && { name }),
    ...(ifRange !== undefined && { validator: ifRange }),
    ...(weakValidator !== undefined && { weakValidator }),
  }
}

/** Undefined when only a GET can tell: servers refuse HEAD, lie to it, or never answer it, whatever GET gets. */
async function askHead(ctx: HostContext, ref: FileRef): Promise<Description | undefined> {
  let answer: Head
  try {
    answer = await reach(ctx, ref, (request) =>
      ctx.http.request({ ...request, method: 'HEAD', timeoutMs: HEAD_TIMEOUT_MS }),
    )
  } catch (error) {
    ctx.signal.throwIfAborted()
    if (!(error instanceof HostError)) throw error
    return undefined
  }
  const { headers, status } = answer
  const tells = status === 200 && Number(headers['content-length'] ?? 0) > 0
  return tells && !isWebPage(headers) && !isCoded(headers) ? fileAt(ctx, ref, answer) : undefined
}

/**
 * Asks for the first byte: shows the size and whether the server really serves ranges. One that refuses the range, or
 * answers it oddly, is asked for the whole file, as a browser does.
 */
async function probe(ctx: HostContext, ref: FileRef): Promise<Description> {
  const answer = await askGet(ctx, ref, { range: 'bytes=0-0' })
  const { headers, status } = answer
  const emptyFile = status === 416 && /^bytes\s+\*\/0$/i.test(headers['content-range'] ?? '')
  if (!emptyFile && (status === 206 ? sizeOf(answer) === undefined : mayRefuseRange(status))) {
    return { ...(await probeWhole(ctx, ref)), resumable: false }
  }
  if (!emptyFile) refuseUnlessFile(ctx, answer)
  const looksAtBytes = isWebPage(headers) && !ctx.switches.has('webPages')
  const { isBinary: isFile = false } = looksAtBytes ? await askGet(ctx, ref, {}) : {}
  const description = fileAt(ctx, ref, { ...answer, isBinary: isFile })
  const { hash, ifRange, weakValidator } = description
  const proven = ifRange !== undefined || weakValidator !== undefined || hash !== undefined
  return { ...description, resumable: status === 206 && proven }
}

async function probeWhole(ctx: HostContext, ref: FileRef): Promise<Description> {
  const answer = await askGet(ctx, ref, {})
  refuseUnlessFile(ctx, answer)
  return fileAt(ctx, ref, answer)
}

/** Without a range, of a page only as much is read as shows whether it is one; nothing of anything else. */
async function askGet(ctx: HostContext, ref: FileRef, headers: Record<string, string>): Promise<Head> {
  return reach(ctx, ref, async (request) => {
    const { body, ...head } = await ctx.http.open({ ...request, headers: { ...request.headers, ...headers } })
    try {
      const looked = headers['range'] === undefined && head.status === 200 && isWebPage(head.headers)
      return { ...head, ...(looked && { isBinary: isBinary(await beginning(body)) }) }
    } finally {
      body.destroy()
    }
  })
}

async function beginning(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= SNIFFED) break
  }
  return Buffer.concat(chunks).subarray(0, SNIFFED)
}

function fileAt({ switches }: HostContext, { canonicalUrl }: FileRef, answer: Head): Description {
  return describe(answer, canonicalUrl, { webPages: switches.has('webPages') })
}

async function reach(
  ctx: HostContext,
  ref: FileRef,
  send: (request: HostRequest) => Promise<Head>,
): Promise<Head> {
  try {
    return await send({
      url: requestOf(ref).url,
      headers: authorization(ref),
      userUrl: true,
      signal: ctx.signal,
    })
  } catch (error) {
    const code = networkCode(error) ?? ''
    if (code === 'ENOTFOUND')
      throw new HostError('FILE_GONE', 'Http: server name does not exist', { cause: error })
    if (NO_TLS.test(code))
      throw new HostError('UNEXPECTED', `Http: server speaks no TLS (${code})`, { cause: error })
    throw error
  }
}

function refuseUnlessFile(ctx: HostContext, { status, headers }: Head): void {
  if (status === 200 || status === 206) return
  const answer = { at: 'check', status, text: '', retryAfter: headers['retry-after'], now: ctx.now() }
  throw (
    errorByTable(REFUSALS, manifest.id, answer) ??
    new HostError('UNEXPECTED', `Http: server answers ${status}`)
  )
}

function explainDownload({ status, headers, text, now }: DownloadAnswer): HostError | undefined {
  return errorByTable(REFUSALS, manifest.id, {
    at: 'download',
    status,
    text,
    retryAfter: headers['retry-after'],
    now,
  })
}

function authorization(ref: FileRef): Record<string, string> {
  const { user } = requestOf(ref)
  return user === undefined ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` }
}

function userInfo({ username, password }: URL): string | undefined {
  if (username === '' && password === '') return undefined
  const pair = `${username}:${password}`
  try {
    return `${decodeURIComponent(username)}:${decodeURIComponent(password)}`
  } catch {
    return pair
  }
}

export const adapter: HostAdapter = { manifest, match, check, resolve, explainDownload }
