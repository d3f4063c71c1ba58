import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { homes, readEnvironment } from './environment.js'
import { CliError, UsageError } from './failure.js'
import type { Io } from './io.js'
import { findLogin } from './login-file.js'
import { writePrivate } from './private-file.js'

/** Ready is what `npm start` leaves in `$OBB_HOME/ready.json` for those who want to talk to it. */
interface Ready {
  api: string
  /** Where the admin API is. */
  admin?: string
  proxy?: string
  apiKey?: string
  adminToken?: string
  /** Email of the user whose key it is. */
  user?: string
  control?: string
}

/** Endpoint is where to talk to, and what to say to be let in. */
export interface Endpoint {
  /** Base URL without a trailing slash. */
  url: string
  /** Admin token or API key. */
  secret: string
}

export interface EndpointFlags {
  api?: string
  /** The secret as given on the command line. */
  secret?: string
}

const READY_LIMIT = 64 * 1024

/** Undefined where there is no such file. Raises CliError where it is another user's. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    const hint = code === 'EACCES' ? ': run obb as the user that OBB runs as' : ''
    throw new CliError(`${path} cannot be read (${code})${hint}`)
  }
}

function readReady(path: string): Ready | undefined {
  const text = textOf(path)
  if (text === undefined) return undefined
  let value: unknown
  try {
    value = text.length > READY_LIMIT ? undefined : JSON.parse(text)
  } catch {
    value = undefined
  }
  const ready = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>
  if (typeof ready['api'] !== 'string')
    throw new CliError(`${path} is damaged; start OBB again with npm start`)
  return {
    api: ready['api'],
    ...(typeof ready['admin'] === 'string' ? { admin: ready['admin'] } : {}),
    ...(typeof ready['proxy'] === 'string' ? { proxy: ready['proxy'] } : {}),
    ...(typeof ready['apiKey'] === 'string' ? { apiKey: ready['apiKey'] } : {}),
    ...(typeof ready['adminToken'] === 'string' ? { adminToken: ready['adminToken'] } : {}),
    ...(typeof ready['user'] === 'string' ? { user: ready['user'] } : {}),
    ...(typeof ready['control'] === 'string' ? { control: ready['control'] } : {}),
  }
}

function baseUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol !== 'http:' && url?.protocol !== 'https:') {
    throw new UsageError(`the address of the API must be an http or https URL`)
  }
  return `${url.origin}${url.pathname.replace(/(?<!\/)\/+$/, '')}`
}

/** Two addresses of one server: the same origin, or two names of this machine with the same port. */
function sameServer(a: string, b: string): boolean {
  const [left, right] = [new URL(a), new URL(b)]
  const local = (url: URL) => ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  return left.origin === right.origin || (local(left) && local(right) && left.port === right.port)
}

function findReady(places: readonly string[]): { home: string; ready: Ready } | undefined {
  for (const home of places) {
    const ready = readReady(join(home, 'ready.json'))
    if (ready !== undefined) return { home, ready }
  }
  return undefined
}

/**
 * Beside the server: the key of the user whom its start made is kept in `ready.json` and `secrets.json`, so a new one
 * has to be, too. Does nothing for other users and for other servers. `apiKey`: empty where there is none any more.
 */
export function keepKey(io: Io, flags: EndpointFlags, user: { email: string; apiKey: string }): void {
  const found = findReady(homes(io, readEnvironment(io)))
  if (found?.ready.user !== user.email) return
  if (!sameServer(adminEndpoint(io, flags).url, baseUrl(found.ready.admin ?? found.ready.api))) return
  for (const name of ['ready.json', 'secrets.json']) {
    const path = join(found.home, name)
    try {
      const kept = JSON.parse(readFileSync(path, 'utf8')) as object
      writePrivate(path, { ...kept, apiKey: user.apiKey })
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue // the server stopped meanwhile
      throw new CliError(
        `${path} still holds the old key: it could not be written (${(error as Error).message})`,
      )
    }
  }
}

/** The server of `npm start` that runs on the data directory here, if one does. Raises CliError. */
export const knownServer = (io: Io): Pick<Ready, 'api' | 'proxy' | 'control'> | undefined =>
  findReady(homes(io, readEnvironment(io)))?.ready

