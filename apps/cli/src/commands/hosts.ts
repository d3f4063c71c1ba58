import type { HostGroup, HostHistoryAnswer } from '@obb/contracts'
import { type Command, Option } from 'commander'
import type { Cli } from '../cli.js'
import { bytesOr, formatBytes, perSecond, table } from '../output.js'
import { KEY, portalOf } from './inquiry.js'

export function registerHosts(program: Command, cli: Cli): void {
  const hosts = program
    .command('hosts')
    .description('the platforms that you may use, and what you used of them')
    .option(...KEY)
    .action(async ({ key }: { key?: string }) => {
      cli.print(await portalOf(cli, key).hosts(), ({ supportedhosts }) =>
        table(supportedhosts, [
          { title: 'platform', cell: (h) => h.platform },
          { title: 'works', cell: (h) => h.currently_working },
          { title: 'used in 24 h', cell: (h) => formatBytes(h.traffic24h_used), right: true },
          { title: 'traffic left', cell: (h: HostGroup) => bytesOr(h.trafficleft, '-'), right: true },
          { title: 'domains', cell: (h) => h.domains.join(' ') },
        ]),
      )
    })

  hosts
    .command('history')
    .description('how fetches of each platform ended, and how fast they were')
    .addOption(
      new Option('--days <n>', 'the last day by hour, or 90 by day').choices(['1', '90']).default('1'),
    )
    .option(...KEY)
    .action(async ({ days }: { days: string }, command: Command) => {
      const { key } = command.optsWithGlobals<{ key?: string }>()
      cli.print(await portalOf(cli, key).hostHistory(days), (answer) =>
        table(periodsOf(answer), [
          { title: 'platform', cell: (p) => p.platform },
          { title: 'from', cell: (p) => p.from },
          { title: 'succeeded', cell: (p) => p.succeeded, right: true },
          { title: 'failed', cell: failuresOf },
          { title: 'median speed', cell: (p) => perSecond(p.speed), right: true },
        ]),
      )
    })
}

type Period = HostHistoryAnswer['hosts'][number]['periods'][number] & { platform: string }

const periodsOf = ({ hosts }: HostHistoryAnswer): Period[] =>
  hosts.flatMap(({ platform, periods }) => periods.map((period) => ({ platform, ...period })))

/** `file_gone 2, host_temporary 1` */
const failuresOf = ({ failures }: Period): string =>
  Object.entries(failures)
    .map(([cause, count]) => `${cause} ${count}`)
    .join(', ')
