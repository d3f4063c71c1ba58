import type { AccountInfo, FileRef, HostAdapter, HostContext } from '../../kit/adapter.js'
import { API_KEY, credentialsOf } from '../../kit/credentials.js'
import { HostError } from '../../kit/errors.js'
import { present } from '../../kit/fields/present.js'
import { checkByRows } from '../../kit/check.js'
import { linksAt } from '../../kit/links.js'
import { hostManifest } from '../../kit/manifest.js'
import { explainBy } from '../../kit/refusal-rules.js'
import { isSitePage } from '../../kit/site-pages.js'
import type { Source } from '../../kit/source.js'
import { PLATFORM, api, ask, factsOf } from './api.js'
import type { FileDescription } from './api.js'
import { REFUSALS } from './refusals.js'

const manifest = hostManifest({
  id: PLATFORM,
  domains: ['fikper.com'],
  limits: { maxChunks: 4, maxDownloads: 4, resumable: true },
  credentials: API_KEY,
  origins: { api: 'https://sapi.fikper.com' },
  checkBatchSize: 100,
  requestGate: { minIntervalMs: 1000, burst: 3 },
  facts: [
    { fact: 'calls and fields of the API with a key', evidence: 'client' },
    { fact: 'any number of connections and downloads', evidence: 'client' },
    { fact: 'direct links can be used again', evidence: 'client' },
    { fact: 'one call per second', evidence: 'inferred' },
    { fact: 'passwords of files cannot be sent', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
})

const LINK = /^\/([A-Za-z0-9]{3,64})(?:\/(.*?)(?:\.html)?)?\/?$/i
const match = linksAt(manifest.domains, {
  path: LINK,
  fileId: (id) => (isSitePage(id) ? undefined : id),
  canonical: (fileId) => `/${fileId}`,
})

/** Two clients know two names for the call. */
async function checkAccount(ctx: HostContext): Promise<AccountInfo> {
  const headers = authorization(ctx)
  const account = (path: string) => ask(ctx, 'account', { url: `${ctx.origin('api')}/${path}`, headers })
  try {
    return await account('api/account')
  } catch (error) {
    if (!(error instanceof HostError) || error.kind !== 'UNEXPECTED') throw error
    return account('api/account/info')
  }
}

const check = checkByRows(manifest, {
  async rows(ctx, refs) {
    const request = {
      url: `${ctx.origin('api')}/api/file/check-links`,
      headers: authorization(ctx),
      json: { links: refs.map(({ canonicalUrl }) => canonicalUrl) },
      idempotent: true,
    }
    return new Map((await ask(ctx, 'check', request)).map((row) => [row.fileHashName, row]))
  },
  complete: true,
  facts: factsOf,
  async single(ctx, { fileId }) {
    authorization(ctx)
    const { name, size } = await describe(ctx, fileId)
    return { name, size }
  },
})

/**
 * describe asks what anybody is told of a file; only this call tells of passwords. Raises FILE_RESTRICTED for files
 * with one.
 */
async function describe(ctx: HostContext, fileHashName: string): Promise<FileDescription> {
  const request = { url: `${ctx.origin('api')}/`, json: { fileHashName }, idempotent: true }
  const described = await ask(ctx, 'info', request)
  if (described.password !== true) return described
  throw api.error('FILE_RESTRICTED', 'file has a password, which the API does not take')
}

async function resolve(ctx: HostContext, { fileId }: FileRef): Promise<Source> {
  const headers = authorization(ctx)
  const { name, size } = await describe(ctx, fileId)
  const request = { url: `${ctx.origin('api')}/api/file/download/${fileId}`, headers }
  const url = await ask(ctx, 'download', request)
  return { kind: 'url', url, resumable: true, ...present({ name, size }) }
}

function authorization(ctx: HostContext): Record<string, string> {
  return { 'x-api-key': credentialsOf(ctx, PLATFORM, API_KEY).apiKey }
}

export const adapter: HostAdapter = {
  manifest,
  match,
  checkAccount,
  check,
  checkTogether: check,
  resolve,
  explainDownload: explainBy(PLATFORM, REFUSALS, 'link'),
}
