import { closeSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs'

/** Writes JSON that only the owner may read: the old content or the new one, never half of it. */
export function writePrivateJson(path: string, value: unknown): void {
  const work = `${path}.${process.pid}`
  rmSync(work, { force: true })
  const file = openSync(work, 'wx', 0o600)
  try {
    writeSync(file, `${JSON.stringify(value, null, 2)}\n`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
  renameSync(work, path)
}

/** Undefined if there is none. Raises SyntaxError. */
export function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
