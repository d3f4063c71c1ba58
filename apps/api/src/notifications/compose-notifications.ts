import type { Language } from '@obb/contracts'
import type { NotificationItem } from '@obb/core/notifications'
import { type MailContent, type Paragraph, layOut } from '../mail/compose-mail.js'
import { NOTIFICATION_TEXTS } from './notification-texts.js'
import { type ToldEvent, toldEvent } from './told-event.js'

/** Of a name in a mail, and of what a host or the server said, characters. */
const MAX_NAME = 200
const MAX_DETAIL = 500

/** All that an account is to be told, as one mail. `items`: one at least. `baseUrl`: of the portal. */
export function composeNotifications(
  items: readonly Pick<NotificationItem, 'event' | 'data'>[],
  language: Language,
  baseUrl: string,
): MailContent {
  const texts = NOTIFICATION_TEXTS[language]
  const told = items.map((item) => toldEvent(item, language, baseUrl))
  const lines = told.map(({ event, name, reason = '' }) => texts[event](shortened(name, MAX_NAME), reason))
  const server = new URL(baseUrl).host
  const isForOperators = told.every(({ finding }) => finding !== undefined)
  const several = isForOperators ? texts.findings : texts.subject
  return layOut({
    ...{ language, baseUrl },
    subject: lines.length === 1 ? lines[0]! : several(lines.length, server),
    before: [texts.hello, ...told.map((each, at) => paragraphOf(each, lines[at]!))],
    link: isForOperators
      ? { url: `${baseUrl}/admin`, text: texts.overview }
      : { url: `${baseUrl}/files`, text: texts.link },
    after: [texts.why(server)],
  })
}

function paragraphOf({ finding }: ToldEvent, line: string): Paragraph {
  if (finding === undefined) return line
  const { detail, action, url } = finding
  const lines = [line, ...(detail ? [shortened(detail, MAX_DETAIL)] : []), action]
  return { lines, url: url ?? undefined }
}

function shortened(text: string, most: number): string {
  const characters = [...text]
  return characters.length <= most ? text : `${characters.slice(0, most).join('')}…`
}
