import type { Language } from '@obb/contracts'
import type { NotificationItem } from '@obb/core/notifications'
import { type MailContent, layOut } from '../mail/compose-mail.js'
import { NOTIFICATION_TEXTS } from './notification-texts.js'
import { toldEvent } from './told-event.js'

/** Of a name in a mail, characters. */
const MAX_NAME = 200

/** All that an account is to be told, as one mail. `items`: one at least. `baseUrl`: of the portal. */
export function composeNotifications(
  items: readonly Pick<NotificationItem, 'event' | 'data'>[],
  language: Language,
  baseUrl: string,
): MailContent {
  const texts = NOTIFICATION_TEXTS[language]
  const lines = items.map((item) => {
    const { event, name, reason = '' } = toldEvent(item, language)
    return texts[event](shortened(name), reason)
  })
  const server = new URL(baseUrl).host
  return layOut({
    ...{ language, baseUrl },
    subject: lines.length === 1 ? lines[0]! : texts.subject(lines.length, server),
    before: [texts.hello, ...lines],
    link: { url: `${baseUrl}/files`, text: texts.link },
    after: [texts.why(server)],
  })
}

function shortened(name: string): string {
  const characters = [...name]
  return characters.length <= MAX_NAME ? name : `${characters.slice(0, MAX_NAME).join('')}…`
}
