/*
 * npm run <task>: scripts/<task>.mjs on a Node.js that OBB supports. A task exports `main(args)`, which resolves with
 * its exit code or nothing.
 */
import { fileURLToPath } from 'node:url'
import { installRuntime, isSupported, runOn, StepFailed } from './runtime.mjs'

const [task, ...args] = process.argv.slice(2)
try {
  if (isSupported()) {
    const { main } = await import(`./${task}.mjs`)
    process.exitCode = (await main(args)) ?? 0
  } else {
    process.exitCode = await runOn(await installRuntime(), [fileURLToPath(import.meta.url), task, ...args])
  }
} catch (error) {
  if (!(error instanceof StepFailed)) throw error
  process.stderr.write(`${error.message}\n`)
  process.exitCode = error.exitCode
}
