import { hostAccountCreateSchema, hostAccountSchema, hostAccountSetSchema } from '@obb/contracts'
import type { HostAccountView } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { UsageError } from '../failure.js'
import { checkedBody, cleared, count, orNone, pair, type Pairs, size } from '../options.js'
import { bytesOr, perSecond, sheet, table } from '../output.js'
import { readLines } from '../secret-line.js'

function withTerms(command: Command): Command {
  const text = (value: string) => value
  return command
    .option(
      '--proxy <url>',
      'http, https or socks5 proxy that every request of this account goes through, or `none`',
      orNone(text),
    )
    .option('--max-downloads <n>', "downloads at once, or `none` for the platform's own limit", orNone(count))
    .option('--max-connections <n>', 'connections of all its downloads, or `none`', orNone(count))
    .option('--bandwidth <size>', 'bytes per second of all its downloads, or `none`', orNone(size))
}

export function registerAccount(program: Command, cli: Cli): void {
  const account = program.command('account').description('your own premium accounts at file hosts')

  withTerms(
    account
      .command('add')
      .description('add an account to the pool of its platform')
      .requiredOption('--platform <platform>', 'platform id, such as RapidGator (see `obb host list`)')
      .option(
        '--set <name=value>',
        'a credential, repeatable; `password=-` reads it as one line from the standard input',
        pair,
      ),
  ).action(async ({ set, platform, ...terms }: { platform: string; set?: Pairs }) => {
    const given = set ?? new Map<string, string>()
    const asked = [...given].filter(([, value]) => value === '-').map(([name]) => name)
    const read = await readLines(cli.io, asked)
    const body = checkedBody(hostAccountCreateSchema, {
      platform,
      credentials: { ...Object.fromEntries(given), ...Object.fromEntries(read) },
      ...cleared(terms),
    })
    cli.print(await cli.admin().post(['accounts'], hostAccountSchema.pick({ id: true }), body), ({ id }) =>
      sheet([['id', id]]),
    )
  })

  withTerms(account.command('set <id>').description('change the limits or the proxy of an account')).action(
    async (id: string, terms: object) => {
      if (Object.keys(terms).length === 0) throw new UsageError('nothing to set: give at least one option')
      const body = checkedBody(hostAccountSetSchema, cleared(terms))
      cli.print(await cli.admin().patch(['accounts', id], hostAccountSchema, body), accountSheet)
    },
  )

  account
    .command('list')
    .description('all accounts and their state')
    .action(async () => {
      cli.print(await cli.admin().get(['accounts'], hostAccountSchema.array()), (accounts) =>
        table(accounts, [
          { title: 'id', cell: (a) => a.id },
          { title: 'platform', cell: (a) => a.platform },
          { title: 'account', cell: (a) => a.label },
          { title: 'state', cell: accountState },
          { title: 'premium', cell: (a) => a.premium },
          { title: 'valid until', cell: (a) => a.validUntil },
          { title: 'left', cell: (a) => bytesOr(a.trafficLeft, '-'), right: true },
          { title: 'total', cell: (a) => bytesOr(a.trafficTotal, '-'), right: true },
          { title: 'downloads', cell: (a) => ofLimit(a.downloads, a.maxDownloads), right: true },
          { title: 'connections', cell: (a) => ofLimit(a.connections, a.maxConnections), right: true },
          { title: 'bandwidth', cell: (a) => perSecond(a.bandwidth), right: true },
          { title: 'proxy', cell: (a) => a.proxy },
          { title: 'checked', cell: (a) => a.checkedAt },
        ]),
      )
    })

  for (const [name, description] of [
    ['enable', 'use an account (again)'],
    ['disable', 'stop using an account'],
    ['check', 'ask the platform for the state of an account and wait for its answer'],
  ] as const) {
    account
      .command(`${name} <id>`)
      .description(description)
      .action(async (id: string) => {
        cli.print(await cli.admin().post(['accounts', id, name], hostAccountSchema), accountSheet)
      })
  }
}

function accountState(account: HostAccountView): string {
  const reason = account.offReason === null ? '' : ` (${account.offReason})`
  if (!account.enabled) return `off${reason}`
  return account.coolUntil === null ? `on${reason}` : `resting until ${account.coolUntil}${reason}`
}

/** `2/5`, or `2` where the account has no limit of its own. */
function ofLimit(held: number, limit: number | null): string {
  return limit === null ? String(held) : `${held}/${limit}`
}

function accountSheet(account: HostAccountView): string {
  return sheet([
    ['id', account.id],
    ['platform', account.platform],
    ['account', account.label],
    ['state', accountState(account)],
    ['premium', account.premium],
    ['valid until', account.validUntil],
    ['traffic left', bytesOr(account.trafficLeft, 'unknown or unlimited')],
    ['traffic in total', bytesOr(account.trafficTotal, 'unknown or unlimited')],
    ['downloads now', ofLimit(account.downloads, account.maxDownloads)],
    ['connections now', ofLimit(account.connections, account.maxConnections)],
    ['bandwidth', perSecond(account.bandwidth) ?? 'without a limit'],
    ['proxy', account.proxy],
    ['checked', account.checkedAt ?? 'never'],
  ])
}
