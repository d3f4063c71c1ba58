import { z } from 'zod'
import type { AccountInfo, FileInfo, FileRef, HostAdapter, HostContext } from '../../adapter.js'
import { credentialsOf } from '../../credentials.js'
import { present } from '../../fields/present.js'
import { field } from '../../fields/schema.js'
import { decodedSegment, hashOf } from '../../fields/text.js'
import type { HostRequest } from '../../http/host-http.js'
import { domainOf, inBatches } from '../../links.js'
import { JsonApi } from '../../json/json-api.js'
import type { CredentialField, HostManifest } from '../../manifest.js'
import { explainBy } from '../../refusals.js'
import type { Source } from '../../source.js'
import { REFUSALS, refused } from './refusals.js'

const CREDENTIALS = [
  { name: 'apiKey', label: 'API key', secret: true, required: true },
] as const satisfies readonly CredentialField[]

const manifest: HostManifest = {
  id: 'Sample',
  domains: ['sample.invalid'],
  enabledByDefault: true,
  needsAccount: true,
  limits: { maxChunks: 4, maxDownloads: 4, resumable: true },
  credentials: CREDENTIALS,
  origins: { api: 'https://api.sample.invalid/v1' },
  checkBatchSize: 100,
  accountCheckIntervalMs: 10 * 60_000,
  requestGate: { minIntervalMs: 1000, burst: 3 },
  facts: [],
  reviewed: '1970-01-01',
}

const LINK = /^\/file\/([A-Za-z0-9]{4,32})(?:\/([^/]*))?\/?$/

const api = new JsonApi({ platform: manifest.id, refusals: REFUSALS, refused })
const answers = {
  account: z.object({ premium: field.flag, until: field.time, left: field.bytes, total: field.bytes }),
  files: z.object({
    files: z.array(
      z.object({ id: field.requiredText, name: field.text, size: field.bytes, md5: field.text }),
    ),
  }),
  link: z.object({ url: field.requiredUrl, size: field.bytes }),
}

function match(url: URL): FileRef | undefined {
  const hostDomain = domainOf(manifest, url)
  const [, fileId, name] = LINK.exec(url.pathname) ?? []
  if (hostDomain === undefined || fileId === undefined) return undefined
  const canonicalUrl = `https://${manifest.domains[0]}/file/${fileId}`
  return { fileId, canonicalUrl, kind: 'file', hostDomain, ...(name && { nameHint: decodedSegment(name) }) }
}

function call<T>(
  ctx: HostContext,
  at: string,
  schema: z.ZodType<T>,
  request: Partial<HostRequest> = {},
): Promise<T> {
  const { apiKey } = credentialsOf(ctx, manifest.id, CREDENTIALS)
  const url = `${ctx.origin('api')}/${at}`
  return api.call(ctx, at, { url, headers: { 'x-api-key': apiKey }, ...request }, schema)
}

async function checkAccount(ctx: HostContext): Promise<AccountInfo> {
  const { left, premium = false, total, until } = await call(ctx, 'account', answers.account)
  return { premium, ...present({ validUntil: until, trafficLeft: left, trafficTotal: total }) }
}

function check(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
  return inBatches(refs, manifest.checkBatchSize, async (batch) => {
    const json = { ids: batch.map(({ fileId }) => fileId) }
    const { files } = await call(ctx, 'check', answers.files, { json, idempotent: true })
    return batch.map(({ fileId }): FileInfo => {
      const row = files.find(({ id }) => id === fileId)
      if (row === undefined) return { fileId, state: 'gone' }
      const { md5, name, size } = row
      return { fileId, state: 'available', ...present({ name, size, hash: hashOf('md5', md5) }) }
    })
  })
}

async function resolve(ctx: HostContext, { fileId }: FileRef): Promise<Source> {
  const { size, url } = await call(ctx, 'link', answers.link, { json: { id: fileId } })
  return { kind: 'url', url, resumable: true, ...present({ size }) }
}

/** Readers of the API's answers, for fuzzing. */
export const readers = api.readers(answers)

export const adapter: HostAdapter = {
  manifest,
  match,
  checkAccount,
  check,
  resolve,
  explainDownload: explainBy(manifest.id, REFUSALS),
}
