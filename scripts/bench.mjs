/* npm run bench:<name>: sets up, then runs bench/<name>.mjs. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { root, setUp, StepFailed } from './setup.mjs'

const bench = join(root, 'bench', `${process.argv[2]}.mjs`)
try {
  if (!existsSync(bench)) throw new StepFailed(`There is no benchmark ${process.argv[2]}; it`, 2)
  await setUp()
  await import(pathToFileURL(bench).href)
} catch (error) {
  if (!(error instanceof StepFailed)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = error.exitCode
}
