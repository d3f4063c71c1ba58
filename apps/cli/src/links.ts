import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { CliError, UsageError } from './failure.js'
import type { Io } from './io.js'

const MAX_INPUT_BYTES = 16 * 2 ** 20

/**
 * The links given as arguments, and those of files with one a line; empty lines and those that begin with `#` are none.
 * Each once, in their order. Raises UsageError where there are none, CliError for a file that cannot be read.
 */
export async function linksOf(
  io: Io,
  urls: readonly string[],
  files: readonly string[] = [],
): Promise<string[]> {
  const links = [...urls]
  for (const file of files) {
    const lines = (await textOf(io, file)).split('\n').map((line) => line.trim())
    links.push(...lines.filter((line) => line !== '' && !line.startsWith('#')))
  }
  if (links.length === 0) throw new UsageError('no link is given: name one, or a file of them with -i')
  return [...new Set(links)]
}

async function textOf(io: Io, file: string): Promise<string> {
  if (file !== '-') {
    return readFile(resolve(io.cwd, file), 'utf8').catch((error: NodeJS.ErrnoException) => {
      throw new CliError(`${file} cannot be read (${error.code})`)
    })
  }
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of io.stdin as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MAX_INPUT_BYTES) throw new CliError('the standard input is too long')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
