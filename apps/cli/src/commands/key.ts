import {
  KEY_SCOPES,
  type KeyView,
  keyAddSchema,
  keyChangeSchema,
  keyListSchema,
  keyRemovedSchema,
  keyRotateSchema,
  keyRotatedSchema,
  keySetSchema,
  keyShownSchema,
  keyViewSchema,
  userKeyAddSchema,
  userRefSchema,
  userSchema,
} from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { confirm } from '../confirm.js'
import { CliError, UsageError } from '../failure.js'
import { checkedBody, clearedOptions, errorsAs200Option, isoTimeOrNever, list, orNone } from '../options.js'
import { sheet, table } from '../output.js'
import { userSheet } from './user-sheet.js'

const EMAIL = ['--email <email>', 'the user'] as const
/** The key that the older commands are about. */
const DEFAULT_NAME = 'default'

interface KeyOptions {
  email: string
  name?: string
  rename?: string
  [term: string]: unknown
}

function withTerms(command: Command): Command {
  return command
    .option('--scopes <list>', `what it may, such as ${KEY_SCOPES.join(',')}`, list)
    .option(
      '--networks <list>',
      'from where alone it works, such as 192.0.2.0/24,2001:db8::/32; `none`: from everywhere',
      orNone(list),
    )
    .option('--expires <date>', 'ISO date or time after which it ends, or `never`', isoTimeOrNever)
    .addOption(errorsAs200Option())
}

function termsIn({ email: _, name: __, rename: ___, ...options }: KeyOptions): object {
  const { networks, expires, ...terms } = clearedOptions(options)
  return {
    ...terms,
    ...(networks === undefined ? {} : { networks: networks ?? [] }),
    ...(expires === undefined ? {} : { expiresAt: expires }),
  }
}

/** Raises CliError where the user has no key of that name. */
async function keyNamed(cli: Cli, given: string, name: string): Promise<KeyView> {
  const { email } = checkedBody(userRefSchema, { email: given })
  const keys = await cli.admin().get(['users', 'keys'], keyListSchema, { email })
  const key = keys.find((each) => each.name === name)
  if (key) return key
  throw new CliError(`${email} has no key ${JSON.stringify(name)}: see ./obb key list --email ${email}`)
}

export function registerKey(program: Command, cli: Cli): void {
  const key = program
    .command('key')
    .description('API keys of users: an account has several, each by its name')

  key
    .command('list')
    .description('the keys of a user, with what they may and who used them last')
    .requiredOption(...EMAIL)
    .action(async (options: { email: string }) => {
      const query = checkedBody(userRefSchema, options)
      cli.print(await cli.admin().get(['users', 'keys'], keyListSchema, query), keyTable)
    })

  withTerms(
    key
      .command('add')
      .description('another key for a user; it is shown this once')
      .requiredOption(...EMAIL)
      .requiredOption('--name <name>', 'what it is called'),
  ).action(async (options: KeyOptions) => {
    const { email, name } = options
    const body = checkedBody(userKeyAddSchema, { email, name, ...termsIn(options) })
    const added = await cli.admin().post(['users', 'keys'], keyShownSchema, body)
    cli.print(added, (made) => `${keySheet(made)}\n${sheet([['API key', made.apiKey]])}`)
  })

  key
    .command('rotate')
    .description('replace the API key; the old one stops working at once, the new one is shown this once')
    .requiredOption(...EMAIL)
    .option('--name <name>', 'which key; left out: the one that the user was made with')
    .action(async ({ name, ...options }: { email: string; name?: string }) => {
      const body = checkedBody(keyRotateSchema, options)
      const rotated =
        name === undefined
          ? await cli.admin().post(['keys', 'rotate'], keyRotatedSchema, body)
          : await cli
              .admin()
              .post(['users', 'keys', (await keyNamed(cli, body.email, name)).id, 'rotate'], keyShownSchema)
      cli.print(rotated, ({ apiKey }) => apiKey)
      if (name === undefined || name === DEFAULT_NAME) cli.keepKey(body.email, rotated.apiKey)
    })

  withTerms(
    key
      .command('set')
      .description('what a key may, and how answers to it look; what is left out stays')
      .requiredOption(...EMAIL)
      .option('--name <name>', 'which key; left out: the one that the user was made with')
      .option('--rename <name>', 'what it is called from now on'),
  ).action(async (options: KeyOptions) => {
    const { email, name, rename } = options
    const change = { ...termsIn(options), ...(rename === undefined ? {} : { name: rename }) }
    if (Object.keys(change).length === 0) throw new UsageError('nothing to set: give at least one option')
    if (name === undefined && Object.keys(change).join() === 'errorsAs200') {
      const body = checkedBody(keySetSchema, { email, ...change })
      cli.print(await cli.admin().post(['keys', 'set'], userSchema, body), userSheet)
      return
    }
    const body = checkedBody(keyChangeSchema, change)
    const { id } = await keyNamed(cli, email, name ?? DEFAULT_NAME)
    cli.print(await cli.admin().patch(['users', 'keys', id], keyViewSchema, body), keySheet)
  })

  key
    .command('remove')
    .description('remove a key of a user; it stops working at once')
    .requiredOption(...EMAIL)
    .requiredOption('--name <name>', 'which key')
    .option('--yes', 'without asking')
    .action(async ({ email, name: given, yes }: { email: string; name: string; yes?: boolean }) => {
      const { name } = checkedBody(keyAddSchema, { name: given })
      const { id } = await keyNamed(cli, email, name)
      await confirm(cli.io, `remove the key ${name} of ${email}`, yes)
      const removed = await cli.admin().delete(['users', 'keys', id], keyRemovedSchema)
      cli.print(removed, () => `removed the key ${name} of ${email}`)
    })
}

function keySheet(key: KeyView): string {
  return sheet([
    ['id', key.id],
    ['name', key.name],
    ['scopes', key.scopes.join(', ')],
    ['networks', networksOf(key)],
    ['expires', key.expiresAt ?? 'never'],
    ['errors as HTTP 200', key.errorsAs200],
    ['created', key.createdAt],
    ['last used', lastUse(key)],
  ])
}

function keyTable(keys: readonly KeyView[]): string {
  return table(keys, [
    { title: 'name', cell: (key) => key.name },
    { title: 'scopes', cell: (key) => key.scopes.join(', ') },
    { title: 'networks', cell: networksOf },
    { title: 'expires', cell: (key) => key.expiresAt ?? 'never' },
    { title: 'errors as 200', cell: (key) => key.errorsAs200 },
    { title: 'created', cell: (key) => key.createdAt },
    { title: 'last used', cell: lastUse },
    { title: 'refused last', cell: lastRefusal },
  ])
}

const networksOf = ({ networks }: KeyView) => (networks.length === 0 ? 'any' : networks.join(', '))

function lastUse({ lastUsed }: KeyView): string {
  return lastUsed ? `${lastUsed.at} ${lastUsed.client} from ${lastUsed.address}` : 'never'
}

function lastRefusal({ lastError }: KeyView): string {
  return lastError ? `${lastError.at} ${lastError.status} ${lastError.msg}` : 'never'
}
