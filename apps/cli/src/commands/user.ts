import {
  keyUsageSchema,
  linkListSchema,
  userAdjustSchema,
  userCreatedSchema,
  userCreateSchema,
  userGrantSchema,
  userRefSchema,
  userRemovedSchema,
  userSchema,
  userSetSchema,
  userUsageQuerySchema,
  pageSchema,
} from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { confirm } from '../confirm.js'
import { UsageError } from '../failure.js'
import {
  type Caps,
  cap,
  checkedBody,
  clearedOptions,
  count,
  errorsAs200Option,
  isoTimeOrNever,
  onOff,
  orNone,
  signedSize,
  size,
} from '../options.js'
import { bytesOr, formatBytes, keyText, sheet, table } from '../output.js'
import { type PageOptions, readList, withPages } from '../pages.js'
import { type LinkListOptions, listLinks, withLinkFilter } from './links.js'
import { hostCaps, userSheet } from './user-sheet.js'
import { addSignInCommands } from './user-sign-in.js'

const EMAIL = ['--email <email>', 'the user'] as const

type PlanOptions = { hostCap?: Caps } & Record<string, unknown>

function withPlan(command: Command): Command {
  return command
    .option('--daily-per-host <size>', 'cap per host in 24 h, such as 60GB, or `none`', orNone(size))
    .option(
      '--host-cap <platform=size>',
      'cap of one platform in 24 h, repeatable; `platform=none` takes it back',
      cap,
    )
    .option(
      '--expires <date>',
      'ISO date or time after which the user is refused, or `never`',
      isoTimeOrNever,
    )
    .option('--weight <n>', 'share of the fetch slots where several users wait, 1 to 1000', count)
    .option('--solo <state>', '`on`: one fetch per platform at a time', onOff)
}

function planBody({ hostCap, ...plan }: PlanOptions): object {
  return { ...clearedOptions(plan), ...(hostCap === undefined ? {} : { hostCaps: hostCap }) }
}

