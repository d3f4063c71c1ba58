import { parseUrl } from '@obb/host-http'
import { domainOf } from '../../kit/links.js'
import type { Site } from './site.js'

export { fileCode, matcher } from '../xfilesharing/links.js'

/** How download servers of the script write their links: a folder, perhaps a number, a long token, and the name. */
const DIRECT = /^\/(?:cgi-bin\/dl\.cgi|d|dl|files?|p\d{0,3})\/(?:[\w-]{1,12}\/)?[\w-]{13,512}\/[^/]{1,1024}$/i

/** The URL, if it is that of a direct link and not of a page. `base`: the URL of the page that names it. */
export function directLink(link: string, base: string): string | undefined {
  const url = targetOf(link, base)
  return url !== undefined && DIRECT.test(url.pathname) ? url.href : undefined
}

/** The same for where a page redirects to: that may be a server of any kind, but no page of the site. */
export function redirectedLink(
  link: string,
  base: string,
  { domains }: Pick<Site, 'domains'>,
): string | undefined {
  const direct = directLink(link, base)
  if (direct !== undefined) return direct
  const url = targetOf(link, base)
  const isPage =
    url?.host === new URL(base).host || (url !== undefined && domainOf(domains, url) !== undefined)
  return isPage || !url?.pathname.includes('/', 1) ? undefined : url.href
}

function targetOf(link: string, base: string): URL | undefined {
  const url = parseUrl(link, new URL(base))
  return url !== undefined && /^https?:$/.test(url.protocol) ? url : undefined
}
