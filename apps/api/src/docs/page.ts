import { createHash } from 'node:crypto'

const STYLE = `
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
h2{margin-top:2.5rem;border-bottom:1px solid #d0d7de}h3{margin-top:2rem}
code{font:14px/1.4 ui-monospace,monospace;background:#f3f5f7;padding:.1em .3em;border-radius:4px}
pre{background:#f3f5f7;padding:1rem;overflow:auto;border-radius:6px}pre code{padding:0}
table{border-collapse:collapse;width:100%;margin:.5rem 0}th,td{border:1px solid #d0d7de;padding:.3rem .6rem;text-align:left;vertical-align:top}
@media(prefers-color-scheme:dark){body{color:#e6edf3;background:#0d1117}code,pre{background:#161b22}h2,th,td{border-color:#30363d}a{color:#58a6ff}}
`

const DIGEST = createHash('sha256').update(STYLE).digest('base64')

/** Content-Security-Policy of every page: its own style, the icon of this server, and nothing else. */
export const PAGE_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${DIGEST}'`,
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

/** A page for people, which needs nothing from elsewhere and runs no script. Both are HTML already. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>${title}</title><style>${STYLE}</style></head><body>
${body}
</body></html>
`
}
