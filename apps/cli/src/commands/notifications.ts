import {
  NOTIFICATION_CHANNELS,
  NOTIFICATION_EVENTS,
  type NotificationsView,
  type QuietHours,
  notificationTestedSchema,
  notificationsChangedSchema,
  notificationsSchema,
  userNotificationTestSchema,
  userNotificationsChangeSchema,
  userRefSchema,
} from '@obb/contracts'
import { type Command, InvalidArgumentError } from 'commander'
import type { Cli } from '../cli.js'
import { UsageError } from '../failure.js'
import { checkedBody, clearedOptions, list, orNone } from '../options.js'
import { sheet } from '../output.js'

const EMAIL = ['--email <email>', 'the user'] as const
const CHANNELS = NOTIFICATION_CHANNELS.join(',')

interface SetOptions {
  email: string
  on?: string[]
  off?: string[]
  webhook?: unknown
  quiet?: unknown
  rotateSecret?: true
  wait?: string[]
  waitNoMore?: string[]
}

export function registerNotifications(program: Command, cli: Cli): void {
  const notifications = program
    .command('notifications')
    .description('what users are told of by mail and webhook: docs/notifications.md')

  notifications
    .command('list')
    .description('what a user is told of, and how the webhook does')
    .requiredOption(...EMAIL)
    .action(async (options: { email: string }) => {
      const query = checkedBody(userRefSchema, options)
      cli.print(
        await cli.admin().get(['users', 'notifications'], notificationsSchema, query),
        notificationsSheet,
      )
    })

  notifications
    .command('set')
    .description('what a user is told of; what is left out stays')
    .requiredOption(...EMAIL)
    .option(
      '--on <event=channels>',
      `an event (${NOTIFICATION_EVENTS.join(', ')}) and by what: ${CHANNELS}; repeatable`,
      collected,
    )
    .option('--off <event>', 'an event to tell no more of; repeatable', collected)
    .option('--webhook <url>', 'where webhooks go, or `none`; a first one shows its secret', orNone(String))
    .option('--rotate-secret', 'another secret for the webhook; it is shown this once')
    .option(
      '--quiet <hours>',
      'when nothing is sent, such as 22:00-07:00@Europe/Berlin, or `none`',
      orNone(hours),
    )
    .option('--wait <platforms>', 'tell once when these hosts work again', list)
    .option('--wait-no-more <platforms>', 'and these no more', list)
    .action(async (options: SetOptions) => {
      const body = checkedBody(userNotificationsChangeSchema, bodyOf(options))
      if (Object.keys(body).length === 1) throw new UsageError('nothing to set: give at least one option')
      const changed = await cli.admin().patch(['users', 'notifications'], notificationsChangedSchema, body)
      cli.print(changed, ({ secret, ...view }) =>
        secret === undefined
          ? notificationsSheet(view)
          : `${notificationsSheet(view)}\n${sheet([['secret', secret]])}`,
      )
    })

  notifications
    .command('test')
    .description('send a test to a user, and tell what came of it; 1 if it was not taken')
    .requiredOption(...EMAIL)
    .requiredOption('--channel <channel>', NOTIFICATION_CHANNELS.join(' or '))
    .action(async (options: Record<string, unknown>) => {
      const body = checkedBody(userNotificationTestSchema, options)
      const tested = await cli
        .admin()
        .post(['users', 'notifications', 'test'], notificationTestedSchema, body)
      cli.print(tested, ({ sent, error }) =>
        sent ? `the ${body.channel} was taken` : `not taken: ${error ?? 'unknown'}`,
      )
      if (!tested.sent) cli.exitCode = 1
    })
}

function collected(text: string, before: string[] = []): string[] {
  return [...before, text]
}

function hours(text: string): QuietHours {
  const [, from, until, timeZone] = /^([\d:]+)-([\d:]+)@(.+)$/.exec(text) ?? []
  if (from === undefined || until === undefined || timeZone === undefined)
    throw new InvalidArgumentError('They are not hours such as 22:00-07:00@Europe/Berlin.')
  return { from, until, timeZone }
}

function bodyOf({ email, on = [], off = [], wait = [], waitNoMore = [], ...options }: SetOptions): object {
  const events = [
    ...off.map((event) => [event, []] as const),
    ...on.map((text) => {
      const [event = '', channels] = text.split('=')
      if (channels === undefined)
        throw new UsageError(`--on ${text}: say by what, such as ${event}=${CHANNELS}`)
      return [event, list(channels)] as const
    }),
  ]
  const hosts = [
    ...wait.map((platform) => [platform, true] as const),
    ...waitNoMore.map((platform) => [platform, false] as const),
  ]
  return {
    ...{ email, ...clearedOptions(options) },
    ...(events.length === 0 ? {} : { events: Object.fromEntries(events) }),
    ...(hosts.length === 0 ? {} : { hosts: Object.fromEntries(hosts) }),
  }
}

function notificationsSheet({ events, mail, webhook, hosts, quiet }: NotificationsView): string {
  const failing = webhook?.failingSince ? ` fails since ${webhook.failingSince}: ${webhook.error ?? ''}` : ''
  return sheet([
    ...NOTIFICATION_EVENTS.map((event): [string, string] => [
      event,
      events[event].length === 0 ? 'nothing' : events[event].join(', '),
    ]),
    ['webhook', webhook ? `${webhook.origin}${failing}` : 'none'],
    ['mail', mail ? 'can be sent' : 'is not set up'],
    ['waits for hosts', hosts.length === 0 ? 'none' : hosts.join(', ')],
    ['quiet hours', quiet ? `${quiet.from}-${quiet.until}, ${quiet.timeZone}` : 'none'],
  ])
}
