import { ConfigError, oddSettings, readSettings } from '@obb/core/config'
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
  process.stderr.write(`${textOf(error)}\n`)
  process.exit(1)
}

/** A stack is for who looks for one. */
function textOf(error: unknown): string {
  if (error instanceof ConfigError || error instanceof StartError) return error.message
  if (!(error instanceof Error)) return String(error)
  const isAsked = ['debug', 'trace'].includes(process.env['LOG_LEVEL'] ?? '')
  const text = `${error.name}: ${error.message}`
  return isAsked
    ? (error.stack ?? text)
    : `OBB ended: ${text}. With LOG_LEVEL=debug it says where that arose.`
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

async function start(): Promise<void> {
  for (const line of oddSettings()) print(`Warning: ${line}`)
  await stack.start()
}

start().catch(fail)
