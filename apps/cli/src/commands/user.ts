import {
  userCreatedSchema,
  userCreateSchema,
  userGrantSchema,
  userRefSchema,
  userSchema,
} from '@obb/contracts'
import type { UserView } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { checkedBody, isoTime, size } from '../options.js'
import { bytesOr, formatBytes, sheet, table } from '../output.js'

const EMAIL = ['--email <email>', 'the user'] as const

export function registerUser(program: Command, cli: Cli): void {
  const user = program.command('user').description('users and what they may use')

  user
    .command('add')
    .description('create a user and print the API key, which is shown this once')
    .requiredOption('--email <email>', 'the new user')
    .option('--traffic <size>', 'first grant, such as 1TB', size)
    .option('--daily-per-host <size>', 'cap per host in 24 h, such as 60GB', size)
    .option('--expires <date>', 'ISO date or time after which the account is not usable', isoTime)
    .action(async (options: { email: string; traffic?: number; dailyPerHost?: number; expires?: string }) => {
      const body = checkedBody(userCreateSchema, options)
      cli.print(await cli.admin().post(['users'], userCreatedSchema, body), ({ id, email, apiKey }) =>
        sheet([
          ['id', id],
          ['email', email],
          ['API key', apiKey],
        ]),
      )
    })

  user
    .command('list')
    .description('all users')
    .action(async () => {
      cli.print(await cli.admin().get(['users'], userSchema.array()), (users) =>
        table(users, [
          { title: 'email', cell: (u) => u.email },
          { title: 'state', cell: (u) => u.state },
          { title: 'left', cell: (u) => formatBytes(u.trafficLeft), right: true },
          { title: 'granted', cell: (u) => formatBytes(u.trafficMax), right: true },
          { title: 'per host and day', cell: (u) => bytesOr(u.dailyPerHost, 'no cap'), right: true },
          { title: 'expires', cell: (u) => u.expiresAt ?? 'never' },
          { title: 'created', cell: (u) => u.createdAt },
          { title: 'errors as 200', cell: (u) => u.errorsAs200 },
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
    .command('grant')
    .description('add traffic to a user')
    .requiredOption(...EMAIL)
    .requiredOption('--traffic <size>', 'how much, such as 100GB', size)
    .action(async (options: { email: string; traffic: number }) => {
      const body = checkedBody(userGrantSchema, options)
      cli.print(await cli.admin().post(['users', 'grant'], userSchema, body), userSheet)
    })
}

export function userSheet(user: UserView): string {
  return sheet([
    ['id', user.id],
    ['email', user.email],
    ['state', user.state],
    ['traffic left', formatBytes(user.trafficLeft)],
    ['traffic granted', formatBytes(user.trafficMax)],
    ['per host and day', bytesOr(user.dailyPerHost, 'no cap')],
    ['expires', user.expiresAt ?? 'never'],
    ['created', user.createdAt],
    ['errors as HTTP 200', user.errorsAs200],
  ])
}
