import { createInterface } from 'node:readline'
import { CliError, UsageError, interruption } from './failure.js'
import type { Io } from './io.js'

/**
 * Before something that cannot be taken back: `yes` is `--yes`, else a terminal is asked. Raises UsageError where nobody
 * can be asked, CliError for any answer but yes.
 */
export async function confirm(io: Io, what: string, yes: boolean | undefined): Promise<void> {
  if (yes === true) return
  if (io.stdin.isTTY !== true) throw new UsageError(`this cannot be taken back: give --yes to ${what}`)
  io.stderr.write(`${what}? This cannot be taken back [y/N] `)
  const answer = await firstLine(io)
  if (io.signal.aborted) throw interruption()
  if (!/^y(es)?$/i.test(answer.trim())) throw new CliError('nothing was removed')
}

/** Empty where the input ends, or is interrupted. */
async function firstLine(io: Io): Promise<string> {
  const lines = createInterface({ input: io.stdin, crlfDelay: Infinity })
  const stop = () => lines.close()
  io.signal.addEventListener('abort', stop)
  try {
    for await (const line of lines) return line
    return ''
  } finally {
    io.signal.removeEventListener('abort', stop)
    lines.close()
    io.stdin.pause()
  }
}
