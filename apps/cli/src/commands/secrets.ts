import { resealSchema } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { table } from '../output.js'

export function registerSecrets(program: Command, cli: Cli): void {
  const secrets = program.command('secrets').description('what is sealed in the database')

  secrets
    .command('reseal')
    .description('seal everything with the current SECRETS_KEY; repeat it as you like')
    .action(async () => {
      cli.print(await cli.admin().post(['secrets', 'reseal'], resealSchema), (counts) =>
        table(Object.entries(counts), [
          { title: 'what', cell: ([name]) => name },
          { title: 'resealed', cell: ([, count]) => count.resealed, right: true },
          { title: 'current before', cell: ([, count]) => count.current, right: true },
          { title: 'unreadable', cell: ([, count]) => count.unreadable, right: true },
        ]),
      )
    })
}
