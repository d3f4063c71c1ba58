import {
  invitationCreateSchema,
  invitationCreatedSchema,
  listedInvitationSchema,
  pageSchema,
  removedSchema,
} from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { checkedBody, clearedOptions, count, orNone, size } from '../options.js'
import { bytesOr, formatBytes, sheet, table } from '../output.js'
import { type PageOptions, readList, withPages } from '../pages.js'

export function registerInvite(program: Command, cli: Cli): void {
  const invite = program.command('invite').description('links by which people make an account in the portal')

  invite
    .command('add')
    .description('print a link that makes one account; it is shown this once, and with --send mailed')
    .option('--email <email>', 'for this e-mail alone')
    .option('--send', 'mail the link to it, too')
    .option('--language <language>', 'of the mail: en or zh-TW (default: en)')
    .option('--role <role>', 'user or operator (default: user)')
    .option('--traffic <size>', 'first grant, such as 1TB', size)
    .option('--daily-per-host <size>', 'cap per host in 24 h, such as 60GB, or `none`', orNone(size))
    .option('--expires-in-hours <n>', 'how long the link is good for (default: a week)', count)
    .action(async (options: Record<string, unknown>) => {
      const body = checkedBody(invitationCreateSchema, clearedOptions(options))
      cli.print(await cli.admin().post(['invitations'], invitationCreatedSchema, body), (made) =>
        sheet([
          ['link', made.url],
          ['good until', made.expiresAt],
          ['id', made.id],
        ]),
      )
    })

  withPages(
    invite.command('list').description('invitations that nobody has used yet, the newest first'),
  ).action(async (options: PageOptions) => {
    const shape = pageSchema(listedInvitationSchema)
    cli.print(await readList(cli, options, ['invitations'], shape), ({ items }) =>
      table(items, [
        { title: 'id', cell: (i) => i.id },
        { title: 'for', cell: (i) => i.email ?? 'anybody' },
        { title: 'role', cell: (i) => i.role },
        { title: 'traffic', cell: (i) => formatBytes(i.traffic) },
        { title: 'per host and day', cell: (i) => bytesOr(i.dailyPerHost, 'no cap') },
        { title: 'good until', cell: (i) => i.expiresAt },
      ]),
    )
  })

  invite
    .command('remove <id>')
    .description('take an invitation back')
    .action(async (id: string) => {
      cli.print(await cli.admin().delete(['invitations', id], removedSchema), ({ removed }) =>
        removed ? `removed ${id}` : `there is no invitation ${id}`,
      )
    })
}
