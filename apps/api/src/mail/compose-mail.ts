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

/** Lines that belong together, with the page that they are about. */
export type Paragraph = string | { lines: readonly string[]; url: string | undefined }

/** A mail, put together. */
export interface MailParts {
  language: Language
  subject: string
  /** Of the portal. */
  baseUrl: string
  /** Paragraphs before the link. */
  before: readonly Paragraph[]
  link?: { url: string; text: string } | undefined
  /** Paragraphs after it. */
  after: readonly string[]
}

/** The mail of a kind. `baseUrl`: of the portal; `token`: of its link, where it has one. */
export function composeMail(
  kind: MailKind,
  language: Language,
  { baseUrl, token = '' }: { baseUrl: string; token?: string },
): MailContent {
  const server = new URL(baseUrl).host
  const texts = MAIL_TEXTS[language][kind]
  const link =
    kind === 'test'
      ? undefined
      : { url: `${baseUrl}/${PAGES[kind]}?token=${encodeURIComponent(token)}`, text: texts.link ?? '' }
  const [subject, before, after] = [texts.subject(server), texts.before(server), texts.after]
  return layOut({ language, subject, baseUrl, before, link, after })
}

/** A mail as plain text and as simple HTML, which say the same. */
export function layOut({ language, subject, baseUrl, before, link, after }: MailParts): MailContent {
  return {
    subject,
    text: [
      ...before.map(textOf),
      ...(link === undefined ? [] : [link.url]),
      ...after,
      `-- \n${baseUrl}\n`,
    ].join('\n\n'),
    html: markup`<!doctype html>
      <html lang="${language}">
        <head>
          <meta charset="utf-8" />
          <title>${subject}</title>
        </head>
        <body style="font-family:sans-serif;line-height:1.5;max-width:36em">
          ${paragraphs(before)}
          ${
            link === undefined
              ? undefined
              : markup`<p><a href="${link.url}">${link.text}</a></p>
                  <p><small>${link.url}</small></p>`
          }
          ${paragraphs(after)}
        </body>
      </html>`.text,
  }
}

const linesOf = (paragraph: Paragraph) =>
  typeof paragraph === 'string' ? { lines: [paragraph], url: undefined } : paragraph

function textOf(paragraph: Paragraph): string {
  const { lines, url } = linesOf(paragraph)
  return [...lines, ...(url === undefined ? [] : [url])].join('\n')
}

const paragraphs = (texts: readonly Paragraph[]): Markup =>
  texts
    .map(linesOf)
    .map(
      ({ lines, url }) =>
        markup`<p>${lines.map((line, at) => (at === 0 ? line : markup`<br />${line}`))}${
          url === undefined ? undefined : markup`<br /><a href="${url}">${url}</a>`
        }</p> `,
    )
