import {
  DEFAULT_SHARE_DOWNLOADS,
  DEFAULT_SHARE_SECONDS,
  MAX_SHARE_DOWNLOADS,
  type ShareAnswer,
  shareListSchema,
  shareRemovedSchema,
  shareRequestSchema,
  shareSchema,
} from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { checkedBody, count } from '../options.js'
import { sheet, table } from '../output.js'
import { KEY, portalOf } from './inquiry.js'

interface ShareOptions {
  key?: string
  downloads?: number
  expiresInHours?: number
}

export function registerShare(program: Command, cli: Cli): void {
  const share = program
    .command('share')
    .description('links for others, who need no key: for a time and a number of downloads')

  share
    .command('add <linkId>')
    .description('let others download the file of a link; charges nothing')
    .option(...KEY)
    .option(
      '--downloads <n>',
      `how often, 1 to ${MAX_SHARE_DOWNLOADS} (default: ${DEFAULT_SHARE_DOWNLOADS})`,
      count,
    )
    .option(
      '--expires-in-hours <n>',
      `for how long (default: ${DEFAULT_SHARE_SECONDS / 3600}); it ends with its link`,
      count,
    )
    .action(async (linkId: string, { key, downloads, expiresInHours: hours }: ShareOptions) => {
      const body = checkedBody(shareRequestSchema, {
        ...(downloads === undefined ? {} : { max_downloads: downloads }),
        ...(hours === undefined ? {} : { expires_in_seconds: hours * 3600 }),
      })
      cli.print(await portalOf(cli, key).send('POST', sharesOf(linkId), shareSchema, body), shareSheet)
    })

  share
    .command('list <linkId>')
    .description('the shares of a link, the newest first')
    .option(...KEY)
    .action(async (linkId: string, { key }: ShareOptions) => {
      const answer = await portalOf(cli, key).send('GET', sharesOf(linkId), shareListSchema)
      cli.print(answer, ({ shares }) =>
        table(shares, [
          { title: 'id', cell: (s) => s.id },
          { title: 'state', cell: (s) => s.state },
          { title: 'downloads', cell: usesOf, right: true },
          { title: 'expires', cell: (s) => new Date(s.expires_at).toISOString() },
          { title: 'url', cell: (s) => s.url },
        ]),
      )
    })

  share
    .command('remove <linkId> <shareId>')
    .description('take a share back: nobody downloads by it any more')
    .option(...KEY)
    .action(async (linkId: string, shareId: string, { key }: ShareOptions) => {
      const path = `${sharesOf(linkId)}/${encodeURIComponent(shareId)}`
      const removed = await portalOf(cli, key).send('DELETE', path, shareRemovedSchema)
      cli.print(removed, ({ id }) => `removed the share ${id}`)
    })
}

const sharesOf = (linkId: string): string => `/links/${encodeURIComponent(linkId)}/shares`

const usesOf = ({ downloads, max_downloads: most }: ShareAnswer): string => `${downloads} of ${most}`

function shareSheet(share: ShareAnswer): string {
  return sheet([
    ['id', share.id],
    ['downloads', usesOf(share)],
    ['expires', new Date(share.expires_at).toISOString()],
    ['url', share.url],
  ])
}
