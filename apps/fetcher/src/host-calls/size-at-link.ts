import { type HostAdapter, type HostContext, HostError, type Source, isPage } from '@obb/host-adapters'
import type { Readable } from 'node:stream'

/** How much of a page is read to understand it, characters. */
const MAX_TEXT = 16 * 1024

/**
 * Bytes of a file whose host does not state them, asked of its direct link by the first byte; undefined where that does
 * not tell either. Raises what the host says in place of the file.
 */
export async function sizeAtLink(
  adapter: HostAdapter,
  { http, now, signal }: HostContext,
  source: Source,
): Promise<number | undefined> {
  if (source.kind === 'stream' || source.size !== undefined) return source.size
  const { headers, url, userUrl } = source
  const request = { url, headers: { ...headers, range: 'bytes=0-0' }, signal, ...(userUrl && { userUrl }) }
  const { body, ...head } = await http.open(request)
  if (head.status < 300 && (source.isPage || !isPage(head.headers))) {
    body.destroy()
    return sizeOf(head.status, head.headers)
  }
  const meaning = adapter.explainDownload?.({ ...head, text: await beginning(body), now: now() })
  if (meaning instanceof HostError) throw meaning
  throw new HostError('LINK_EXPIRED', `direct link answers ${head.status} without the file`)
}

async function beginning(body: Readable): Promise<string> {
  let text = ''
  for await (const chunk of body) {
    text += String(chunk)
    if (text.length >= MAX_TEXT) break
  }
  return text.slice(0, MAX_TEXT)
}

/** Of the whole file (RFC 9110 §14.4, §8.6). */
function sizeOf(status: number, headers: Readonly<Record<string, string>>): number | undefined {
  const [, total] =
    /^\s*bytes\s+\d{1,16}-\d{1,16}\/(\d{1,16})\s*$/i.exec(headers['content-range'] ?? '') ?? []
  const size = status === 206 ? total : headers['content-length']
  return size !== undefined && /^\d{1,16}$/.test(size) ? Number(size) : undefined
}
