import { MAX_PAGE, type PageView } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from './cli.js'
import { UsageError } from './failure.js'
import type { Shape } from './http.js'
import { count } from './options.js'

/** Rows that a list shows unless it is told otherwise. */
const DEFAULT_ROWS = 1_000

/** What a list command is asked for beside its own options. */
export interface PageOptions {
  limit?: number
  after?: string
  all?: boolean
}

export function withPages(command: Command): Command {
  return command
    .option('--limit <n>', `rows at most (default: ${DEFAULT_ROWS})`, count)
    .option('--after <cursor>', 'go on where an earlier list ended')
    .option('--all', 'every row, however many')
}

/**
 * The rows of a list that are asked for, out of as many pages as that takes. `next` of the last page is where the list
 * goes on; people are told so on the standard error. `read` reads one page, of
 * `most` rows at most: `limit` rows after `after`.
 */
export async function readPages<Row, Page extends { next: string | null }>(
  cli: Cli,
  { limit = DEFAULT_ROWS, after, all = false }: PageOptions,
  {
    read,
    rowsOf,
    most = MAX_PAGE,
  }: { read: (query: Record<string, string>) => Promise<Page>; rowsOf: (page: Page) => Row[]; most?: number },
): Promise<{ last: Page; rows: Row[] }> {
  if (limit < 1) throw new UsageError('--limit must be at least 1')
  const rows: Row[] = []
  for (let next = after; ;) {
    const wanted = all ? most : Math.min(most, limit - rows.length)
    const last = await read({ limit: String(wanted), ...(next === undefined ? {} : { after: next }) })
    for (const row of rowsOf(last)) rows.push(row)
    if (last.next !== null && (all || rows.length < limit)) {
      next = last.next
      continue
    }
    if (last.next !== null && !cli.json) {
      cli.io.stderr.write(`There is more: --all, or --after ${last.next}\n`)
    }
    return { last, rows }
  }
}

/** The same of a list that is nothing but its rows. */
export async function readList<Row>(
  cli: Cli,
  options: PageOptions,
  path: readonly string[],
  shape: Shape<PageView<Row>>,
  filter: Record<string, string> = {},
): Promise<PageView<Row>> {
  const { last, rows } = await readPages(cli, options, {
    read: (query) => cli.admin().get(path, shape, { ...filter, ...query }),
    rowsOf: (page) => page.items,
  })
  return { items: rows, next: last.next }
}
