/* NZBs where they lie: at an indexer, or uploaded. */
import type { Readable } from 'node:stream'
import type { FileRef, HostContext } from '../../kit/adapter.js'
import { HostError } from '../../kit/errors.js'
import { NetworkFault, networkCode } from '@obb/host-http'
import { addressOf, uploadOf } from './links.js'
import { read } from './document-reader.js'
import type { NzbAnswer, NzbQuestion } from './document-reader.js'
import { MAX_BYTES, tooLarge } from './nzb.js'
import { refusalInPlace } from './nzb-refusal.js'

const BODY_TIMEOUT_MS = 60_000
/** How much is read of what is no NZB. */
const REFUSAL_BYTES = 16 * 1024
/** The folder that these sources lie in: a thread finds the reader there. */
const FOLDER = 'usenet'

/**
 * What the NZB tells that a reference is about. Raises BAD_URL for what is none, and what its server refuses. Here it is
 * read only where there are no threads for it.
 */
export async function askNzb(ctx: HostContext, ref: FileRef, question: NzbQuestion): Promise<NzbAnswer> {
  const document = await documentOf(ctx, ref)
  ctx.signal.throwIfAborted()
  const answer = ctx.readDocument
    ? await ctx.readDocument({ folder: FOLDER, document, question })
    : read(document, question).answer
  return answer as NzbAnswer
}

async function documentOf(ctx: HostContext, ref: FileRef): Promise<Uint8Array> {
  const upload = uploadOf(ref)
  if (upload !== undefined) {
    const document = await ctx.document?.(upload)
    if (document !== undefined) return document
    throw new HostError('BAD_URL', 'Usenet: NZB was not uploaded, or too long ago', { retryable: false })
  }
  return fetchBytes(ctx, ref).catch((error: unknown) => {
    ctx.signal.throwIfAborted()
    throw ofTheIndexer(error)
  })
}

async function fetchBytes(ctx: HostContext, ref: FileRef): Promise<Buffer> {
  const { url, userInfo } = addressOf(ref)
  const {
    body,
    headers,
    status,
    url: from,
  } = await ctx.http.open({
    url,
    userUrl: true,
    headers: {
      ...(userInfo !== undefined && { authorization: `Basic ${Buffer.from(userInfo).toString('base64')}` }),
    },
    timeoutMs: BODY_TIMEOUT_MS,
    signal: ctx.signal,
  })
  const bytes = status === 200 ? await whole(body) : await beginningOf(body)
  const text = bytes.toString('utf8', 0, REFUSAL_BYTES)
  const refused = refusalInPlace({ status, headers, text, url: from, now: ctx.now() })
  if (refused) throw refused
  return bytes
}

async function whole(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BYTES) throw tooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

/** What came of it, where it breaks off. */
async function beginningOf(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      if ((size += chunk.length) >= REFUSAL_BYTES) break
    }
  } catch {
    // The status stands.
  }
  return Buffer.concat(chunks)
}

/**
 * The address is a user's choice, and no fault of Usenet. What the network says names the path, which may hold keys
 * too. A document cut short is asked for again whole.
 */
function ofTheIndexer(error: unknown): unknown {
  const code = networkCode(error)
  if (!(error instanceof HostError)) return error
  const kind = error.kind === 'TRUNCATED' ? 'HOST_TEMP' : error.kind
  const isOurs = error.message.startsWith('Usenet: ')
  return new HostError(
    kind,
    isOurs ? error.message : `Usenet: NZB cannot be fetched (${code ?? error.kind})`,
    {
      retryable: error.retryable,
      elsewhere: true,
      ...(error.retryAt !== undefined && { retryAt: error.retryAt }),
      ...(code !== undefined && { cause: new NetworkFault(code) }),
    },
  )
}