/** controlSocket is where the supervisor of `npm start` listens. Raises CliError. */
export function controlSocket(io: Io): string {
  const places = homes(io, readEnvironment(io))
  const ready = findReady(places)?.ready
  if (ready?.control !== undefined) return ready.control
  const path = join(places[0], 'ready.json')
  throw new CliError(
    ready === undefined
      ? `no server of npm start runs here (there is no ${path}); set OBB_HOME to its data directory`
      : 'this server takes no orders here (the path of its data directory is too long): send SIGUSR2 to its process',
  )
}

/**
 * secretFile reads the file that a variable names, for secrets that shall not be in the environment. Raises CliError.
 */
function secretFile(env: Readonly<Record<string, string>>, variable: string): string | undefined {
  const path = env[variable]
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (error) {
    throw new CliError(
      `${variable} names a file that cannot be read (${(error as NodeJS.ErrnoException).code})`,
    )
  }
}

/** One of the two interfaces: where its address and what lets one in are looked for. */
interface Interface {
  address: { variable: string; inReady: 'api' | 'admin' }
  secret: { variable: string; flag: string; inReady: 'apiKey' | 'adminToken' }
}

/**
 * The address is the flag, the environment's, that of the login, or ready.json's; the secret is the flag, the
 * environment's, that of the file which the environment names (`OBB_ADMIN_TOKEN_FILE`), the login's, or ready.json's.
 * Those of files are only ever sent to the server that gave them.
 */
function endpoint(io: Io, flags: EndpointFlags, { address: where, secret }: Interface): Endpoint {
  const env = readEnvironment(io)
  const places = homes(io, env)
  const ready = findReady(places)?.ready
  const login = where.inReady === 'api' ? findLogin(places)?.login : undefined
  const address = flags.api ?? env[where.variable] ?? login?.api ?? ready?.[where.inReady]
  if (address === undefined) {
    const path = join(places[0], 'ready.json')
    throw new CliError(
      `OBB is not running (there is no ${path}); start it with npm start, or name it with --api or ${where.variable}`,
    )
  }
  const url = baseUrl(address)
  const own = ready?.[where.inReady]
  const ofReady = own !== undefined && sameServer(url, baseUrl(own)) ? ready?.[secret.inReady] : undefined
  const ofLogin = login !== undefined && sameServer(url, baseUrl(login.api)) ? login.apiKey : undefined
  const given = flags.secret ?? env[secret.variable] ?? secretFile(env, `${secret.variable}_FILE`)
  const value = given ?? ofLogin ?? ofReady
  if (value === undefined) {
    throw new UsageError(
      `what lets you in at ${url} is missing: give ${secret.flag} or set ${secret.variable}`,
    )
  }
  if (!/^[\x21-\x7e]{1,512}$/.test(value)) {
    throw new UsageError(`${secret.flag} (or ${secret.variable}) holds characters that cannot be sent`)
  }
  return { url, secret: value }
}

/** The admin API. Raises UsageError or CliError. */
export function adminEndpoint(io: Io, flags: EndpointFlags): Endpoint {
  return endpoint(io, flags, {
    address: { variable: 'OBB_ADMIN_API', inReady: 'admin' },
    secret: { variable: 'OBB_ADMIN_TOKEN', flag: '--token', inReady: 'adminToken' },
  })
}

/**
 * The address of a server to log in to: that given, else as `userEndpoint` has it. Raises UsageError or CliError.
 */
export function loginAddress(io: Io, given: string | undefined): string {
  const env = readEnvironment(io)
  const address = given ?? env['OBB_API'] ?? findReady(homes(io, env))?.ready.api
  if (address === undefined) throw new UsageError('name the server: --server https://obb.example.org')
  return baseUrl(address)
}

/** The external API, as a user. Raises UsageError or CliError. */
export function userEndpoint(io: Io, flags: EndpointFlags): Endpoint {
  return endpoint(io, flags, {
    address: { variable: 'OBB_API', inReady: 'api' },
    secret: { variable: 'OBB_KEY', flag: '--key', inReady: 'apiKey' },
  })
}
