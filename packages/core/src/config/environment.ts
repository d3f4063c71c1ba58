import { closestMatch } from 'leven'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { ConfigError } from './config-error.js'

export type Environment = Readonly<Record<string, string | undefined>>

const SECRET_FILE_LIMIT = 64 * 1024

/** OF_OTHERS are the names that may stand in a `.env` for somebody else: compose, the command line, Node. */
const OF_OTHERS = [
  ...['POSTGRES_PASSWORD', 'PUID', 'PGID', 'OBB_IMAGE'],
  ...['OBB_API', 'OBB_KEY', 'OBB_ADMIN_API', 'OBB_ADMIN_TOKEN'],
  ...['NODE_EXTRA_CA_CERTS', 'NODE_OPTIONS', 'TZ'],
]
const PREFIXES_OF_OTHERS = ['COMPOSE_', 'DOCKER_', 'npm_', 'PG', 'MALLOC_']

function readFileOf(name: string, path: string): string {
  try {
    if (statSync(path).size > SECRET_FILE_LIMIT) throw new ConfigError([`${name} names a file over 64 KiB`])
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    if (error instanceof ConfigError) throw error
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    throw new ConfigError([`${name} names a file that cannot be read (${code})`])
  }
}

function settingsOfFile(file: string): Environment {
  if (!existsSync(file)) return {}
  try {
    return parseEnv(readFileSync(file, 'utf8'))
  } catch (error) {
    throw new ConfigError([
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`,
    ])
  }
}

/** Blanks at the ends of these may be a part of them. */
const isPassword = (name: string): boolean => /(PASSWORD|PASSPHRASE|CLIENT_SECRET)$/.test(name)

/**
 * The environment, with the file `.env` of the working directory under it. An empty value counts as unset, and blanks at
 * the ends of a setting, which nobody sees, are none of it but in passwords.
 * `NAME_FILE` names a file that holds the value of the setting `NAME`, for secrets; it goes before `.env`.
 */
export function readEnvironment(
  names: readonly string[],
  env: Environment = process.env,
  file = '.env',
): Record<string, string> {
  const merged: Record<string, string> = {}
  for (const layer of [settingsOfFile(file), env]) {
    for (const [name, value] of Object.entries(layer)) {
      if (value === undefined || value === '') delete merged[name]
      else merged[name] = value
    }
    for (const name of names) {
      const path = layer[`${name}_FILE`]
      if (path === undefined || path === '') continue
      if (layer[name]) throw new ConfigError([`${name} and ${name}_FILE are both set`])
      merged[name] = readFileOf(`${name}_FILE`, path)
    }
  }
  for (const name of names) {
    delete merged[`${name}_FILE`]
    if (merged[name] === undefined || isPassword(name)) continue
    merged[name] = merged[name].trim()
    if (merged[name] === '') delete merged[name]
  }
  return merged
}

/** Tells where the value of a setting stands that is set: environment or file; undefined: in neither. */
export function settingOrigin(
  names: readonly string[],
  env: Environment = process.env,
  file = '.env',
): (name: string) => 'environment' | 'file' | undefined {
  const ofFile = settingsOfFile(file)
  const isIn = (layer: Environment, name: string) => Boolean(layer[name]) || Boolean(layer[`${name}_FILE`])
  const inEnvironment = new Set(names.filter((name) => isIn(env, name)))
  const inFile = new Set(names.filter((name) => isIn(ofFile, name)))
  return (name) => (inEnvironment.has(name) ? 'environment' : inFile.has(name) ? 'file' : undefined)
}

/** A line for each password that begins or ends with a blank, which is easily a mistake. */
export const paddedPasswords = (names: readonly string[], settings: Environment): string[] =>
  names
    .filter((name) => isPassword(name) && settings[name]?.trim() !== settings[name])
    .map((name) => `${name} begins or ends with a blank, and that is taken for a part of it`)

/**
 * A line for each name that looks like a misspelt setting: every unknown one in `.env`, which is ours, and those of
 * the environment, which is everybody's, that are a letter or two from a setting.
 */
export function misspeltSettings(
  names: readonly string[],
  env: Environment = process.env,
  file = '.env',
): string[] {
  const known = new Set([...names, ...names.map((name) => `${name}_FILE`), ...OF_OTHERS])
  const isKnown = (name: string) =>
    known.has(name) || PREFIXES_OF_OTHERS.some((prefix) => name.startsWith(prefix))
  const near = (name: string, maxDistance: number) => closestMatch(name, [...known], { maxDistance })
  const fromFile = Object.keys(settingsOfFile(file))
  const lines = fromFile
    .filter((name) => !isKnown(name))
    .map((name) => {
      const meant = near(name, 4)
      return `${name} in ${file} is no setting${meant === undefined ? '' : `; did you mean ${meant}?`}`
    })
  for (const name of Object.keys(env)) {
    if (isKnown(name) || fromFile.includes(name) || env[name] === '') continue
    const meant = near(name, name.length < 8 ? 1 : 2)
    if (meant !== undefined) lines.push(`${name} is no setting; did you mean ${meant}?`)
  }
  return lines
}
