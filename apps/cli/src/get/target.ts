import { stat } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { CliError, UsageError } from '../failure.js'

/** Longest file name that leaves room for the endings of a download in the making, bytes. */
const MAX_NAME = 240
/** UTF-16 units looked at: bringing marks of accents into order is quadratic. */
const MAX_INPUT = 4_096

/**
 * A name that came from outside as the name of one ordinary file: no separators, no control or reserved
 * characters, no leading dot, not empty, short enough (the ending is kept).
 */
export function safeName(name: string): string {
  const plain = name
    .slice(0, MAX_INPUT)
    .normalize('NFC')
    .replace(/[\p{Cc}\p{Cs}\u202a-\u202e\u2066-\u2069\ufffd/\\:*?"<>|]/gu, '_')
    .trim()
    .replace(/^\.+/, '_')
    .replace(/(?<![. ])[. ]+$/, '')
  if (plain === '') return 'download'
  const dot = plain.lastIndexOf('.')
  const ending = dot > 0 && Buffer.byteLength(plain.slice(dot)) <= 32 ? plain.slice(dot) : ''
  return `${cutBytes(plain.slice(0, plain.length - ending.length), MAX_NAME - Buffer.byteLength(ending))}${ending}`
}

function cutBytes(text: string, limit: number): string {
  let bytes = 0
  let kept = ''
  for (const character of text) {
    bytes += Buffer.byteLength(character)
    if (bytes > limit) break
    kept += character
  }
  return kept
}

export interface DownloadTarget {
  directory: string
  /** undefined: the name of the link. */
  name?: string
}

/** `-o` as a directory that exists and perhaps a name in it. Raises UsageError. */
export async function destination(cwd: string, output: string | undefined): Promise<DownloadTarget> {
  if (output === undefined) return { directory: cwd }
  if (output === '-') throw new UsageError('a ranged download cannot be written to stdout; give -o a file')
  const path = resolve(cwd, output)
  if (await isDirectory(path)) return { directory: path }
  const named = !output.endsWith('/') && !output.endsWith(sep)
  const directory = named ? dirname(path) : path
  if (!(await isDirectory(directory))) throw new UsageError(`there is no directory ${directory}`)
  return { directory, name: basename(path) }
}

export function targetPath({ directory, name }: DownloadTarget, filename: string): string {
  return join(directory, name ?? safeName(filename))
}

/** The size of what is at the target, bytes; undefined if nothing is. Raises CliError if it is not a file. */
export async function existingSize(target: string): Promise<number | undefined> {
  const found = await stat(target).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (found === undefined) return undefined
  if (!found.isFile()) throw new CliError(`${target} exists and is not a file`)
  return found.size
}

async function isDirectory(path: string): Promise<boolean> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
  return found?.isDirectory() ?? false
}
