import { blockCreatedSchema, blockCreateSchema, blockSchema, pageSchema } from '@obb/contracts'
import type { BlockCreate } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { UsageError } from '../failure.js'
import { checkedBody } from '../options.js'
import { sheet, table } from '../output.js'
import { type PageOptions, readList, withPages } from '../pages.js'

type Targets = Partial<Record<BlockCreate['kind'], string>>

export function registerBlock(program: Command, cli: Cli): void {
  const block = program.command('block').description('files that are not served')

  block
    .command('add')
    .description('block a file: stored copies go, links to them are revoked')
    .option('--url <url>', 'by its link')
    .option('--file <platform:id>', 'by its id at a platform, as in `obb file list`')
    .option('--name <pattern>', 'by its whole name, whatever the case; `*` is any text, `?` any character')
    .option('--sha256 <digest>', 'by its bytes')
    .requiredOption('--reason <text>', 'why, for the list')
    .action(async ({ reason, ...targets }: Targets & { reason: string }) => {
      const [target, ...others] = Object.entries(targets)
      if (target === undefined || others.length > 0) {
        throw new UsageError('give one of --url, --file, --name and --sha256')
      }
      const [kind, value] = target
      const body = checkedBody(blockCreateSchema, { kind, value, reason })
      cli.print(await cli.admin().post(['blocks'], blockCreatedSchema, body), (added) =>
        sheet([
          ['id', added.id],
          [added.kind, added.value],
          ['files removed', added.files],
          ['links revoked', added.links],
          ...(added.complete ? [] : [['further files', 'being looked for by the fetchers'] as const]),
        ]),
      )
    })

  withPages(block.command('list').description('blocks, newest first')).action(
    async (options: PageOptions) => {
      cli.print(await readList(cli, options, ['blocks'], pageSchema(blockSchema)), ({ items }) =>
        table(items, [
          { title: 'id', cell: (b) => b.id },
          { title: 'by', cell: (b) => b.kind },
          { title: 'value', cell: (b) => b.value },
          { title: 'since', cell: (b) => b.createdAt },
          { title: 'reason', cell: (b) => b.reason },
        ]),
      )
    },
  )

  block
    .command('remove <id>')
    .description('take a block back; links that it revoked stay revoked')
    .action(async (id: string) => {
      cli.print(await cli.admin().delete(['blocks', id], blockSchema.pick({ id: true })), (removed) =>
        sheet([['removed', removed.id]]),
      )
    })
}
