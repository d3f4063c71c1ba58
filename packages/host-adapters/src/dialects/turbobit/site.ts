import type { HostFact } from '../../kit/manifest.js'

/** One of the sites that run TurboBit's website: everything in which they differ. */
export interface Site {
  /** Platform id. */
  id: string
  /** Hostnames, canonical first, without `www.`; retired ones still name files. */
  domains: readonly [string, ...string[]]
  /** Base URL of the website's own API, and of its logins. */
  api: string
  /** A file's page is `/<id>.html` with `html` and `/<id>` with `bare`; links of the other form lead to it as well. */
  pages: 'html' | 'bare'
  facts: readonly HostFact[]
  /** ISO date on which the facts were last reviewed. */
  reviewed: string
}
