import { fetcherSchema, platformQueueSchema } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { formatSeconds, table } from '../output.js'

export function registerQueue(program: Command, cli: Cli): void {
  program
    .command('queue')
    .description('what waits and what is fetched, by platform; file list --state pending has the files')
    .action(async () => {
      const now = cli.io.clock.now()
      const waits = (since: string | null) =>
        since === null ? null : formatSeconds((now - Date.parse(since)) / 1000)
      cli.print(await cli.admin().get(['queue'], platformQueueSchema.array()), (platforms) =>
        table(platforms, [
          { title: 'platform', cell: (p) => p.platform },
          { title: 'waiting', cell: (p) => p.waiting, right: true },
          { title: 'oldest waits', cell: (p) => waits(p.oldestAt), right: true },
          { title: 'running', cell: (p) => p.running, right: true },
        ]),
      )
    })
}

export function registerFetchers(program: Command, cli: Cli): void {
  program
    .command('fetchers')
    .description('the fetchers that are alive, and how many files each has')
    .action(async () => {
      cli.print(await cli.admin().get(['fetchers'], fetcherSchema.array()), (fetchers) =>
        table(fetchers, [
          { title: 'fetcher', cell: (f) => f.id },
          { title: 'fetching', cell: (f) => `${f.running}/${f.slots}`, right: true },
          { title: 'started', cell: (f) => f.startedAt },
          { title: 'seen', cell: (f) => f.seenAt },
        ]),
      )
    })
}