export function registerUser(program: Command, cli: Cli): void {
  const user = program.command('user').description('users and what they may use')

  withPlan(
    user
      .command('add')
      .description('create a user and print the API key, which is shown this once')
      .requiredOption('--email <email>', 'the new user')
      .option('--traffic <size>', 'first grant, such as 1TB', size)
      .addOption(errorsAs200Option()),
  ).action(async (options: PlanOptions) => {
    const body = checkedBody(userCreateSchema, planBody(options))
    cli.print(await cli.admin().post(['users'], userCreatedSchema, body), (made) =>
      sheet([
        ['id', made.id],
        ['email', made.email],
        ['API key', made.apiKey],
        ['errors as HTTP 200', errorsAs200Text(made)],
      ]),
    )
  })

  withPlan(
    user
      .command('set')
      .description('change what a user may use; what is left out stays')
      .requiredOption(...EMAIL),
  ).action(async (options: PlanOptions) => {
    if (Object.keys(options).length === 1) throw new UsageError('nothing to set: give at least one option')
    const body = checkedBody(userSetSchema, planBody(options))
    cli.print(await cli.admin().patch(['users'], userSchema, body), userSheet)
  })

  withPages(
    user
      .command('list')
      .description('users by e-mail')
      .option('--search <text>', 'only those with this in the e-mail'),
  ).action(async ({ search, ...options }: PageOptions & { search?: string }) => {
    const filter = search === undefined ? {} : { search }
    cli.print(await readList(cli, options, ['users'], pageSchema(userSchema), filter), ({ items }) =>
      table(items, [
        { title: 'email', cell: (u) => u.email },
        { title: 'state', cell: (u) => u.state },
        { title: 'left', cell: (u) => formatBytes(u.trafficLeft), right: true },
        { title: 'role', cell: (u) => u.role },
        { title: 'granted', cell: (u) => formatBytes(u.trafficMax), right: true },
        { title: 'per host and day', cell: (u) => bytesOr(u.dailyPerHost, 'no cap'), right: true },
        { title: 'host caps', cell: hostCaps },
        { title: 'weight', cell: (u) => u.weight, right: true },
        { title: 'solo', cell: (u) => u.solo },
        { title: 'expires', cell: (u) => u.expiresAt ?? 'never' },
        { title: 'created', cell: (u) => u.createdAt },
        { title: 'errors as 200', cell: (u) => u.errorsAs200 },
        { title: 'passkeys', cell: (u) => u.passkeys, right: true },
        { title: 'identities', cell: (u) => u.identities, right: true },
      ]),
    )
  })

  withLinkFilter(
    user
      .command('links <email>')
      .description('the links of a user, the newest first, with those that have ended'),
  ).action(async (given: string, options: LinkListOptions) => {
    const { email } = checkedBody(userRefSchema, { email: given })
    await listLinks(cli, options, (query) =>
      cli.admin().get(['users', 'links'], linkListSchema, { ...query, email }),
    )
  })

  user
    .command('usage <email>')
    .description('what each key of a user used, with keys that were removed')
    .option('--days <n>', 'days of UTC, with today: 1 to 90', count, 30)
    .action(async (given: string, options: { days: number }) => {
      const { email, days } = checkedBody(userUsageQuerySchema, { email: given, ...options })
      const query = { email, days: String(days) }
      cli.print(await cli.admin().get(['users', 'usage'], keyUsageSchema, query), ({ keys }) =>
        table(keys, [
          { title: 'key', cell: (k) => keyText(k) },
          { title: 'used', cell: (k) => formatBytes(k.bytes), right: true },
          { title: 'links', cell: (k) => k.links, right: true },
          { title: 'last charged', cell: (k) => k.chargedAt },
          { title: 'id', cell: (k) => k.keyId },
        ]),
      )
    })

  for (const [name, description] of [
    ['suspend', 'refuse a user from now on, issued links included'],
    ['resume', 'let a suspended user in again'],
  ] as const) {
    user
      .command(name)
      .description(description)
      .requiredOption(...EMAIL)
      .action(async (options: { email: string }) => {
        const body = checkedBody(userRefSchema, options)
        cli.print(await cli.admin().post(['users', name], userSchema, body), userSheet)
      })
  }

  user
    .command('remove')
    .description('remove a user: the key and all links end at once; the ledger stays, by id')
    .requiredOption(...EMAIL)
    .option('--yes', 'without asking')
    .action(async ({ yes, ...options }: { email: string; yes?: boolean }) => {
      const { email } = checkedBody(userRefSchema, options)
      await confirm(cli.io, `remove the user ${email}`, yes)
      const outcome = await cli.admin().delete(['users'], userRemovedSchema, { email })
      cli.print(outcome, ({ removed, id }) =>
        removed ? `removed ${email}; the ledger: ./obb ledger --id ${id}` : `there is no user ${email}`,
      )
      if (outcome.removed) cli.keepKey(email, '')
    })

  user
    .command('grant')
    .description('add traffic to a user')
    .requiredOption(...EMAIL)
    .requiredOption('--traffic <size>', 'how much, such as 100GB', size)
    .action(async (options: { email: string; traffic: number }) => {
      const body = checkedBody(userGrantSchema, options)
      cli.print(await cli.admin().post(['users', 'grant'], userSchema, body), userSheet)
    })

  user
    .command('adjust')
    .description('correct the balance of a user, up or down; it stands in the ledger')
    .requiredOption(...EMAIL)
    .requiredOption('--traffic <size>', 'how much, with its sign, such as -10GB', signedSize)
    .requiredOption('--note <text>', 'why')
    .action(async (options: { email: string; traffic: number; note: string }) => {
      const body = checkedBody(userAdjustSchema, options)
      cli.print(await cli.admin().post(['users', 'adjust'], userSchema, body), userSheet)
    })

  addSignInCommands(user, cli)
}

/** What JDownloader needs, and where to change it. */
function errorsAs200Text({ email, errorsAs200 }: { email: string; errorsAs200: boolean }): string {
  const [now, other] = errorsAs200 ? ['on, for JDownloader', 'off'] : ['off; JDownloader needs them on', 'on']
  return `${now}: ./obb key set --email ${email} --errors-as-200 ${other}`
}
