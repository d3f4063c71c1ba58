import { hostAccountCreateSchema, hostAccountSchema } from '@obb/contracts'
import type { HostAccountView } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { checkedBody, pair, type Pairs } from '../options.js'
import { bytesOr, sheet, table } from '../output.js'
import { readLines } from '../secret-line.js'

export function registerAccount(program: Command, cli: Cli): void {
  const account = program.command('account').description('your own premium accounts at file hosts')

  account
    .command('add')
    .description('add an account to the pool of its platform')
    .requiredOption('--platform <platform>', 'platform id, such as RapidGator (see `obb host list`)')
    .option(
      '--set <name=value>',
      'a credential, repeatable; `password=-` reads it as one line from the standard input',
      pair,
    )
    .option('--proxy <url>', 'http, https or socks5 proxy through which this account is used')
    .action(async (options: { platform: string; set?: Pairs; proxy?: string }) => {
      const given = options.set ?? new Map<string, string>()
      const asked = [...given].filter(([, value]) => value === '-').map(([name]) => name)
      const read = await readLines(cli.io, asked)
      const body = checkedBody(hostAccountCreateSchema, {
        platform: options.platform,
        credentials: { ...Object.fromEntries(given), ...Object.fromEntries(read) },
        ...(options.proxy === undefined ? {} : { proxy: options.proxy }),
      })
      cli.print(await cli.admin().post(['accounts'], hostAccountSchema.pick({ id: true }), body), ({ id }) =>
        sheet([['id', id]]),
      )
    })

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
          { title: 'downloads', cell: (a) => a.downloads, right: true },
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
  return account.coolUntil === null ? 'on' : `resting until ${account.coolUntil}${reason}`
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
    ['downloads now', account.downloads],
    ['checked', account.checkedAt ?? 'never'],
  ])
}
