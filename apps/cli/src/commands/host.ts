import { hostUpdateSchema, hostViewSchema } from '@obb/contracts'
import type { HostView } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { UsageError } from '../failure.js'
import { checkedBody, count, pair, type Pairs } from '../options.js'
import { sheet, table } from '../output.js'

export function registerHost(program: Command, cli: Cli): void {
  const host = program.command('host').description('the platforms files are fetched from')

  host
    .command('list')
    .description('all platforms')
    .action(async () => {
      cli.print(await cli.admin().get(['hosts'], hostViewSchema.array()), (hosts) =>
        table(hosts, [
          { title: 'platform', cell: (h) => h.platform },
          { title: 'enabled', cell: (h) => h.enabled },
          { title: 'accounts', cell: (h) => (h.needsAccount ? h.accounts : 'none needed'), right: true },
          { title: 'chunks', cell: (h) => h.maxChunks, right: true },
          { title: 'downloads', cell: (h) => h.maxDownloads, right: true },
          { title: 'queued', cell: (h) => h.maxQueued, right: true },
          { title: 'resumable', cell: (h) => h.resumable },
          { title: 'domains', cell: (h) => h.domains.join(' ') },
        ]),
      )
    })

  host
    .command('show <platform>')
    .description('limits, domains, credential fields and origins of a platform')
    .action(async (platform: string) => {
      cli.print(await cli.admin().get(['hosts', platform], hostViewSchema), hostSheet)
    })

  for (const [name, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    host
      .command(`${name} <platform>`)
      .description(enabled ? 'accept links of a platform' : 'refuse links of a platform')
      .action(async (platform: string) => {
        cli.print(await cli.admin().patch(['hosts', platform], hostViewSchema, { enabled }), hostSheet)
      })
  }

  host
    .command('set <platform>')
    .description('change limits and origins of a platform')
    .option('--max-chunks <n>', 'most parallel connections per file', count)
    .option('--max-downloads <n>', 'most files at once', count)
    .option('--max-queued <n>', 'most waiting files', count)
    .option('--origin <name=url>', 'base URL by name, repeatable; `name=` goes back to the default', pair)
    .action(async (platform: string, options: HostSetOptions) => {
      const { origin, ...limits } = options
      if (Object.keys(options).length === 0) throw new UsageError('nothing to set: give at least one option')
      const origins = [...(origin ?? [])].map(([name, url]) => [name, url === '' ? null : url] as const)
      const body = checkedBody(hostUpdateSchema, {
        ...limits,
        ...(origin === undefined ? {} : { origins: Object.fromEntries(origins) }),
      })
      cli.print(await cli.admin().patch(['hosts', platform], hostViewSchema, body), hostSheet)
    })
}

interface HostSetOptions {
  maxChunks?: number
  maxDownloads?: number
  maxQueued?: number
  origin?: Pairs
}

function hostSheet(host: HostView): string {
  const origins = Object.entries(host.origins).map(
    ([name, url]) =>
      [`origin ${name}`, `${url}${name in host.originOverrides ? ' (overridden)' : ''}`] as const,
  )
  const credentials = host.credentials.map(
    ({ name, label, required }) =>
      [`credential ${name}`, `${label}${required ? '' : ' (optional)'}`] as const,
  )
  return sheet([
    ['platform', host.platform],
    ['enabled', host.enabled],
    ['accounts', host.needsAccount ? host.accounts : 'none needed'],
    ['max chunks', host.maxChunks],
    ['max downloads', host.maxDownloads],
    ['max queued', host.maxQueued],
    ['resumable', host.resumable],
    ['domains', host.domains.join(' ')],
    ...origins,
    ...credentials,
  ])
}
