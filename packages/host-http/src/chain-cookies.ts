import { CookieJar } from 'tough-cookie'
import type { Hop } from './hop.js'

/** Lines of one answer that are read. */
const MAX_LINES = 64

/** The cookies that the answers of one chain of redirects set: sent on where RFC 6265 says, and gone with the chain. */
export class ChainCookies {
  private jar: CookieJar | undefined

  /** `lines` are the `Set-Cookie` lines of an answer from `url`; what is none is left aside. */
  take(url: URL, lines: readonly string[]): void {
    if (lines.length === 0) return
    this.jar ??= new CookieJar()
    for (const line of lines.slice(0, MAX_LINES)) {
      this.jar.setCookieSync(line, url.href, { ignoreError: true, loose: true })
    }
  }

  /** The hop as it is sent: with its own cookies, where it has some, and those of the chain, which are newer. */
  on(hop: Hop): Hop {
    const set = this.jar?.getCookiesSync(hop.url.href) ?? []
    if (set.length === 0) return hop
    const names = new Set(set.map(({ key }) => key))
    const own = (hop.headers['cookie'] ?? '')
      .split(';')
      .map((pair) => pair.trim())
      .filter((pair) => pair !== '' && !names.has(pair.split('=', 1)[0] ?? ''))
    const cookie = [...own, ...set.map((each) => each.cookieString())].join('; ')
    return { ...hop, headers: { ...hop.headers, cookie } }
  }
}
