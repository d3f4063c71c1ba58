import { linksAt } from '../../kit/links.js'
import { explainBy } from '../../kit/refusal-rules.js'
import { sessionAdapter, sessionManifest } from '../../kit/session/session-platform.js'
import { DOMAINS, PAGES, PLATFORM, account, directLink, fileFacts } from './api.js'
import { REFUSALS } from './refusals.js'

const manifest = sessionManifest({
  id: PLATFORM,
  domains: DOMAINS,
  limits: { maxChunks: 4, maxDownloads: 5, resumable: true },
  origins: { pages: PAGES },
  facts: [
    { fact: 'there is no API; a premium account is given the file at its page', evidence: 'client' },
    { fact: 'words of the account page and of the page of a file', evidence: 'client' },
    { fact: 'one session per account: a login elsewhere ends this one', evidence: 'client' },
    { fact: 'any number of connections per file', evidence: 'client' },
    { fact: 'four of them are enough, five downloads at once', evidence: 'inferred' },
    { fact: 'one call per second', evidence: 'inferred' },
  ],
  reviewed: '2026-11-29',
})

const LINK = /^\/file\/download\/([A-Za-z0-9]{16})(?:\/(.*?))?\/?$/

export const adapter = sessionAdapter({
  manifest,
  match: linksAt(manifest.domains, { path: LINK, canonical: (fileId) => `/file/download/${fileId}` }),
  account,
  facts: fileFacts,
  directLink,
  explainDownload: explainBy(PLATFORM, REFUSALS),
})
