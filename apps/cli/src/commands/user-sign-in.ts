import {
  userRefSchema,
  userResetRequestSchema,
  userResetSchema,
  userSchema,
  userSetSchema,
  userSignedOutSchema,
} from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { checkedBody } from '../options.js'
import { sheet } from '../output.js'
import { userSheet } from './user-sheet.js'

const EMAIL = ['--email <email>', 'the user'] as const

/** How users sign in to the portal. */
export function addSignInCommands(user: Command, cli: Cli): void {
  user
    .command('role <role>')
    .description('make a user an operator, who runs the service from the portal, or a user again')
    .requiredOption(...EMAIL)
    .action(async (role: string, { email }: { email: string }) => {
      const body = checkedBody(userSetSchema, { email, role })
      cli.print(await cli.admin().patch(['users'], userSchema, body), userSheet)
    })

  user
    .command('reset')
    .description(
      'print a link by which a user chooses a password, also the first one; using it turns the second factor off, ' +
        'and leaves passkeys and linked identities',
    )
    .requiredOption(...EMAIL)
    .option('--send', 'mail it to the user, too, in the language of the user')
    .option('--language <language>', 'of the mail to a user who has chosen none: en or zh-TW (default: en)')
    .option(
      '--end-passkeys',
      'remove all passkeys and linked identities and end all sessions of the user at once: a device is lost',
    )
    .action(async (options: Record<string, unknown>) => {
      const body = checkedBody(userResetRequestSchema, options)
      cli.print(await cli.admin().post(['users', 'reset'], userResetSchema, body), ({ url, expiresAt }) =>
        sheet([
          ['link', url],
          ['good until', expiresAt],
        ]),
      )
    })

  user
    .command('sign-out')
    .description('end all sessions of a user in the portal; API keys go on')
    .requiredOption(...EMAIL)
    .action(async (options: { email: string }) => {
      const body = checkedBody(userRefSchema, options)
      const ended = await cli.admin().post(['users', 'sign-out'], userSignedOutSchema, body)
      cli.print(
        ended,
        ({ email, sessions }) => `${email}: ${sessions} session${sessions === 1 ? '' : 's'} ended`,
      )
    })
}
