import { linksAt } from '../../kit/links.js'
import { explainBy } from '../../kit/refusal-rules.js'
import { sessionAdapter, sessionManifest } from '../../kit/session/session-platform.js'
import { isSitePage } from '../../kit/site-pages.js'
import { DOMAINS, PAGES, PLATFORM, account, directLink, fileFacts } from './api.js'
import { REFUSALS } from './refusals.js'

const manifest = sessionManifest({
  id: PLATFORM,
  domains: DOMAINS,
  limits: { maxChunks: 2, maxDownloads: 5, resumable: true },
  origins: { pages: PAGES },
  facts: [
    { fact: 'there is no API; what the page of the site sends for a premium download', evidence: 'client' },
    { fact: 'words of the account page and of the page of a file', evidence: 'client' },
    { fact: 'two connections per file, five downloads at once', evidence: 'inferred' },
    { fact: 'one call per second', evidence: 'inferred' },
    { fact: 'links are bound to the address', evidence: 'inferred' },
  ],
  reviewed: '2026-11-29',
})

const LINK = /^\/([A-Za-z0-9]{5,16})(?:\/(.*?))?\/?$/

export const adapter = sessionAdapter({
  manifest,
  match: linksAt(manifest.domains, {
    path: LINK,
    fileId: (id) => (isSitePage(id) ? undefined : id),
    canonical: (fileId) => `/${fileId}`,
  }),
  account,
  facts: fileFacts,
  directLink,
  explainDownload: explainBy(PLATFORM, REFUSALS),
})
