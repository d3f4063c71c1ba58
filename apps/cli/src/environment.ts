import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseEnv } from 'node:util'
import { CliError } from './failure.js'
import type { Io } from './io.js'

/**
 * The environment with `.env` under it (of the working directory, else of the repository). Empty is unset; of what is
 * ours, blanks at the ends are no part. Raises CliError.
 */
export function readEnvironment(io: Io): Record<string, string> {
  const file = [io.cwd, io.root].map((dir) => join(dir, '.env')).find((path) => existsSync(path))
  const merged: Record<string, string> = {}
  for (const [name, text] of Object.entries({ ...(file && settingsOf(file)), ...io.env })) {
    const value = name.startsWith('OBB_') ? text?.trim() : text
    if (value !== undefined && value !== '') merged[name] = value
  }
  return merged
}

function settingsOf(file: string): NodeJS.Dict<string> {
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new CliError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`)
  }
}

/** The data directory as seen from here, and as seen from the repository. */
export function homes(io: Io, env: Record<string, string>): [string, string] {
  const home = env['OBB_HOME'] ?? './data'
  return [resolve(io.cwd, home), resolve(io.root, home)]
}
