import type { Language } from '@obb/contracts'
import { type Markup, markup } from '../docs/html.js'
import { MAIL_TEXTS, type MailKind } from './mail-texts.js'

/** What is in a mail, whoever it goes to. */
export interface MailContent {
  subject: string
  text: string
  html: string
}

const PAGES: Readonly<Record<Exclude<MailKind, 'test'>, string>> = {
  invitation: 'signup',
  reset: 'reset',
  asked_reset: 'reset',
}

/**
 * A mail as plain text and as simple HTML, which say the same. `baseUrl`: of the portal; `token`: of its link, where it
 * has one.
 */
export function composeMail(
  kind: MailKind,
  language: Language,
  { baseUrl, token = '' }: { baseUrl: string; token?: string },
): MailContent {
  const server = new URL(baseUrl).host
  const texts = MAIL_TEXTS[language][kind]
  const [subject, before, { link, after }] = [texts.subject(server), texts.before(server), texts]
  const url = kind === 'test' ? undefined : `${baseUrl}/${PAGES[kind]}?token=${encodeURIComponent(token)}`
  return {
    subject,
    text: [...before, ...(url === undefined ? [] : [url]), ...after, `-- \n${baseUrl}\n`].join('\n\n'),
    html: markup`<!doctype html>
      <html lang="${language}">
        <head>
          <meta charset="utf-8" />
          <title>${subject}</title>
        </head>
        <body style="font-family:sans-serif;line-height:1.5;max-width:36em">
          ${paragraphs(before)}
          ${
            url === undefined
              ? undefined
              : markup`<p><a href="${url}">${link}</a></p>
                  <p><small>${url}</small></p>`
          }
          ${paragraphs(after)}
        </body>
      </html>`.text,
  }
}

const paragraphs = (texts: readonly string[]): Markup => texts.map((text) => markup`<p>${text}</p> `)
