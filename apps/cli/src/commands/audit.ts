import {
  AUDIT_CSV_HEAD,
  type AuditEntryView,
  auditChangesText,
  auditCsvLine,
  auditPageSchema,
} from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { UsageError } from '../failure.js'
import { count, isoTime } from '../options.js'
import { table } from '../output.js'

/** Of a page that the API gives. */
const ROWS = 100
const MAX_ROWS = 1_000

interface AuditOptions {
  who?: string
  what?: string
  since?: string
  limit?: number
  after?: string
  csv?: boolean
}

export function registerAudit(program: Command, cli: Cli): void {
  program
    .command('audit')
    .description('what operators changed and who was not let in, the newest first')
    .option('--who <text>', 'the beginning of who it was ("token 1a2b", "key 9f86") or of the address')
    .option('--what <text>', 'a part of the route, or of what was changed: an e-mail, an id, a platform')
    .option('--since <time>', 'an ISO date or time', isoTime)
    .option('--limit <n>', `rows at most (default: ${ROWS}; 1000 at most)`, count)
    .option('--after <cursor>', 'go on where an earlier list ended')
    .option('--csv', 'every row as CSV; written as it comes')
    .action(async ({ limit, csv, ...options }: AuditOptions) => {
      if (csv) {
        if (cli.json) throw new UsageError('--csv is another form than --json')
        if (limit !== undefined) throw new UsageError('--csv writes every row: give no --limit')
        return writeCsv(cli, options)
      }
      const query = { ...options, ...(limit !== undefined && { limit: String(limit) }) }
      cli.print(await cli.admin().get(['audit'], auditPageSchema, query), ({ items, next }) => {
        const rows = table(items, [
          { title: 'time', cell: (e) => e.at },
          { title: 'who', cell: (e) => e.who },
          { title: 'from', cell: (e) => e.address },
          { title: 'what', cell: (e) => e.action },
          { title: 'of', cell: (e) => e.targetName ?? e.target },
          { title: 'outcome', cell: outcomeOf },
          { title: 'changes', cell: auditChangesText },
        ])
        return next === null ? rows : `${rows}\n\nThere is more: --after ${next}`
      })
    })
}

function outcomeOf({ kind, outcome, count: attempts }: AuditEntryView): string {
  if (kind === 'auth_failure') return attempts === 1 ? 'not let in' : `not let in, ${attempts} times`
  return outcome ?? 'unknown'
}

/** All that the filter shows, page after page: a long log is nowhere in memory. */
async function writeCsv(
  cli: Cli,
  { after: from, ...filter }: Omit<AuditOptions, 'limit' | 'csv'>,
): Promise<void> {
  cli.io.stdout.write(AUDIT_CSV_HEAD)
  for (let after = from; ;) {
    const query = { ...filter, limit: String(MAX_ROWS), ...(after !== undefined && { after }) }
    const page = await cli.admin().get(['audit'], auditPageSchema, query)
    cli.io.stdout.write(page.items.map(auditCsvLine).join(''))
    if (page.next === null) return
    after = page.next
  }
}
