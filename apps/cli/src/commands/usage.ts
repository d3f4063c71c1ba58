import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { count } from '../options.js'
import { formatBytes, table } from '../output.js'
import { KEY, portalOf } from './inquiry.js'

export function registerUsage(program: Command, cli: Cli): void {
  program
    .command('usage')
    .description('what you used by day and platform')
    .option('--days <n>', 'days of the time zone here, with today: 1 to 90', count, 30)
    .option(...KEY)
    .action(async ({ days, key }: { days: number; key?: string }) => {
      const { timeZone } = new Intl.DateTimeFormat().resolvedOptions()
      cli.print(await portalOf(cli, key).usage(days, timeZone), ({ days: rows }) =>
        table(rows, [
          { title: 'day', cell: (r) => r.day },
          { title: 'platform', cell: (r) => r.platform },
          { title: 'links', cell: (r) => r.links, right: true },
          { title: 'charged', cell: (r) => formatBytes(r.charged), right: true },
          { title: 'came back', cell: (r) => formatBytes(r.refunded), right: true },
        ]),
      )
    })
}
