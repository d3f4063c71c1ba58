import {
  LEDGER_CSV_HEAD,
  type LedgerCheckView,
  MAX_OWN_ENTRIES,
  ledgerCheckSchema,
  ledgerCsvLine,
  ledgerQuerySchema,
  ledgerSchema,
} from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { CliError, UsageError } from '../failure.js'
import { checkedBody } from '../options.js'
import { formatBytes, keyText, printable, table } from '../output.js'
import { type PageOptions, readPages, withPages } from '../pages.js'
import { KEY, portalOf } from './inquiry.js'

export function registerLedger(program: Command, cli: Cli): void {
  const command = withPages(
    program
      .command('ledger')
      .description("every movement of a user's traffic, oldest first; without a user your own, newest first")
      .option('--email <email>', 'the user')
      .option('--id <id>', 'the user by id, also one that was removed')
      .option(...KEY)
      .option('--csv', 'all of your own as CSV, bytes as numbers; written as it comes'),
  ).action(
    async ({
      email: givenEmail,
      id: givenId,
      key,
      csv,
      ...pages
    }: { email?: string; id?: string; key?: string; csv?: boolean } & PageOptions) => {
      if (csv) {
        if (cli.json || givenEmail !== undefined || givenId !== undefined)
          throw new UsageError('--csv is of your own ledger, and another form than --json')
        if (pages.limit !== undefined || pages.all)
          throw new UsageError('--csv writes every row: give neither --limit nor --all')
        return writeOwnLedger(cli, key, pages.after)
      }
      if (givenEmail === undefined && givenId === undefined) return showOwnLedger(cli, key, pages)
      const { email, id } = checkedBody(ledgerQuerySchema, { email: givenEmail, id: givenId })
      const user = { ...(email !== undefined && { email }), ...(id !== undefined && { id }) }
      const { last, rows: entries } = await readPages(cli, pages, {
        read: (page) => cli.admin().get(['ledger'], ledgerSchema, { ...user, ...page }),
        rowsOf: (ledger) => ledger.entries,
      })
      cli.print({ ...last, entries }, (ledger) => {
        const rows = table(ledger.entries, [
          { title: 'time', cell: (e) => e.at },
          { title: 'kind', cell: (e) => e.kind },
          { title: 'traffic', cell: (e) => formatBytes(e.bytes), right: true },
          { title: 'platform', cell: (e) => e.platform },
          { title: 'link', cell: (e) => e.linkId },
          { title: 'key', cell: (e) => (e.linkId === null ? null : keyText(e)) },
          { title: 'note', cell: (e) => e.note },
        ])
        return `${rows}\n\n${printable(ledger.email)} has ${formatBytes(ledger.trafficLeft)} left`
      })
    },
  )

  command
    .command('check')
    .description('hold every balance, and what was used of hosts and by keys in 24 hours, against the ledger')
    .action(async () => {
      const checks: LedgerCheckView[] = []
      const { rows: faults } = await readPages(
        cli,
        { all: true },
        {
          read: async (page) => {
            const check = await cli.admin().get(['ledger', 'check'], ledgerCheckSchema, page)
            checks.push(check)
            return check
          },
          rowsOf: (check) => check.faults,
        },
      )
      const accounts = checks.reduce((sum, check) => sum + check.accounts, 0)
      cli.print({ accounts, faults }, () =>
        faults.length === 0
          ? `accounts checked: ${accounts}; all is as the ledger says`
          : table(faults, [
              { title: 'user', cell: (f) => f.email },
              { title: 'what', cell: (f) => f.of },
              { title: 'platform', cell: (f) => f.platform },
              { title: 'key', cell: (f) => f.keyId },
              { title: 'hour or day', cell: (f) => f.hour },
              { title: 'kept', cell: (f) => f.kept, right: true },
              { title: 'by the ledger', cell: (f) => f.ledger, right: true },
            ]),
      )
      if (faults.length > 0) throw new CliError(`not as the ledger says: ${faults.length}`)
    })
}

async function showOwnLedger(cli: Cli, key: string | undefined, pages: PageOptions): Promise<void> {
  const portal = portalOf(cli, key)
  const { last, rows: items } = await readPages(cli, pages, {
    read: (page) => portal.ledger(page),
    rowsOf: (page) => page.items,
    most: MAX_OWN_ENTRIES,
  })
  cli.print({ items, next: last.next }, () =>
    table(items, [
      { title: 'time', cell: (e) => e.at },
      { title: 'kind', cell: (e) => e.kind },
      { title: 'traffic', cell: (e) => formatBytes(e.amount), right: true },
      { title: 'left', cell: (e) => formatBytes(e.balance), right: true },
      { title: 'platform', cell: (e) => e.platform },
      { title: 'file', cell: (e) => e.fileName },
      { title: 'note', cell: (e) => e.note },
    ]),
  )
}

/** All of it, page after page: a long ledger is nowhere in memory. */
async function writeOwnLedger(cli: Cli, key: string | undefined, from: string | undefined): Promise<void> {
  const portal = portalOf(cli, key)
  cli.io.stdout.write(LEDGER_CSV_HEAD)
  for (let after = from; ;) {
    const page = await portal.ledger({
      limit: String(MAX_OWN_ENTRIES),
      ...(after !== undefined && { after }),
    })
    cli.io.stdout.write(page.items.map(ledgerCsvLine).join(''))
    if (page.next === null) return
    after = page.next
  }
}
