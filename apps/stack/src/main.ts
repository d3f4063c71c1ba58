import { ConfigError, readEnvironment } from '@obb/core/config'
import { hasLauncher, whenLauncherEnds } from './launcher.js'
import { Stack } from './stack.js'
import { StartError } from './start-error.js'

const stack = new Stack(readEnvironment(), (line) => process.stdout.write(`${line}\n`))

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

function fail(error: unknown): void {
  const isExpected = error instanceof ConfigError || error instanceof StartError
  const text =
    isExpected || !(error instanceof Error) ? String((error as Error).message ?? error) : error.stack
  process.stderr.write(`${text}\n`)
  process.exit(1)
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)
// The terminal may go away while we run; that is no reason to leave children behind.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)

if (hasLauncher()) whenLauncherEnds(stop)

stack.start().catch(fail)
