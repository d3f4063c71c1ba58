import { createHash } from 'node:crypto'
import { markup, Html } from './html.js'

/** Content-Security-Policy of a page with this style: that, the icon of this server, and nothing else. */
export function pagePolicy(style: string): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "img-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ')
}

export interface Page {
  title: string
  language?: string
  style: string
  /** HTML already. */
  body: string
}

/** A page for people, which needs nothing from elsewhere and runs no script. */
export function page({ title, language = 'en', style, body }: Page): string {
  return markup`<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title><style>${new Html(style)}</style></head><body>
${new Html(body)}
</body></html>
`.text
}
