import {
  hostAccountCreateSchema,
  hostAccountSavedSchema,
  hostAccountSchema,
  hostAccountSetSchema,
  removedSchema,
  pageSchema,
} from '@obb/contracts'
import type { HostAccountView } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { confirm } from '../confirm.js'
import { CliError, UsageError } from '../failure.js'
import type { Io } from '../io.js'
import { checkedBody, clearedOptions, count, orNone, pair, type Pairs, size } from '../options.js'
import { bytesOr, perSecond, sheet, table } from '../output.js'
import { KEY, showOwnAccount } from './inquiry.js'
import { registerLogin } from './login.js'
import { type PageOptions, readList, withPages } from '../pages.js'
import { readBounded } from '../read-bounded.js'
import { readLines } from '../secret-line.js'
import { registerAccountImport } from './account-import.js'

/** Longest text of cookies, characters. */
const MAX_COOKIES = 32 * 1024

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

interface AccountOptions {
  set?: Pairs | undefined
  cookies?: string | undefined
  untested?: boolean
}

function withCredentials(command: Command): Command {
  return command
    .option(
      '--set <name=value>',
      'a credential, repeatable; `password=-` reads it as one line from the standard input',
      pair,
    )
    .option(
      '--cookies <file>',
      'cookies of a browser that is logged in: a Cookie header, a cookies.txt or the JSON of an extension; `-` is the standard input',
    )
    .option('--untested', 'save credentials without asking the platform first')
}

/** credentialsOf gives the credentials; those that are given as `-` are read. */
async function credentialsOf(
  cli: Cli,
  { cookies, set }: Pick<AccountOptions, 'cookies' | 'set'>,
): Promise<object | undefined> {
  if (set === undefined && cookies === undefined) return undefined
  const given = [...(set ?? [])]
  const asked = given.filter(([, value]) => value === '-').map(([name]) => name)
  if (cookies === '-' && asked.length > 0) throw new UsageError('the standard input is for one thing only')
  const read = await readLines(cli.io, asked)
  return {
    ...Object.fromEntries(given),
    ...Object.fromEntries(read),
    ...(cookies !== undefined && { cookies: await readCookies(cli.io, cookies) }),
  }
}

/** The text of a file, or of the standard input. Raises CliError. */
async function readCookies(io: Io, path: string): Promise<string> {
  const text = await readBounded(io, path, MAX_COOKIES)
  if (text.length <= MAX_COOKIES) return text
  throw new CliError(`${path} is longer than ${MAX_COOKIES / 1024} KiB: export the cookies of the site alone`)
}

export function registerAccount(program: Command, cli: Cli): void {
  const account = program
    .command('account')
    .description('your own premium accounts at file hosts; alone, and with login: what your API key may use')
    .option(...KEY)
    .action(({ key }: { key?: string }) => showOwnAccount(cli, key))
  registerLogin(account, cli)
  registerAccountImport(account, cli)

  withCredentials(
    withTerms(
      account
        .command('add [platform]')
        .description('add an account to the pool of its platform, after the platform took it')
        .option('--platform <platform>', 'platform id, such as RapidGator (see `obb host list`)'),
    ),
  ).action(
    async (named: string | undefined, { set, cookies, ...rest }: AccountOptions & { platform?: string }) => {
      const platform = named ?? rest.platform
      if (platform === undefined) throw new UsageError('name the platform, such as RapidGator')
      const credentials = await credentialsOf(cli, { set, cookies })
      const body = checkedBody(hostAccountCreateSchema, {
        credentials: credentials ?? {},
        ...clearedOptions(rest),
        platform,
      })
      cli.print(await cli.admin().post(['accounts'], hostAccountSavedSchema, body), ({ id, tested }) =>
        sheet([
          ['id', id],
          ['tested', tested],
        ]),
      )
    },
  )

  withCredentials(
    withTerms(
      account
        .command('set <id>')
        .description('change limits, proxy or credentials of an account; new credentials are tested first'),
    ),
  ).action(async (id: string, { set, cookies, ...rest }: AccountOptions) => {
    const credentials = await credentialsOf(cli, { set, cookies })
    const { untested, ...terms } = rest
    if (credentials === undefined && Object.keys(terms).length === 0) {
      throw new UsageError('nothing to set: give at least one option')
    }
    const body = checkedBody(hostAccountSetSchema, {
      ...(credentials === undefined ? {} : { credentials }),
      ...(untested === undefined ? {} : { untested }),
      ...clearedOptions(terms),
    })
    cli.print(await cli.admin().patch(['accounts', id], hostAccountSchema, body), accountSheet)
  })

  account
    .command('remove <id>')
    .description('remove an account; what it is fetching goes on with other accounts')
    .option('--yes', 'without asking')
    .action(async (id: string, { yes }: { yes?: boolean }) => {
      await confirm(cli.io, `remove the account ${id}`, yes)
      cli.print(await cli.admin().delete(['accounts', id], removedSchema), ({ removed }) =>
        removed ? `removed ${id}` : `there is no account ${id}`,
      )
    })

  withPages(account.command('list').description('accounts and their state')).action(
    async (options: PageOptions) => {
      cli.print(await readList(cli, options, ['accounts'], pageSchema(hostAccountSchema)), ({ items }) =>
        table(items, [
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
    },
  )

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
