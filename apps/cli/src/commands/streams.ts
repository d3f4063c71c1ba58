import { streamsViewSchema } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { count } from '../options.js'
import { formatBytes, formatSeconds, perSecond, sheet, table } from '../output.js'

export function registerStreams(program: Command, cli: Cli): void {
  program
    .command('streams')
    .description('who downloads from this server now: the fastest, and how much each proxy sends')
    .option('--limit <n>', 'streams that are shown, 200 at most', count)
    .action(async ({ limit }: { limit?: number }) => {
      const query = limit === undefined ? {} : { limit: String(limit) }
      const now = cli.io.clock.now()
      cli.print(await cli.admin().get(['streams'], streamsViewSchema, query), (view) => {
        const offloaded = view.proxies.reduce((sum, proxy) => sum + proxy.offloaded, 0)
        return [
          table(view.streams, [
            { title: 'file', cell: (s) => s.name },
            { title: 'user', cell: (s) => (s.isShared ? `${s.user} (share)` : s.user) },
            { title: 'client', cell: (s) => [s.client, s.address].filter((part) => part !== '').join(' ') },
            { title: 'sent', cell: (s) => formatBytes(s.sent), right: true },
            { title: 'of', cell: (s) => formatBytes(s.size), right: true },
            { title: 'speed', cell: (s) => perSecond(s.bytesPerSecond), right: true },
            { title: 'for', cell: (s) => formatSeconds((now - Date.parse(s.since)) / 1000), right: true },
          ]),
          '',
          table(view.proxies, [
            { title: 'proxy', cell: (p) => p.id },
            { title: 'streams', cell: (p) => p.streams, right: true },
            { title: 'connections', cell: (p) => p.connections, right: true },
            { title: 'speed', cell: (p) => perSecond(p.bytesPerSecond), right: true },
          ]),
          '',
          sheet([
            ['streams', view.total],
            ['connections', view.connections],
            ['speed', perSecond(view.bytesPerSecond)],
            ...(offloaded > 0 ? [['left to nginx or the S3', `${offloaded} answers`] as const] : []),
          ]),
        ].join('\n')
      })
    })
}
