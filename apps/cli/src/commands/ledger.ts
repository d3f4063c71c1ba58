import { ledgerQuerySchema, ledgerSchema } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { checkedBody } from '../options.js'
import { formatBytes, printable, table } from '../output.js'

export function registerLedger(program: Command, cli: Cli): void {
  program
    .command('ledger')
    .description("every movement of a user's traffic")
    .option('--email <email>', 'the user')
    .option('--id <id>', 'the user by id, also one that was removed')
    .action(async (options: { email?: string; id?: string }) => {
      const { email, id } = checkedBody(ledgerQuerySchema, options)
      const query = { ...(email !== undefined && { email }), ...(id !== undefined && { id }) }
      cli.print(await cli.admin().get(['ledger'], ledgerSchema, query), (ledger) => {
        const rows = table(ledger.entries, [
          { title: 'time', cell: (e) => e.at },
          { title: 'kind', cell: (e) => e.kind },
          { title: 'traffic', cell: (e) => formatBytes(e.bytes), right: true },
          { title: 'platform', cell: (e) => e.platform },
          { title: 'link', cell: (e) => e.linkId },
          { title: 'note', cell: (e) => e.note },
        ])
        return `${rows}\n\n${printable(ledger.email)} has ${formatBytes(ledger.trafficLeft)} left`
      })
    })
}
