import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import type { Io } from './io.js'

/** The environment with `.env` under it (of the working directory, else of the repository). Empty is unset. */
export function readEnvironment(io: Io): Record<string, string> {
  const file = [io.cwd, io.root].map((dir) => join(dir, '.env')).find((path) => existsSync(path))
  const merged: Record<string, string> = {}
  const fromFile = file === undefined ? {} : parseEnv(readFileSync(file, 'utf8'))
  for (const [name, value] of Object.entries({ ...fromFile, ...io.env })) {
    if (value !== undefined && value !== '') merged[name] = value
  }
  return merged
}

/** The data directory as seen from here, and as seen from the repository. */
export function homes(io: Io, env: Record<string, string>): [string, string] {
  const home = env['OBB_HOME'] ?? './data'
  return [resolve(io.cwd, home), resolve(io.root, home)]
}
