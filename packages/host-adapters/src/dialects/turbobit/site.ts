import type { HostFact } from '../../kit/manifest.js'

/** One of the sites that run TurboBit's website: everything in which they differ. */
export interface Site {
  /** Platform id. */
  id: string
  /** Hostnames, canonical first, without `www.`; retired ones still name files. */
  domains: readonly [string, ...string[]]
  /** Base URL of the website's own API, and of its logins. */
  api: string
  /** `html`: a file's page is `/<id>.html` or `/<id>/<name>.html`; `bare`: `/<id>` or `/<id>/<name>`. */
  pages: 'html' | 'bare'
  /** Domains whose links are `/<id>` although the site's are not. */
  shortDomains?: readonly string[]
  facts: readonly HostFact[]
  /** ISO date on which the facts were last reviewed. */
  reviewed: string
}
