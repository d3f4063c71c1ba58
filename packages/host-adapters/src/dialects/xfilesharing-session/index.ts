/*
 * XFileSharing without an API for downloads: most sites of the script. They are used as their premium users use them,
 * by their pages with the session of the operator's browser. So a platform of this dialect stays off until its operator
 * has decided that it may be used so.
 */
import type { HostAdapter } from '../../kit/adapter.js'
import { credentialsOf } from '../../kit/credentials.js'
import type { CredentialField } from '../../kit/manifest.js'
import { explainBy } from '../../kit/refusal-rules.js'
import { OPERATOR_COOKIES } from '../../kit/session/operator-cookies.js'
import { sessionAdapter, sessionManifest } from '../../kit/session/session-platform.js'
import * as xfilesharing from '../xfilesharing/index.js'
import { ScriptPages } from './api.js'
import { matcher } from './links.js'
import { REFUSALS } from './refusals.js'
import type { Site } from './site.js'

export type { Site } from './site.js'

const WITH_KEY = [
  ...OPERATOR_COOKIES,
  { name: 'apiKey', label: 'API key, for exact sizes', secret: true, required: false },
] as const satisfies readonly CredentialField[]

/** The platform of a site. */
export function adapter(site: Site): HostAdapter {
  const { api, domains, facts, id, maxChunks, maxDownloads, reviewed } = site
  const pages = new ScriptPages(site)
  const explain = explainBy(id, REFUSALS)
  const byPages = sessionAdapter({
    manifest: sessionManifest({
      id,
      domains,
      filePasswords: true,
      limits: { maxChunks, maxDownloads, resumable: true },
      ...(api !== undefined && { credentials: WITH_KEY }),
      origins: { pages: site.pages, ...(api !== undefined && { api }) },
      facts,
      reviewed,
    }),
    match: matcher(site),
    account: (ctx, http) => pages.account(ctx, http),
    facts: (ctx, ref) => pages.file(ctx, ref),
    directLink: (ctx, http, ref) => pages.directLink(ctx, http, ref),
    explainDownload: (answer) =>
      explain({ ...answer, text: `${answer.headers['content-disposition'] ?? ''}\n${answer.text}` }),
  })
  if (api === undefined) return byPages
  const byKey = xfilesharing.adapter({ ...site, api })
  return {
    ...byPages,
    async check(ctx, refs) {
      const { apiKey } = credentialsOf(ctx, id, WITH_KEY)
      return apiKey === undefined ? byPages.check(ctx, refs) : byKey.check(ctx, refs)
    },
  }
}
