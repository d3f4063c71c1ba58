import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { processIdentity } from './process-identity.js'
import { StartError } from './start-error.js'

interface Holder {
  pid: number
  started: string
}

function read(path: string): Holder | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Holder
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    // Not ours, or cut off by a full disk: nobody holds it.
    if (error instanceof SyntaxError) return { pid: 0, started: '' }
    throw error
  }
}

const isHeld = ({ pid, started }: Holder) => pid > 0 && processIdentity(pid) === started

function takeBy(own: string, path: string): boolean {
  try {
    linkSync(own, path)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/**
 * One stack per data directory. A lock is the number and the start time of its holder, so that one left behind
 * by kill -9 is recognised even when the number is in use again. Returns its release; raises StartError.
 */
export function lockHome(home: string): () => void {
  const path = join(home, 'lock')
  const own = `${path}.${process.pid}`
  const moved = `${own}.stale`
  writeFileSync(own, JSON.stringify({ pid: process.pid, started: processIdentity(process.pid) }))
  try {
    while (!takeBy(own, path)) {
      const holder = read(path)
      if (holder && isHeld(holder)) refuse(home, holder)
      // Somebody else may have found it stale as well and have taken it since: look at what was moved.
      try {
        renameSync(path, moved)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') continue
        throw error
      }
      const taken = read(moved)
      if (taken && isHeld(taken)) {
        takeBy(moved, path)
        refuse(home, taken)
      }
    }
  } finally {
    rmSync(own, { force: true })
    rmSync(moved, { force: true })
  }
  return () => rmSync(path, { force: true })
}

function refuse(home: string, { pid }: Holder): never {
  throw new StartError(
    `OBB already runs on ${home} (process ${pid}). Stop it, or set OBB_HOME to another directory` +
      ' (with other ports) to run a second one.',
  )
}
