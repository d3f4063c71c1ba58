import { stat } from 'node:fs/promises'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { downloadName } from '@obb/contracts'
import { CliError, UsageError } from '../failure.js'

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

/** Several files need a directory. Raises UsageError. */
export async function assertDirectory(cwd: string, output: string | undefined): Promise<void> {
  if ((await destination(cwd, output)).name !== undefined)
    throw new UsageError('-o must be a directory where there are several links')
}

export function targetPath({ directory, name }: DownloadTarget, filename: string): string {
  return join(directory, name ?? downloadName(filename))
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
