import { PORTAL_API } from '@obb/contracts'
import type { Answer, Gateway } from './gateway.js'

/** A browser with a page of the portal open: it keeps cookies and says which page asks. */
export class Browser {
  readonly cookies = new Map<string, string>()
  /** Attributes of the cookies that were set last. */
  setCookies: string[] = []
  /** What it sends with every request; those of `call` go before. */
  readonly headers: Record<string, string>

  constructor(
    private readonly gateway: Gateway,
    headers: Record<string, string> = {},
  ) {
    this.headers = { origin: `http://127.0.0.1:${gateway.port}`, ...headers }
  }

  /** `path` below the portal's prefix. */
  async call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const sent = { ...this.headers, ...(cookie !== '' && { cookie }), ...headers }
    const answer = await this.gateway.send(method, `${PORTAL_API}/${path}`, sent, body)
    this.setCookies = answer.headers.getSetCookie()
    for (const field of this.setCookies) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(field) ?? []
      if (value === '') this.cookies.delete(name)
      else this.cookies.set(name, value)
    }
    return answer
  }
}
