import { createInterface } from 'node:readline'
import { Writable } from 'node:stream'
import { CliError, interruption } from './failure.js'
import type { Io } from './io.js'

const MAX_LINE = 4096

/**
 * Lines of standard input, one per name, in order. On a terminal each is asked for by its name and not
 * echoed. Raises CliError when the input ends early.
 */
export async function readLines(io: Io, names: readonly string[]): Promise<Map<string, string>> {
  const values = new Map<string, string>()
  if (names.length === 0) return values
  const onTerminal = io.stdin.isTTY === true
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({
    input: io.stdin,
    output: nowhere,
    terminal: onTerminal,
    crlfDelay: Infinity,
  })
  const stop = () => lines.close()
  lines.on('SIGINT', stop)
  io.signal.addEventListener('abort', stop)
  const ask = () => onTerminal && io.stderr.write(`${names[values.size] ?? ''}: `)
  try {
    ask()
    for await (const line of lines) {
      if (onTerminal) io.stderr.write('\n')
      if (line.length > MAX_LINE) throw new CliError('a line of the standard input is too long')
      values.set(names[values.size] ?? '', line)
      if (values.size === names.length) return values
      ask()
    }
  } finally {
    io.signal.removeEventListener('abort', stop)
    lines.close()
    io.stdin.pause()
  }
  if (onTerminal || io.signal.aborted) throw interruption()
  throw new CliError(`the standard input ended before ${names[values.size]} was read`)
}
