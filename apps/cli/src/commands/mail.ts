import { mailTestSchema, mailTestedSchema } from '@obb/contracts'
import type { Command } from 'commander'
import type { Cli } from '../cli.js'
import { checkedBody } from '../options.js'

export function registerMail(program: Command, cli: Cli): void {
  const mail = program.command('mail').description('mails to people, by the mail server of SMTP_URL')

  mail
    .command('test')
    .description('send a test mail, and tell what the mail server said; 1 if it did not take it')
    .requiredOption('--to <email>', 'where it goes')
    .option('--language <language>', 'of the mail: en or zh-TW (default: en)')
    .action(async (options: Record<string, unknown>) => {
      const body = checkedBody(mailTestSchema, options)
      const tested = await cli.admin().post(['mail', 'test'], mailTestedSchema, body)
      cli.print(tested, ({ sent, error }) =>
        sent ? `the mail server has taken a mail to ${body.to}` : `not sent: ${error ?? 'unknown'}`,
      )
      if (!tested.sent) cli.exitCode = 1
    })
}
