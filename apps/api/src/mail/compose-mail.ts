import type { Language } from '@obb/contracts'
import { type Markup, escapeHtml, markup } from '../docs/html.js'
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
  const { subject, before, link, after } = MAIL_TEXTS[language][kind]
  const url = kind === 'test' ? undefined : `${baseUrl}/${PAGES[kind]}?token=${encodeURIComponent(token)}`
  const lines = [...before(server), ...(url === undefined ? [] : [url]), ...after]
  const button =
    url !== undefined &&
    link !== undefined &&
    markup`<p><a href="${url}">${link}</a></p>
<p style="font-size:smaller">${url}</p>`
  const body: Markup = [paragraphs(before(server)), button === false ? undefined : button, paragraphs(after)]
  return {
    subject: subject(server),
    text: `${lines.join('\n\n')}\n\n-- \n${baseUrl}\n`,
    html: [
      `<!doctype html><html lang="${language}"><head><meta charset="utf-8">`,
      `<title>${escapeHtml(subject(server))}</title></head>`,
      `<body style="font-family:sans-serif;line-height:1.5;max-width:36em">${markup`${body}`.text}</body></html>`,
    ].join(''),
  }
}

const paragraphs = (texts: readonly string[]): Markup =>
  texts.map(
    (text) => markup`<p>${text}</p>
`,
  )
