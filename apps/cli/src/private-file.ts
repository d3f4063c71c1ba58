import { renameSync, rmSync, writeFileSync } from 'node:fs'

/** Readable by its owner only; the old content or the new one, never half of it. */
export function writePrivate(path: string, value: object): void {
  const work = `${path}.${process.pid}`
  rmSync(work, { force: true })
  writeFileSync(work, `${JSON.stringify(value, null, 2)}\n`, { flag: 'wx', mode: 0o600, flush: true })
  renameSync(work, path)
}
