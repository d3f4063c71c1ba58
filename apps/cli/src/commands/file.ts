import {
  fileRemovedSchema,
  fileStateSchema,
  fileUpdateSchema,
  fileViewSchema,
  sweepRequestSchema,
  sweepViewSchema,
  pageSchema,
} from '@obb/contracts'
import type { FileView, SweepView } from '@obb/contracts'
import { type Command, Option } from 'commander'
import type { Cli } from '../cli.js'
import { confirm } from '../confirm.js'
import { checkedBody } from '../options.js'
import { bytesOr, sheet, table } from '../output.js'
import { type PageOptions, readList, withPages } from '../pages.js'

/** Between two looks at a sweep, ms; fetchers look for one every 3 s. */
const POLL_MS = 1_000

export function registerFile(program: Command, cli: Cli): void {
  const file = program.command('file').description('files that were or are fetched')

  withPages(
    file
      .command('list')
      .description('files, those that changed last first')
      .addOption(new Option('--state <state>', 'only those in this state').choices(fileStateSchema.options))
      .option('--search <text>', 'only those with this in the name, or with this id or SHA-256'),
  ).action(async ({ state, search, ...options }: PageOptions & { state?: string; search?: string }) => {
    const filter = { ...(state !== undefined && { state }), ...(search !== undefined && { search }) }
    cli.print(await readList(cli, options, ['files'], pageSchema(fileViewSchema), filter), ({ items }) =>
      table(items, [
        { title: 'id', cell: (f) => f.id },
        { title: 'platform', cell: (f) => f.platform },
        { title: 'name', cell: (f) => f.name },
        { title: 'size', cell: (f) => bytesOr(f.size, '-'), right: true },
        { title: 'state', cell: (f) => (f.refusal === null ? f.state : `${f.state} (${f.refusal})`) },
        { title: 'done', cell: percentDone, right: true },
        { title: 'attempts', cell: (f) => f.attempts, right: true },
        { title: 'links', cell: (f) => f.links, right: true },
        { title: 'pinned', cell: (f) => (f.pinned ? 'yes' : undefined) },
        { title: 'worker', cell: (f) => f.worker },
        { title: 'updated', cell: (f) => f.updatedAt },
      ]),
    )
  })

  file
    .command('sweep')
    .description('find what lies in the store and no file needs any more, and remove it')
    .option('--dry-run', 'only tell what would be removed')
    .action(async ({ dryRun = false }: { dryRun?: boolean }) => {
      const admin = cli.admin()
      const { clock, signal } = cli.io
      let sweep = await admin.post(
        ['files', 'sweeps'],
        sweepViewSchema,
        checkedBody(sweepRequestSchema, { dryRun }),
      )
      while (sweep.finishedAt === null) {
        await clock.sleep(POLL_MS, signal)
        sweep = await admin.get(['files', 'sweeps', sweep.id], sweepViewSchema)
      }
      cli.print(sweep, sweepText)
    })

  for (const [name, pinned, what] of [
    ['pin', true, 'keep a file, whatever its age and however full the store is'],
    ['unpin', false, 'take a pin back'],
  ] as const) {
    file
      .command(`${name} <id>`)
      .description(what)
      .action(async (id: string) => {
        const body = checkedBody(fileUpdateSchema, { pinned })
        cli.print(await cli.admin().patch(['files', id], fileViewSchema, body), (changed) =>
          sheet([
            ['id', changed.id],
            ['name', changed.name],
            ['pinned', changed.pinned],
          ]),
        )
      })
  }

  file
    .command('remove <id>')
    .description('remove a file, or the fetch of it; links to it end, and unfinished ones cost nothing')
    .option('--yes', 'without asking')
    .action(async (id: string, { yes }: { yes?: boolean }) => {
      await confirm(cli.io, `remove the file ${id}`, yes)
      cli.print(await cli.admin().delete(['files', id], fileRemovedSchema), ({ removed, links }) =>
        removed || links > 0 ? `removed ${id}; links that ended: ${links}` : `nothing of ${id} is stored`,
      )
    })
}

function sweepText({ dryRun, failure, names, objects, orphanBytes, orphans, bytes }: SweepView): string {
  const what = dryRun ? 'would be removed' : 'are being removed'
  const rest = orphans - names.length
  return [
    ...(failure === null ? [] : [failure]),
    `${objects} objects (${bytesOr(bytes, '0')}) looked at; ${orphans} (${bytesOr(orphanBytes, '0')}) ${what}`,
    ...names.map((name) => `  ${name}`),
    ...(rest > 0 ? [`  and ${rest} more`] : []),
  ].join('\n')
}

function percentDone(file: FileView): string {
  if (file.size === null) return '-'
  return file.size === 0 ? '100%' : `${Math.floor((file.bytesDone / file.size) * 100)}%`
}
