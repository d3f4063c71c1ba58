import { hostUpdateSchema, hostViewSchema, hostWordsSchema } from '@obb/contracts'
import type { HostView } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { UsageError } from '../failure.js'
import {
  checkedBody,
  clearedOptions,
  count,
  onOff,
  orNone,
  pair,
  type Pairs,
  several,
  size,
} from '../options.js'
import { perSecond, sheet, table } from '../output.js'

export function registerHost(program: Command, cli: Cli): void {
  const host = program.command('host').description('the platforms files are fetched from')

  host
    .command('list')
    .description('all platforms, and how they are doing')
    .action(async () => {
      cli.print(await cli.admin().get(['hosts'], hostViewSchema.array()), (hosts) =>
        table(hosts, [
          { title: 'platform', cell: (h) => h.platform },
          { title: 'enabled', cell: (h) => h.enabled },
          { title: 'health', cell: hostState },
          { title: 'success', cell: (h) => percent(h.health.successRate), right: true },
          { title: 'speed', cell: (h) => perSecond(h.health.speed), right: true },
          { title: 'last error', cell: lastError },
          { title: 'canary', cell: canary },
          { title: 'accounts', cell: (h) => (h.needsAccount ? h.accounts : 'none needed'), right: true },
          { title: 'chunks', cell: (h) => h.maxChunks, right: true },
          { title: 'downloads', cell: (h) => h.maxDownloads, right: true },
          { title: 'queued', cell: (h) => h.maxQueued, right: true },
          { title: 'solo', cell: (h) => h.solo },
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

  host
    .command('words')
    .description(
      'what platforms said that OBB does not understand: report it, or see on their site what it means',
    )
    .action(async () => {
      cli.print(await cli.admin().get(['host-words'], hostWordsSchema.array()), (words) =>
        table(words, [
          { title: 'platform', cell: (w) => w.platform },
          { title: 'times', cell: (w) => w.count, right: true },
          { title: 'taken for', cell: (w) => w.takenFor },
          { title: 'first', cell: (w) => w.firstAt },
          { title: 'last', cell: (w) => w.lastAt },
          { title: 'words', cell: (w) => w.words },
        ]),
      )
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
    .command('try <platform>')
    .description('call a platform again at once that is set aside for its failures')
    .action(async (platform: string) => {
      cli.print(await cli.admin().post(['hosts', platform, 'try'], hostViewSchema), hostSheet)
    })

  host
    .command('set <platform>')
    .description('change limits and origins of a platform')
    .option('--max-chunks <n>', 'most parallel connections per file', count)
    .option('--max-downloads <n>', 'most files at once', count)
    .option('--max-queued <n>', 'most waiting files', count)
    .option('--solo <state>', '`on`: one fetch per user at a time', onOff)
    .option('--bandwidth <size>', 'bytes per second that all fetchers together take, or `none`', orNone(size))
    .option('--switch <name=state>', '`name=on` or `name=off`, repeatable; `host show` has the names', pair)
    .option('--add-domain <hostname>', 'a hostname beside its own, repeatable', several)
    .option('--retire-domain <hostname>', 'a hostname that it has given up, repeatable', several)
    .option('--canary <url>', 'a link whose file is known to be there; `none` takes it away')
    .option('--origin <name=url>', 'base URL by name, repeatable; `name=` goes back to the default', pair)
    .action(async (platform: string, options: HostSetOptions) => {
      const { origin, switch: switches, addDomain, retireDomain, canary, ...limits } = options
      if (Object.keys(options).length === 0) throw new UsageError('nothing to set: give at least one option')
      const origins = [...(origin ?? [])].map(([name, url]) => [name, url === '' ? null : url] as const)
      const body = checkedBody(hostUpdateSchema, {
        ...clearedOptions(limits),
        ...(origin === undefined ? {} : { origins: Object.fromEntries(origins) }),
        ...(switches === undefined ? {} : { switches: states(switches) }),
        ...(addDomain === undefined ? {} : { addDomains: await bare(addDomain) }),
        ...(retireDomain === undefined ? {} : { retireDomains: await bare(retireDomain) }),
        ...(canary === undefined ? {} : { canaryUrl: canary === 'none' ? null : canary }),
      })
      cli.print(await cli.admin().patch(['hosts', platform], hostViewSchema, body), hostSheet)
    })
}

interface HostSetOptions {
  maxChunks?: number
  maxDownloads?: number
  maxQueued?: number
  solo?: boolean
  bandwidth?: unknown
  origin?: Pairs
  switch?: Pairs
  addDomain?: readonly string[]
  retireDomain?: readonly string[]
  canary?: string
}

function states(switches: Pairs): Record<string, boolean> {
  const entries = [...switches].map(([name, state]) => {
    if (state !== 'on' && state !== 'off') throw new UsageError(`--switch ${name}: it is neither on nor off`)
    return [name, state === 'on'] as const
  })
  return Object.fromEntries(entries)
}

/** As the platforms' own are written; what knows that is loaded when it is asked. */
async function bare(hostnames: readonly string[]): Promise<string[]> {
  const { bareHostname } = await import('@obb/host-adapters')
  return hostnames.map(bareHostname)
}

function canary({ canaryUrl, health }: HostView): string | null {
  if (canaryUrl === null) return null
  if (health.canaryAt === null) return 'not asked for yet'
  return `${health.canaryError ?? 'there'} (${health.canaryAt})`
}

function hostSheet(host: HostView): string {
  const origins = Object.entries(host.origins).map(
    ([name, url]) =>
      [`origin ${name}`, `${url}${name in host.originOverrides ? ' (overridden)' : ''}`] as const,
  )
  const switches = host.switches.map(
    ({ name, label, on }) => [`switch ${name}`, `${label}: ${on ? 'on' : 'off'}`] as const,
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
    ['solo', host.solo],
    ['bandwidth', perSecond(host.bandwidth) ?? 'without a limit'],
    ['health', hostState(host)],
    ['fetches that succeed', percent(host.health.successRate)],
    ['speed', perSecond(host.health.speed)],
    ['last error', lastError(host)],
    ['canary', canary(host)],
    ['resumable', host.resumable],
    ['domains', host.domains.join(' ')],
    ...origins,
    ...switches,
    ...credentials,
  ])
}

function hostState({ health }: HostView): string {
  return health.working ? 'working' : `down until ${health.openUntil}`
}

function percent(share: number | null): string | null {
  return share === null ? null : `${Math.round(share * 100)}%`
}

function lastError({ health }: HostView): string | null {
  return health.lastError === null ? null : `${health.lastError} (${health.lastErrorAt})`
}
