import type { FastifyReply } from 'fastify'

const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Lax'

/** A cookie that holds a token, under one name over HTTPS and under another over plain HTTP, as a first start is reached. */
export class BrowserCookie {
  /** Browsers take it from this very host only, over HTTPS only, and for all of its paths. */
  private readonly secure: string

  constructor(private readonly plain: string) {
    this.secure = `__Host-${plain}`
  }

  /**
   * The token in a Cookie field; undefined without one. What a neighbour or plain HTTP could have set is not taken over
   * HTTPS: whoever could put a cookie of theirs there would have others act in their account.
   */
  token(field: string | undefined, isSecure: boolean): string | undefined {
    const cookies = new Map<string, string>()
    for (const pair of (field ?? '').split(';')) {
      const at = pair.indexOf('=')
      const name = pair.slice(0, Math.max(at, 0)).trim()
      if (!cookies.has(name)) cookies.set(name, pair.slice(at + 1).trim())
    }
    const token = cookies.get(this.secure) ?? (isSecure ? undefined : cookies.get(this.plain))
    return token === '' ? undefined : token
  }

  /** `maxAge`: seconds. */
  set(reply: FastifyReply, token: string, isSecure: boolean, maxAge: number): void {
    const cookie = `${isSecure ? this.secure : this.plain}=${token}; ${ATTRIBUTES}; Max-Age=${maxAge}`
    void reply.header('set-cookie', isSecure ? `${cookie}; Secure` : cookie)
  }

  clear(reply: FastifyReply): void {
    void reply.header('set-cookie', [
      `${this.secure}=; ${ATTRIBUTES}; Max-Age=0; Secure`,
      `${this.plain}=; ${ATTRIBUTES}; Max-Age=0`,
    ])
  }
}
