import { createReadStream } from 'node:fs'
import { resolve } from 'node:path'
import { CliError } from './failure.js'
import type { Io } from './io.js'

/** The text of a file, or of the standard input where it is `-`; what is beyond `most` characters is left out. */
export async function readBounded({ cwd, stdin }: Io, path: string, most: number): Promise<string> {
  const source = path === '-' ? stdin : createReadStream(resolve(cwd, path), 'utf8')
  let text = ''
  try {
    for await (const chunk of source) {
      text += String(chunk)
      if (text.length > most) break
    }
  } catch (error) {
    throw new CliError(`${path} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
  return text
}
