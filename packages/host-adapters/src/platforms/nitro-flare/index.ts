import type { DownloadAnswer, FileRef, HostAdapter, HostContext } from '../../kit/adapter.js'
import { HostError } from '../../kit/errors.js'
import { present } from '../../kit/fields/present.js'
import { checkByRows } from '../../kit/check.js'
import { linksAt } from '../../kit/links.js'
import { hostManifest } from '../../kit/manifest.js'
import { explainBy } from '../../kit/refusal-rules.js'
import type { Source } from '../../kit/source.js'
import { CREDENTIALS, PLATFORM, api, downloadLink, factsOf, fileRows, keyInfo } from './api.js'
import { REFUSALS } from './refusals.js'

const manifest = hostManifest({
  id: PLATFORM,
  domains: ['nitroflare.com', 'nitroflare.net', 'nitro.download'],
  checkNeedsAccount: false,
  limits: { maxChunks: 8, maxDownloads: 5, resumable: true },
  credentials: CREDENTIALS,
  origins: { api: 'https://nitroflare.com/api/v2' },
  checkBatchSize: 100,
  egressSticky: true,
  requestGate: { minIntervalMs: 1000, burst: 2 },
  facts: [
    { fact: 'methods, fields and codes of API v2', evidence: 'client' },
    { fact: 'facts of 100 files in one call, without an account', evidence: 'client' },
    { fact: 'direct links are bound to the address', evidence: 'client' },
    { fact: 'addresses of data centres meet captchas', evidence: 'client' },
    { fact: 'five downloads at once, eight connections each', evidence: 'inferred' },
    { fact: 'dates are in UTC', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
})

const DAY = 86_400_000
/** Ids are upper case, and another case is another id. */
const LINK = /^\/(?:view|watch)\/([A-Z0-9]{4,32})(?:\/(.*?))?\/?$/
/** `/folder/<owner>/<id>`, base64; the API does not list them. */
const FOLDER = /^\/folder\/(\d{1,20}\/[\w+=-]{1,64})\/?$/

const check = checkByRows(manifest, { rows: fileRows, facts: factsOf })

/** The host asks for a check before each link. */
async function resolve(ctx: HostContext, ref: FileRef): Promise<Source> {
  const [info] = await check(ctx, [ref])
  if (info?.state === 'refused') throw info.error
  if (info?.state !== 'available') throw api.error('FILE_GONE', 'file is offline')
  const link = await downloadLink(ctx, ref.fileId)
  const { name = info.name, size = info.size } = link
  return { kind: 'url', url: link.url, resumable: true, ...present({ name, size }) }
}

const explain = explainBy(PLATFORM, REFUSALS)

/** Traffic comes back with the next day. */
function explainDownload(answer: DownloadAnswer): HostError | undefined {
  const error = explain(answer)
  if (error?.kind !== 'ACCOUNT_QUOTA' || error.retryAt !== undefined) return error
  const tomorrow = (Math.floor(answer.now / DAY) + 1) * DAY
  return new HostError(error.kind, error.message, { retryAt: tomorrow })
}

export const adapter: HostAdapter = {
  manifest,
  match: linksAt(
    manifest.domains,
    { path: LINK, canonical: (fileId) => `/view/${fileId}` },
    { kind: 'folder', path: FOLDER, canonical: (fileId) => `/folder/${fileId}` },
  ),
  checkAccount: keyInfo,
  check,
  checkTogether: check,
  resolve,
  explainDownload,
}
