import { LEDGER_CSV_HEAD, type OwnLedgerEntry, ledgerCsvLine, ownLedgerSchema } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { UsageError } from '../failure.js'
import { formatBytes, table } from '../output.js'
import { type PageOptions, readPages, withPages } from '../pages.js'
import { portalOf } from './inquiry.js'

interface OwnLedgerOptions extends PageOptions {
  key?: string
  csv?: boolean
}

/** Most entries of a page of the API. */
const MOST = 500

/** `obb account ledger`: every movement of the traffic of whoever has the key. */
export function registerOwnLedger(account: Command, cli: Cli): void {
  withPages(
    account
      .command('ledger')
      .description('every movement of your own traffic, the newest first')
      .option('--csv', 'all of it as CSV, bytes as numbers; written as it comes'),
  ).action(async (_: object, command: Command) => {
    const { key, csv, limit, after, all } = command.optsWithGlobals<OwnLedgerOptions>()
    const pages = {
      ...(limit !== undefined && { limit }),
      ...(after !== undefined && { after }),
      ...(all && { all }),
    }
    const portal = portalOf(cli, key)
    const read = (page: Record<string, string>) => {
      const { after: cursor, limit: most = String(MOST) } = page
      const query = new URLSearchParams({ limit: most, ...(cursor === undefined ? {} : { cursor }) })
      return portal.send('GET', `/ledger?${query}`, ownLedgerSchema)
    }
    if (csv) {
      if (cli.json) throw new UsageError('--csv and --json are two forms of the same: give one')
      return writeCsv(cli, read, after)
    }
    const { last, rows: items } = await readPages(cli, pages, {
      read,
      rowsOf: (page) => page.items,
      most: MOST,
    })
    cli.print({ items, next: last.next }, () => ledgerTable(items))
  })
}

async function writeCsv(
  cli: Cli,
  read: (query: Record<string, string>) => Promise<{ items: OwnLedgerEntry[]; next: string | null }>,
  after: string | undefined,
): Promise<void> {
  cli.io.stdout.write(LEDGER_CSV_HEAD)
  for (let next: string | null = after ?? ''; next !== null;) {
    const page = await read(next === '' ? {} : { after: next })
    cli.io.stdout.write(page.items.map(ledgerCsvLine).join(''))
    next = page.next
  }
}

function ledgerTable(entries: readonly OwnLedgerEntry[]): string {
  return table(entries, [
    { title: 'time', cell: (e) => e.at },
    { title: 'kind', cell: (e) => e.kind },
    { title: 'traffic', cell: (e) => formatBytes(e.amount), right: true },
    { title: 'left', cell: (e) => formatBytes(e.balance), right: true },
    { title: 'platform', cell: (e) => e.platform },
    { title: 'file', cell: (e) => e.fileName },
    { title: 'note', cell: (e) => e.note },
  ])
}
