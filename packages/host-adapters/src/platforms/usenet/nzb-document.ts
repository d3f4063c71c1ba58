/* NZBs where they lie: at an indexer, or uploaded. */
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import type { FileRef, HostContext } from '../../kit/adapter.js'
import { HostError } from '../../kit/errors.js'
import { NetworkFault, networkCode } from '@obb/host-http'
import { addressOf, uploadOf } from './links.js'
import { parseNzb } from './nzb.js'
import type { NzbFile } from './nzb.js'
import { refusal } from './refusals.js'

/** An NZB of a terabyte is about as large. */
const MAX_BYTES = 32 * 1024 * 1024
const BODY_TIMEOUT_MS = 60_000

const unzip = promisify(gunzip)

/** The files of the NZB that a reference is about. Raises BAD_URL for what is none, and what its server refuses. */
export async function fetchNzb(ctx: HostContext, ref: FileRef): Promise<NzbFile[]> {
  const upload = uploadOf(ref)
  if (upload !== undefined) {
    const text = await ctx.document?.(upload)
    if (text !== undefined) return parseNzb(text, ctx.signal)
    throw new HostError('BAD_URL', 'Usenet: NZB was not uploaded, or too long ago', { retryable: false })
  }
  const bytes = await fetchBytes(ctx, ref).catch((error: unknown) => {
    ctx.signal.throwIfAborted()
    throw ofTheIndexer(error)
  })
  return parseNzb(await textOf(bytes), ctx.signal)
}

async function fetchBytes(ctx: HostContext, ref: FileRef): Promise<Buffer> {
  const { url, userInfo } = addressOf(ref)
  const { body, headers, status } = await ctx.http.open({
    url,
    userUrl: true,
    headers: {
      ...(userInfo !== undefined && { authorization: `Basic ${Buffer.from(userInfo).toString('base64')}` }),
    },
    timeoutMs: BODY_TIMEOUT_MS,
    signal: ctx.signal,
  })
  if (status !== 200) {
    body.destroy()
    throw refusal({ at: 'nzb', status, text: '', retryAfter: headers['retry-after'], now: ctx.now() })
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_BYTES) throw tooLarge()
    chunks.push(chunk)
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

async function textOf(bytes: Buffer): Promise<string> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes.toString('utf8')
  try {
    return (await unzip(bytes, { maxOutputLength: MAX_BYTES })).toString('utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge()
    throw new HostError('BAD_URL', 'Usenet: NZB is no valid gzip', { retryable: false })
  }
}

function tooLarge(): HostError {
  return new HostError('BAD_URL', `Usenet: NZB is larger than ${MAX_BYTES} bytes`, { retryable: false })
}
