import { fileViewSchema } from '@obb/contracts'
import type { FileView } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { bytesOr, table } from '../output.js'

export function registerFile(program: Command, cli: Cli): void {
  const file = program.command('file').description('files that were or are fetched')

  file
    .command('list')
    .description('all files')
    .action(async () => {
      cli.print(await cli.admin().get(['files'], fileViewSchema.array()), (files) =>
        table(files, [
          { title: 'id', cell: (f) => f.id },
          { title: 'platform', cell: (f) => f.platform },
          { title: 'name', cell: (f) => f.name },
          { title: 'size', cell: (f) => bytesOr(f.size, '-'), right: true },
          { title: 'state', cell: (f) => (f.refusal === null ? f.state : `${f.state} (${f.refusal})`) },
          { title: 'done', cell: percentDone, right: true },
          { title: 'attempts', cell: (f) => f.attempts, right: true },
          { title: 'links', cell: (f) => f.links, right: true },
          { title: 'worker', cell: (f) => f.worker },
          { title: 'updated', cell: (f) => f.updatedAt },
        ]),
      )
    })
}

function percentDone(file: FileView): string {
  if (file.size === null) return '-'
  return file.size === 0 ? '100%' : `${Math.floor((file.bytesDone / file.size) * 100)}%`
}
