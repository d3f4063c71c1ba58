/** Host and port of a URL, as a client may name them. */
export interface Authority {
  /** A name, an IPv4 address, or an IPv6 address in brackets; in lower case. */
  hostname: string
  port: number | undefined
}

/** A name of 253 characters, its last dot, and a port. */
const MAX_LENGTH = 260
const LABEL = '[0-9a-z_](?:[0-9a-z_-]{0,61}[0-9a-z_])?'
const AUTHORITY = new RegExp(`^(\\[[0-9a-f:.]+\\]|${LABEL}(?:\\.${LABEL})*\\.?)(?::(\\d{1,5}))?$`, 'i')

/**
 * A Host field (RFC 9110 §7.2) that can stand in a URL as it is. Undefined for everything else: user information,
 * white space, what is no name, numbers that browsers would take for another address, ports out of 1 to 65535.
 */
export function readAuthority(text: string): Authority | undefined {
  const [, host, digits] = (text.length <= MAX_LENGTH && AUTHORITY.exec(text)) || []
  if (host === undefined || !URL.canParse(`http://${host}`)) return undefined
  const { hostname } = new URL(`http://${host}`)
  if (!host.startsWith('[') && hostname !== host.toLowerCase()) return undefined
  const port = digits === undefined ? undefined : Number(digits)
  if (port !== undefined && (port < 1 || port > 65_535)) return undefined
  return { hostname, port }
}
