/* Addresses of news servers, as an operator enters them. */
import { HostError } from '../../kit/errors.js'
import { parseUrl } from '@obb/host-http'
import type { CredentialField } from '../../kit/manifest.js'

export const CREDENTIALS = [
  {
    name: 'servers',
    label:
      'News servers by priority, such as nntps://user:password@news.example.com:563?connections=20, ' +
      'spaces between them',
    secret: true,
    required: true,
  },
] as const satisfies readonly CredentialField[]

export interface NewsAddress {
  host: string
  port: number
  tls: boolean
  /** Absent: the server wants no login. */
  login?: { user: string; password: string }
  /** Most connections that the provider allows. */
  connections: number
}

const DEFAULT_CONNECTIONS = 8
const MAX_CONNECTIONS = 60
const PORTS: Readonly<Record<string, number>> = { 'nntp:': 119, 'nntps:': 563 }
// eslint-disable-next-line no-control-regex
const CONTROL = /[\u0000-\u001f\u007f]/

/** Reads the field; user and password are percent-encoded there. Raises CONFIG without quoting any of it. */
export function parseServers(text: string): NewsAddress[] {
  return text
    .trim()
    .split(/[\s,]+/)
    .map((entry, index) => parseServer(entry, index + 1))
}

function parseServer(entry: string, place: number): NewsAddress {
  const url = parseUrl(entry)
  const defaultPort = PORTS[url?.protocol ?? '']
  if (url === undefined || defaultPort === undefined || url.hostname === '') {
    throw fault(place, 'is no nntp:// or nntps:// URL')
  }
  const connections = Number(url.searchParams.get('connections') ?? DEFAULT_CONNECTIONS)
  if (!Number.isInteger(connections) || connections < 1 || connections > MAX_CONNECTIONS) {
    throw fault(place, `needs connections from 1 to ${MAX_CONNECTIONS}`)
  }
  const login = { user: decodeUserInfo(url.username, place), password: decodeUserInfo(url.password, place) }
  return {
    host: url.hostname.toLowerCase().replace(/^\[|\]$/g, ''),
    port: url.port === '' ? defaultPort : Number(url.port),
    tls: url.protocol === 'nntps:',
    ...(login.user !== '' && { login }),
    connections,
  }
}

function decodeUserInfo(text: string, place: number): string {
  let plain: string
  try {
    plain = decodeURIComponent(text)
  } catch {
    throw fault(place, 'has user or password in a bad encoding')
  }
  // A line break would be a command of its own.
  if (CONTROL.test(plain)) throw fault(place, 'has control characters in user or password')
  return plain
}

function fault(place: number, what: string): HostError {
  return new HostError('CONFIG', `Usenet: server ${place} ${what}`, { retryable: false })
}
