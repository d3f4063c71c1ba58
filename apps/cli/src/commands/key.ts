import { keyRotatedSchema, keyRotateSchema, keySetSchema, userSchema } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { checkedBody, errorsAs200Option } from '../options.js'
import { userSheet } from './user-sheet.js'

export function registerKey(program: Command, cli: Cli): void {
  const key = program.command('key').description('API keys of users')

  key
    .command('rotate')
    .description('replace the API key; the old one stops working at once, the new one is shown this once')
    .requiredOption('--email <email>', 'the user')
    .action(async (options: { email: string }) => {
      const body = checkedBody(keyRotateSchema, options)
      const rotated = await cli.admin().post(['keys', 'rotate'], keyRotatedSchema, body)
      cli.print(rotated, ({ apiKey }) => apiKey)
      cli.keepKey(body.email, rotated.apiKey)
    })

  key
    .command('set')
    .description('how answers to this key look')
    .requiredOption('--email <email>', 'the user')
    .addOption(errorsAs200Option().makeOptionMandatory())
    .action(async (options: { email: string; errorsAs200: boolean }) => {
      const body = checkedBody(keySetSchema, options)
      cli.print(await cli.admin().post(['keys', 'set'], userSchema, body), userSheet)
    })
}
