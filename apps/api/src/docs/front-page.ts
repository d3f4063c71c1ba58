import { DOCS_PATH, EXTERNAL_API } from '@obb/contracts'
import { page, pagePolicy } from './page.js'

const STYLE = `
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1f24;background:#fff}
code{font:14px/1.4 ui-monospace,monospace;background:#f3f5f7;padding:.1em .3em;border-radius:4px}
@media(prefers-color-scheme:dark){body{color:#d0d6db;background:#1a1e23}code{background:#252a30}a{color:#62a8b9}}
`

export const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32">
<rect width="32" height="32" rx="7" fill="#155e74"/>
<path d="M16 6v13m-6-5 6 6 6-6M8 25h16" fill="none" stroke="#fff" stroke-width="3" stroke-linecap="round" stroke-linejoin="round"/>
</svg>
`

/** FRONT_PAGE is what somebody sees who opens the server's address in a browser. */
export const FRONT_PAGE = page({
  title: 'OBB',
  style: STYLE,
  body: `<h1>OBB</h1>
<p>This is an OBB server. Submit links of file hosts with your API key; it fetches each file once and serves it as a
fast, resumable download. There is nothing to click here: use a download client, or the API.</p>
<ul>
<li><a href="${DOCS_PATH}">Documentation of the API</a></li>
<li><a href="${EXTERNAL_API}/openapi.json">The same for programs (OpenAPI)</a></li>
<li><a href="/health">Whether this server answers</a></li>
</ul>
<p>No key yet? Whoever runs this server makes one with <code>./obb user add</code>.</p>`,
})

export const FRONT_PAGE_POLICY = pagePolicy(STYLE)
