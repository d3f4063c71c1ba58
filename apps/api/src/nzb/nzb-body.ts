import type { Readable } from 'node:stream'
import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Refusal } from '@obb/contracts'
import type { FastifyRequest } from 'fastify'

/** Largest upload, and largest text of one that is gzip, bytes: an NZB of a terabyte. */
export const MAX_NZB_BYTES = 32 * 1024 * 1024
/** MARK_WITHIN is the length of the beginning that is searched, bytes: comments may stand before the mark. */
const MARK_WITHIN = 64 * 1024

const unzip = promisify(gunzip)

/**
 * The text of an uploaded document: the body itself, or the first file of a form; gzip is undone. `mark` stands near
 * the beginning of every such document. Raises Refusal `nzb_expected`, `body_too_large`, `request_invalid`, and
 * `url_unsupported` for what is no such document.
 */
export async function readNzb(request: FastifyRequest, mark: string): Promise<Buffer> {
  const type = request.headers['content-type'] ?? ''
  const body = await readBody(request)
  const text = await textOf(type.startsWith('multipart/') ? await fileIn(body, type) : body)
  const beginning = text.toString('latin1', 0, MARK_WITHIN).toLowerCase()
  if (!beginning.includes(mark)) throw new Refusal('url_unsupported', { internal: 'the upload is no NZB' })
  return text
}

/**
 * readBody leaves what is beyond the limit to whoever answers: breaking off would be a reset that overtakes the answer.
 */
async function readBody({ body, headers }: FastifyRequest): Promise<Buffer> {
  if (!isStream(body)) throw new Refusal('nzb_expected')
  if (Number(headers['content-length'] ?? 0) > MAX_NZB_BYTES) throw new Refusal('body_too_large')
  const chunks: Buffer[] = []
  let size = 0
  try {
    for await (const chunk of body.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      size += chunk.length
      if (size > MAX_NZB_BYTES) throw new Refusal('body_too_large')
      chunks.push(chunk)
    }
  } catch (error) {
    throw error instanceof Refusal
      ? error
      : new Refusal('request_invalid', { internal: 'the upload broke off' })
  }
  return Buffer.concat(chunks)
}

function isStream(body: unknown): body is Readable {
  return typeof body === 'object' && body !== null && 'iterator' in body
}

/** RFC 7578. */
async function fileIn(body: Buffer, type: string): Promise<Buffer> {
  const form = await new Response(body, { headers: { 'content-type': type } }).formData().catch(() => {
    throw new Refusal('request_invalid', { details: ['The body is no multipart/form-data.'] })
  })
  for (const [, value] of form) if (typeof value !== 'string') return Buffer.from(await value.arrayBuffer())
  throw new Refusal('request_invalid', { details: ['The form has no file.'] })
}

async function textOf(bytes: Buffer): Promise<Buffer> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes
  try {
    return await unzip(bytes, { maxOutputLength: MAX_NZB_BYTES })
  } catch (error) {
    const isLarge = (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
    throw new Refusal(isLarge ? 'body_too_large' : 'url_unsupported', { internal: 'the upload is no gzip' })
  }
}
