import { setTimeout as delay } from 'node:timers/promises'
import type { Readable, Writable } from 'node:stream'

export interface IoClock {
  /** Epoch ms. */
  now(): number
  /** Resolves after `ms`; rejects when the signal is aborted. */
  sleep(ms: number, signal: AbortSignal): Promise<void>
}

export type Screen = Writable & { isTTY?: boolean; columns?: number }

/** Everything a command touches of the process it runs in. */
export interface Io {
  stdin: Readable & { isTTY?: boolean }
  stdout: Writable
  stderr: Screen
  env: Readonly<Record<string, string | undefined>>
  cwd: string
  /** Directory of the repository: where `data` and `.env` are looked for if the working directory has none. */
  root: string
  clock: IoClock
  /** Aborted by Ctrl-C and SIGTERM. */
  signal: AbortSignal
}

export const systemClock: IoClock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, undefined, { signal }),
}

/**
 * The process as Io. The first Ctrl-C or SIGTERM asks commands to end, a second one kills. A reader that
 * closes our output (`obb user list | head`) ends the process quietly.
 */
export function processIo(root: string): Io {
  const stop = new AbortController()
  process.once('SIGINT', () => stop.abort())
  process.once('SIGTERM', () => stop.abort())
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0)
    process.stderr.write(`obb: the output cannot be written (${error.code})\n`)
    process.exit(1)
  })
  return {
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    env: process.env,
    cwd: process.cwd(),
    root,
    clock: systemClock,
    signal: stop.signal,
  }
}
