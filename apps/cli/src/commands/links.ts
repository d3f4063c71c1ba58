import { type LinkListAnswer, type ListedLink, MAX_LISTED_LINKS, linkStateSchema } from '@obb/contracts'
import { type Command, Option } from 'commander'
import type { Cli } from '../cli.js'
import { isoTime } from '../options.js'
import type { RemoteLink } from '../get/portal.js'
import { actionsBelow, formatBytes, keyText, printable, table } from '../output.js'
import { type PageOptions, readPages, withPages } from '../pages.js'
import { KEY, portalOf } from './inquiry.js'

export interface LinkListOptions extends PageOptions {
  state?: string
  host?: string
  search?: string
  package?: string
  by?: string
  since?: string
  until?: string
}

export function registerLinks(program: Command, cli: Cli): void {
  const links = withLinkFilter(
    program
      .command('links')
      .description('your links, the newest first, with those that have ended')
      .option(...KEY),
  ).action(async ({ key, ...options }: LinkListOptions & { key?: string }) => {
    const portal = portalOf(cli, key)
    await listLinks(cli, options, (query) => portal.links(query))
  })

  links
    .command('cancel <ids...>')
    .description('end links; what was charged for one comes back while its file is not whole')
    .option(...KEY)
    .action(async (ids: string[], _options: object, command: Command) => {
      const portal = portalOf(cli, command.optsWithGlobals<{ key?: string }>().key)
      const ended: RemoteLink[] = []
      for (const id of ids) ended.push(await portal.cancel(id))
      cli.print(
        { links: ended },
        () => `ended: ${ended.map(({ filename }) => printable(filename)).join(', ')}`,
      )
    })
}

export function withLinkFilter(command: Command): Command {
  return withPages(
    command
      .addOption(new Option('--state <state>', 'only those in this state').choices(linkStateSchema.options))
      .option('--host <host>', 'only those of a platform, by its id or one of its hostnames')
      .option('--search <words>', 'only those with all of these words in the name')
      .option('--package <name>', 'only those that were asked for together under this name')
      .option('--by <key>', 'only those asked for with a key, by its id, or with `none`')
      .option('--since <time>', 'only those made then or later, an ISO date or time', isoTime)
      .option('--until <time>', 'only those made before, an ISO date or time', isoTime),
  )
}

/** Prints the links that are asked for. `read` asks for a page. */
export async function listLinks(
  cli: Cli,
  { limit, after, all, host, by, ...filter }: LinkListOptions,
  read: (query: Record<string, string>) => Promise<LinkListAnswer>,
): Promise<void> {
  const pages = {
    ...(limit !== undefined && { limit }),
    ...(after !== undefined && { after }),
    ...(all && { all }),
  }
  const wanted = {
    ...filter,
    ...(host !== undefined && { platform: host }),
    ...(by !== undefined && { key: by }),
  }
  const { last, rows: links } = await readPages(cli, pages, {
    read: (page) => read({ ...wanted, ...page }),
    rowsOf: (page) => page.links,
    most: MAX_LISTED_LINKS,
  })
  cli.print({ links, next: last.next }, () => {
    const listed = table(links, [
      { title: 'id', cell: (l) => l.linkId },
      { title: 'made', cell: (l) => new Date(l.created_at).toISOString() },
      { title: 'state', cell: stateOf },
      { title: 'size', cell: (l) => formatBytes(Number(l.filesize)), right: true },
      { title: 'platform', cell: (l) => l.platform },
      ...(links.some(({ keyId }) => keyId !== undefined)
        ? [{ title: 'key', cell: (l: ListedLink) => keyText(l) }]
        : []),
      { title: 'name', cell: (l) => l.filename },
      { title: 'link', cell: (l) => l.link ?? (l.state === 'error' ? l.error?.msg : null) },
    ])
    return listed + actionsBelow(links.map(({ error }) => error))
  })
}

/** `downloading 45 %`, `pending #3` */
function stateOf({ state, progress, queue_position: position }: ListedLink): string {
  if (state === 'downloading') return `${state} ${Math.floor(progress * 100)} %`
  return position === undefined ? state : `${state} #${position}`
}
