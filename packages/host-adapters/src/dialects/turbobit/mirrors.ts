/* Mirrors: a file is offered by several servers, of which some are dead. */
import type { DownloadAnswer, HostContext } from '../../kit/adapter.js'
import { HostError } from '../../kit/errors.js'
import { isPage, parseUrl } from '@obb/host-http'
import type { UrlSource } from '../../kit/source.js'

const MAX_MIRRORS = 8

/** usable returns what can be asked for of the mirrors that an answer names, in its order. */
export function usable(urls: readonly (string | undefined)[]): string[] {
  return urls.slice(0, MAX_MIRRORS).flatMap((text) => {
    // The site puts file names into its URLs as they are.
    const url = parseUrl(text?.replace(/%(?![0-9a-f]{2})/gi, '%25') ?? '')
    return url !== undefined && /^https?:$/.test(url.protocol) ? [url.href] : []
  })
}

/**
 * The first mirror that serves its first byte; a single one is not asked. Raises what the last one says, and
 * UNEXPECTED without any.
 */
export async function firstThatServes(
  ctx: HostContext,
  platform: string,
  mirrors: readonly UrlSource[],
  explain: (answer: DownloadAnswer) => HostError | undefined,
): Promise<UrlSource> {
  const [only, ...others] = mirrors
  if (only === undefined) throw new HostError('UNEXPECTED', `${platform}: site names no mirror for the file`)
  if (others.length === 0) return only
  let reason: HostError | undefined
  for (const mirror of mirrors) {
    const refusal = await refusalBy(ctx, platform, mirror, explain)
    if (refusal === undefined) return mirror
    reason = refusal
  }
  throw reason ?? new HostError('UNEXPECTED', `${platform}: no mirror serves the file`)
}

async function refusalBy(
  ctx: HostContext,
  platform: string,
  { headers, url }: UrlSource,
  explain: (answer: DownloadAnswer) => HostError | undefined,
): Promise<HostError | undefined> {
  try {
    const request = { url, headers: { ...headers, range: 'bytes=0-0' }, signal: ctx.signal }
    const { body, ...head } = await ctx.http.open(request)
    body.destroy()
    if ((head.status === 200 || head.status === 206) && !isPage(head.headers)) return undefined
    const meaning = explain({ ...head, text: '', now: ctx.now() })
    return (
      meaning ?? new HostError('LINK_EXPIRED', `${platform}: mirror answers ${head.status} without the file`)
    )
  } catch (error) {
    ctx.signal.throwIfAborted()
    if (error instanceof HostError) return error
    throw error
  }
}
