import { isIP } from 'node:net'
import { HostError } from './host-error.js'
import { parseUrl } from './url.js'

/**
 * ProxyEndpoint is where an operator's egress proxy listens, and who may use it. Holds a secret: log `proxyLabel`
 * instead.
 */
export interface ProxyEndpoint {
  /** `socks5h` behaves like `socks5`: the name is resolved and judged here, never by the proxy. */
  protocol: 'http' | 'https' | 'socks5' | 'socks5h'
  /** A name or an address, IPv6 without brackets. */
  hostname: string
  port: number
  /** Decoded. */
  credentials?: { username: string; password: string }
}

const FORM = /^(https?|socks5h?)(:\/\/.*)$/is
const MAX_SOCKS_FIELD_BYTES = 255

/**
 * Reads `scheme://[user:password@]host:port`, scheme one of http, https, socks5 and socks5h. User and
 * password are percent-encoded; the port has to be written out, since clients disagree on the one to
 * assume. Raises CONFIG with a message that says what is wrong and repeats nothing of the text.
 */
export function parseProxyUrl(text: string): ProxyEndpoint {
  const [, scheme, rest] = FORM.exec(text.trim()) ?? []
  if (scheme === undefined || rest === undefined) {
    throw invalid('expected http://, https://, socks5:// or socks5h://')
  }
  const protocol = scheme.toLowerCase() as ProxyEndpoint['protocol']
  // Hosts of schemes unknown to the WHATWG URL standard stay raw; under `http` they are all read alike.
  const url = parseUrl(`http${rest}`)
  if (url === undefined) {
    throw invalid('host and port cannot be read (special characters of a password are percent-encoded)')
  }
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '')
    throw invalid('only host and port expected')
  if (!/:\d+\/?$/.test(rest)) throw invalid('the port is missing')
  const port = url.port === '' ? 80 : Number(url.port)
  if (port === 0) throw invalid('the port is out of range')
  const hostname = url.hostname.replace(/^\[|\]$/g, '')
  const endpoint = { protocol, hostname, port }
  if (url.username === '' && url.password === '') return endpoint
  const credentials = { username: decodePart(url.username), password: decodePart(url.password) }
  checkCredentials(protocol, credentials)
  return { ...endpoint, credentials }
}

/** A proxy as it may be logged: no credentials. */
export function proxyLabel({ protocol, hostname, port }: ProxyEndpoint): string {
  return `${protocol}://${isIP(hostname) === 6 ? `[${hostname}]` : hostname}:${port}`
}

function checkCredentials(
  protocol: ProxyEndpoint['protocol'],
  { username, password }: NonNullable<ProxyEndpoint['credentials']>,
): void {
  // eslint-disable-next-line no-control-regex -- RFC 7617 §2 forbids exactly these
  if (/[\x00-\x1f\x7f]/.test(username + password)) throw invalid('user or password hold a control character')
  if (protocol === 'http' || protocol === 'https') {
    if (username.includes(':')) throw invalid('a user of an HTTP proxy cannot hold a colon (RFC 7617)')
    return
  }
  for (const field of [username, password]) {
    const bytes = Buffer.byteLength(field)
    if (bytes === 0 || bytes > MAX_SOCKS_FIELD_BYTES) {
      throw invalid(`user and password of a SOCKS proxy are 1 to ${MAX_SOCKS_FIELD_BYTES} bytes (RFC 1929)`)
    }
  }
}

function decodePart(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw invalid('user or password are not percent-encoded UTF-8')
  }
}

function invalid(reason: string): HostError {
  return new HostError('CONFIG', `Proxy URL is not valid: ${reason}`, { retryable: false })
}
