import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { homes, readEnvironment } from './environment.js'
import { CliError } from './failure.js'
import type { Io } from './io.js'
import { writePrivate } from './private-file.js'

/** The server that somebody here has logged in to, and the key that came of it. */
interface Login {
  api: string
  apiKey: string
}

const LOGIN = 'login.json'

/** In the data directory, as what the server of `npm start` keeps; elsewhere the same place holds nothing else. */
export function keepLogin(io: Io, login: Login): string {
  const [home] = homes(io, readEnvironment(io))
  mkdirSync(home, { recursive: true, mode: 0o700 })
  const path = join(home, LOGIN)
  writePrivate(path, login)
  return path
}

/** The key is no more here; where it was made it stays. The server, if there was one. Raises CliError. */
export function forgetLogin(io: Io): string | undefined {
  const found = findLogin(homes(io, readEnvironment(io)))
  if (found === undefined) return undefined
  rmSync(found.path, { force: true })
  return found.login.api
}

/** The login in the first of these directories that has one. Raises CliError. */
export function findLogin(places: readonly string[]): { path: string; login: Login } | undefined {
  const path = places.map((home) => join(home, LOGIN)).find((each) => existsSync(each))
  if (path === undefined) return undefined
  try {
    const { api, apiKey } = JSON.parse(readFileSync(path, 'utf8')) as Partial<Login>
    if (typeof api === 'string' && typeof apiKey === 'string') return { path, login: { api, apiKey } }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new CliError(`${path} is damaged; remove it, and log in again with ./obb account login`)
}
