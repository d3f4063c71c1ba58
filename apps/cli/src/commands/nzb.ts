import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { CliError } from '../failure.js'
import { formatBytes, sheet } from '../output.js'
import { KEY, portalOf } from './inquiry.js'

export function registerNzb(program: Command, cli: Cli): void {
  program
    .command('nzb <file>')
    .description('have the file of an NZB fetched, plain or packed; of several, tell where they are listed')
    .option(...KEY)
    .action(async (file: string, { key }: { key?: string }) => {
      const path = resolve(cli.io.cwd, file)
      const content = await readFile(path).catch((error: NodeJS.ErrnoException) => {
        throw new CliError(`${file} cannot be read (${error.code})`)
      })
      cli.print(await portalOf(cli, key).uploadNzb(content), (link) =>
        sheet([
          ['id', link.linkId],
          ['name', link.filename],
          ['size', formatBytes(Number(link.filesize))],
          ['state', link.remote_status],
          ['link', link.link],
        ]),
      )
    })
}
