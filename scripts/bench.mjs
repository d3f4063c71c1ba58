/* npm run bench:<name>: sets up, then runs bench/<name>.mjs. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, setUp, StepFailed } from './setup.mjs'

export async function main([name, ...args]) {
  const bench = join(root, 'bench', `${name}.mjs`)
  if (!existsSync(bench)) throw new StepFailed(`There is no benchmark ${name}; it`, 2)
  await setUp()
  process.argv = [process.execPath, bench, ...args]
  await import(pathToFileURL(bench).href)
}
