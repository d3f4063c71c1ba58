import type { HostAdapter } from '../../kit/adapter.js'
import { checkByRows } from '../../kit/check.js'
import { linksAt, requireKind } from '../../kit/links.js'
import { hostManifest } from '../../kit/manifest.js'
import { explainBy } from '../../kit/refusal-rules.js'
import { CREDENTIALS, PLATFORM, account, downloadUrl, factsOf, fileFacts, fileRows } from './api.js'
import { REFUSALS } from './refusals.js'

const manifest = hostManifest({
  id: PLATFORM,
  domains: ['filer.net'],
  checkNeedsAccount: false,
  limits: { maxChunks: 1, maxDownloads: 10, resumable: true },
  credentials: CREDENTIALS,
  origins: { api: 'https://filer.net/api' },
  checkBatchSize: 100,
  requestGate: { minIntervalMs: 500, burst: 2 },
  facts: [
    { fact: 'methods, fields and codes of the API', evidence: 'official' },
    { fact: 'one connection per file, ten downloads at once per account', evidence: 'client' },
    { fact: 'traffic that is below zero comes back at 50 GB a day', evidence: 'client' },
    { fact: 'two calls a second', evidence: 'client' },
    { fact: 'passwords of files cannot be sent', evidence: 'inferred' },
  ],
  reviewed: '2026-11-29',
})

/** The API does not list them. */
const FOLDER = /^\/folder\/([a-z0-9]{16,64})\/?$/
const FOLDER_PREFIX = 'folder-'
const LINK = /^\/(?:app\.php\/)?(?:get|dl)\/([a-z0-9]{16,64})(?:\/(.*?))?\/?$/

export const adapter: HostAdapter = {
  manifest,
  match: linksAt(
    manifest.domains,
    { path: LINK, canonical: (fileId) => `/get/${fileId}` },
    {
      kind: 'folder',
      path: FOLDER,
      fileId: (id) => FOLDER_PREFIX + id,
      canonical: (fileId) => `/folder/${fileId.slice(FOLDER_PREFIX.length)}`,
    },
  ),
  checkAccount: account,
  check: checkByRows(manifest, { rows: fileRows, facts: factsOf, single: fileFacts }),
  async resolve(ctx, ref) {
    requireKind(PLATFORM, [ref], 'file')
    const { name, size } = await fileFacts(ctx, ref)
    const url = await downloadUrl(ctx, ref.fileId)
    return {
      ...{ kind: 'url', url, resumable: true },
      ...(name !== undefined && { name }),
      ...(size !== undefined && { size }),
    }
  },
  explainDownload: explainBy(PLATFORM, REFUSALS),
}
