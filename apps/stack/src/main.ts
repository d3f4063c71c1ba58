import { ConfigError, misspeltSettings, readSettings, SETTINGS } from '@obb/core/config'
import { hasLauncher, whenLauncherEnds } from './launcher.js'
import { Stack } from './stack.js'
import { StartError } from './start-error.js'

const print = (line: string) => process.stdout.write(`${line}\n`)
const stack = new Stack(() => readSettings(), print)

let isStopping = false
function stop(): void {
  if (isStopping) return
  isStopping = true
  process.stdout.write('Stopping …\n')
  stack.stop().then(
    () => process.exit(0),
    (error: unknown) => fail(error),
  )
}

function fail(error: unknown): never {
  const isExpected = error instanceof ConfigError || error instanceof StartError
  const text =
    isExpected || !(error instanceof Error) ? String((error as Error).message ?? error) : error.stack
  process.stderr.write(`${text}\n`)
  process.exit(1)
}

function restart(): void {
  stack.restart().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
  })
}

process.on('SIGUSR2', restart)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
// The terminal may go away while we run; that is no reason to leave children behind.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

if (hasLauncher()) whenLauncherEnds(stop)

for (const line of misspeltSettings(SETTINGS)) print(`Warning: ${line}`)
stack.start().catch(fail)
