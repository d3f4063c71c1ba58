import type { FastifyReply } from 'fastify'

/** The name over HTTPS: browsers take it from this very host only, over HTTPS only, and for all of its paths. */
const SECURE = '__Host-obb'
/** Over plain HTTP, as a first start is reached. */
const PLAIN = 'obb'

const ATTRIBUTES = 'Path=/; HttpOnly; SameSite=Lax'

/**
 * The token in a Cookie field; undefined without one. What a neighbour or plain HTTP could have set is not taken over
 * HTTPS: whoever could put a cookie of theirs there would have others act in their account.
 */
export function sessionToken(field: string | undefined, isSecure: boolean): string | undefined {
  const cookies = new Map<string, string>()
  for (const pair of (field ?? '').split(';')) {
    const at = pair.indexOf('=')
    const name = pair.slice(0, Math.max(at, 0)).trim()
    if (!cookies.has(name)) cookies.set(name, pair.slice(at + 1).trim())
  }
  const token = cookies.get(SECURE) ?? (isSecure ? undefined : cookies.get(PLAIN))
  return token === '' ? undefined : token
}

/** `maxAge`: seconds. */
export function setSessionCookie(
  reply: FastifyReply,
  token: string,
  isSecure: boolean,
  maxAge: number,
): void {
  const cookie = `${isSecure ? SECURE : PLAIN}=${token}; ${ATTRIBUTES}; Max-Age=${maxAge}`
  void reply.header('set-cookie', isSecure ? `${cookie}; Secure` : cookie)
}

export function clearSessionCookies(reply: FastifyReply): void {
  void reply.header('set-cookie', [
    `${SECURE}=; ${ATTRIBUTES}; Max-Age=0; Secure`,
    `${PLAIN}=; ${ATTRIBUTES}; Max-Age=0`,
  ])
}
