import {
  type HostAccountView,
  type ImportFault,
  type ImportRow,
  MAX_IMPORT_LENGTH,
  MAX_IMPORT_ROWS,
  hostAccountSavedSchema,
  hostAccountSchema,
  hostViewSchema,
  pageSchema,
  readAccountImport,
} from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { CliError, PortalRefusal } from '../failure.js'
import { printable, table } from '../output.js'
import { readList } from '../pages.js'
import { readBounded } from '../read-bounded.js'

const FAULTS: Record<ImportFault, string> = {
  too_long: `is longer than ${MAX_IMPORT_LENGTH / 1024} KiB`,
  too_many: `has more than ${MAX_IMPORT_ROWS} accounts`,
  empty: 'has no accounts',
}
/** HTTP code of what is there already. */
const CONFLICT = 409

/** What is told of a row: never its credentials. */
interface Outcome {
  line: number
  host: string
  account: string
  outcome: 'added' | 'added_untested' | 'would_add' | 'known' | 'unknown_host' | 'incomplete' | 'refused'
  detail: string | null
}

interface ImportOptions {
  dryRun?: true
  untested?: true
}

export function registerAccountImport(account: Command, cli: Cli): void {
  account
    .command('import <file>')
    .description(
      'add the accounts of a file, each after its platform took it: CSV of platform, login and password or key, or accounts.cfg of pyLoad; `-` is the standard input',
    )
    .option('--dry-run', 'tell what each row is, and add nothing')
    .option('--untested', 'save credentials without asking the platforms first')
    .action(async (file: string, options: ImportOptions) => {
      const text = await readBounded(cli.io, file, MAX_IMPORT_LENGTH + 1)
      const [hosts, { items }] = await Promise.all([
        cli.admin().get(['hosts'], hostViewSchema.array()),
        readList<HostAccountView>(cli, { all: true }, ['accounts'], pageSchema(hostAccountSchema)),
      ])
      const rows = readAccountImport(text, hosts, items)
      if (typeof rows === 'string') throw new CliError(`${file} ${FAULTS[rows]}`)
      const outcomes: Outcome[] = []
      for (const [at, row] of rows.entries()) {
        if (row.state === 'new' && !options.dryRun)
          cli.io.stderr.write(`${at + 1} of ${rows.length}: ${printable(`${row.platform} ${row.label}`)}\n`)
        outcomes.push(await outcomeOf(cli, row, options))
      }
      if (outcomes.some(({ outcome }) => FAILED.includes(outcome))) cli.exitCode = 1
      cli.print({ accounts: outcomes }, () => outcomeTable(outcomes))
    })
}

const FAILED: readonly Outcome['outcome'][] = ['unknown_host', 'incomplete', 'refused']

async function outcomeOf(cli: Cli, row: ImportRow, { dryRun, untested }: ImportOptions): Promise<Outcome> {
  const { line, host, label: account } = row
  const as = (outcome: Outcome['outcome'], detail: string | null = null): Outcome => ({
    ...{ line, host, account, outcome, detail },
  })
  if (row.state === 'incomplete') return as('incomplete', row.missing.join(', '))
  if (row.state !== 'new') return as(row.state)
  if (dryRun) return as('would_add')
  const { platform, credentials } = row
  const body = { platform, credentials, ...(untested && { untested }) }
  try {
    const { tested } = await cli.admin().post(['accounts'], hostAccountSavedSchema, body)
    return as(tested ? 'added' : 'added_untested')
  } catch (error) {
    if (!(error instanceof PortalRefusal)) throw error
    return error.http === CONFLICT ? as('known') : as('refused', error.message)
  }
}

const WORDS: Record<Outcome['outcome'], string> = {
  added: 'added',
  added_untested: 'added, not tested',
  would_add: 'would be added',
  known: 'there already',
  unknown_host: 'no such platform',
  incomplete: 'incomplete',
  refused: 'not added',
}

const outcomeTable = (outcomes: readonly Outcome[]): string =>
  table(outcomes, [
    { title: 'line', cell: ({ line }) => line, right: true },
    { title: 'platform', cell: ({ host }) => host },
    { title: 'account', cell: ({ account }) => account },
    { title: 'outcome', cell: ({ outcome }) => WORDS[outcome] },
    { title: 'detail', cell: ({ detail }) => detail },
  ])
