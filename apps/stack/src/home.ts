import { mkdirSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { StartError } from './start-error.js'

/** REASONS tells what the system's refusals of a path mean. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there',
  EDQUOT: 'the disk quota is used up',
  EEXIST: 'there is a file where a directory is needed',
  EISDIR: 'there is a directory where a file is needed',
  ELOOP: 'its symbolic links go round in circles',
  EMFILE: 'too many files are open',
  ENAMETOOLONG: 'the path is too long',
  ENOENT: 'nothing can be created there',
  ENOSPC: 'the disk is full',
  ENOTDIR: 'a part of its path is a file',
  EPERM: 'the file system does not allow it',
  EROFS: 'the file system is read-only',
}

/**
 * The directory, made where it is missing, with what is above it; a new one is its owner's alone, one that is there
 * keeps the rights that somebody gave it. Raises as mkdir(2) does.
 *
 * Step by step: Node's recursive mkdir goes on for ever where a directory is there and takes none, such as `/proc`.
 */
export function makeHome(home: string): void {
  makeDirectory(home, 0o700)
}

function makeDirectory(home: string, mode?: number): void {
  if (isDirectory(home)) return
  const parent = dirname(home)
  if (parent !== home) makeDirectory(parent)
  try {
    mkdirSync(home, { ...(mode !== undefined && { mode }) })
  } catch (error) {
    // Somebody else may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || !isDirectory(home)) throw error
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory()
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

/** A refusal of the system concerning a file of the home as a sentence for the operator; any other error as it is. */
export function homeError(home: string, error: unknown): unknown {
  const { code = '', path = home, syscall } = error as NodeJS.ErrnoException
  const reason = REASONS[code]
  if (syscall === undefined || reason === undefined) return error
  // The system's own words say more of what lies elsewhere; the parents of the home are a part of its path.
  if (!path.startsWith(home) && !home.startsWith(path)) return error
  const where = path.startsWith(home) && path !== home ? ` (${path})` : ''
  return new StartError(
    `OBB_HOME ${home} cannot be used: ${reason}${where} (${code}). Set OBB_HOME to a directory that this user may write to.`,
  )
}
