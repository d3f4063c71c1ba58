import { promisify } from 'node:util'
import { gunzip } from 'node:zlib'
import { Refusal } from '@obb/contracts'
import type { UploadedDocument } from '@obb/host-adapters'

/** Largest upload, and largest text of one that is gzip, bytes: an NZB of a terabyte. */
export const MAX_NZB_BYTES = 32 * 1024 * 1024
/** MARK_WITHIN is the length of the beginning that is searched, bytes: comments may stand before the mark. */
const MARK_WITHIN = 64 * 1024

const unzip = promisify(gunzip)

/**
 * The text of an uploaded document: the body itself, or the first file of a form; gzip is undone. One that is packed in
 * another way is given as it is, for whoever reads it to unpack. Raises Refusal `body_too_large`, `request_invalid`, and
 * `url_unsupported` for what is no such document.
 */
export async function nzbIn(
  body: Buffer,
  type: string,
  { mark, packings }: Pick<UploadedDocument, 'mark' | 'packings'>,
): Promise<Buffer> {
  const text = await textOf(type.startsWith('multipart/') ? await fileIn(body, type) : body)
  const beginning = text.toString('latin1', 0, MARK_WITHIN)
  if (packings.some((packing) => beginning.startsWith(packing))) return text
  if (!beginning.toLowerCase().includes(mark))
    throw new Refusal('url_unsupported', { internal: 'the upload is no NZB' })
  return text
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
