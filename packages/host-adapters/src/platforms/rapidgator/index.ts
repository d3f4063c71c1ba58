import type { DownloadAnswer, FileInfo, FileRef, HostAdapter, HostContext } from '../../adapter.js'
import { HostError } from '../../errors.js'
import { decodedSegment } from '../../fields/text.js'
import type { HostFact, HostManifest } from '../../manifest.js'
import { refusalOf } from '../../refusals.js'
import type { Source } from '../../source.js'
import { CREDENTIALS, RapidGatorDialect } from './dialect.js'
import { REFUSALS } from './refusals.js'

const FACTS: readonly HostFact[] = [
  { fact: 'methods, fields and statuses of API v2', standing: 'official' },
  { fact: 'a token is good for 45 minutes', standing: 'client' },
  { fact: 'five connections per file', standing: 'client' },
  { fact: 'five downloads at once per account', standing: 'inferred' },
]

const manifest: HostManifest = {
  id: 'RapidGator',
  domains: ['rapidgator.net', 'rapidgator.asia', 'rg.to'],
  enabledByDefault: true,
  needsAccount: true,
  limits: { maxChunks: 5, maxDownloads: 5, resumable: true },
  credentials: CREDENTIALS,
  origins: { api: 'https://rapidgator.net/api/v2' },
  checkBatchSize: 25,
  egressSticky: true,
  accountCheckIntervalMs: 10 * 60_000,
  requestGate: { minIntervalMs: 1000, burst: 3 },
  facts: FACTS,
  reviewed: '2026-08-22',
}

const SESSION_MS = 45 * 60_000
const SINGLE_CONNECTION_BYTES = 2 * 1024 * 1024
const UNSERVED_RETRY_MS = 30 * 60_000
const LINK = /^\/(file)\/([a-z0-9]{32}|\d{1,20})(?:\/([^/]*))?\/?$|^\/(folder)\/(\d{1,20})(?:\/[^/]*)?\/?$/i

const api = new RapidGatorDialect({ platform: manifest.id, refusals: REFUSALS, sessionMs: SESSION_MS })

function match(url: URL): FileRef | undefined {
  const hostDomain = url.hostname
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^www\./, '')
  if (!manifest.domains.includes(hostDomain)) return undefined
  const [, file, fileKey, tail, , folderKey] = LINK.exec(url.pathname) ?? []
  const fileId = (fileKey ?? folderKey)?.toLowerCase()
  if (fileId === undefined) return undefined
  const kind = file === undefined ? 'folder' : 'file'
  const nameHint = decodedSegment(tail?.replace(/\.html$/i, '') ?? '')
  return {
    fileId,
    canonicalUrl: `https://${manifest.domains[0]}/${kind}/${fileId}`,
    kind,
    ...(nameHint && { nameHint }),
    hostDomain,
  }
}

async function check(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
  requireFiles(refs)
  const [only] = refs
  if (only === undefined) return []
  if (refs.length === 1) return [await api.withToken(ctx, (token) => checkOne(ctx, token, only))]
  const answers: FileInfo[] = []
  for (let at = 0; at < refs.length; at += manifest.checkBatchSize) {
    const part = refs.slice(at, at + manifest.checkBatchSize)
    answers.push(...(await api.withToken(ctx, (token) => checkMany(ctx, token, part))))
  }
  return answers
}

async function checkOne(ctx: HostContext, token: string, ref: FileRef): Promise<FileInfo> {
  try {
    return await api.fileInfo(ctx, token, ref.fileId)
  } catch (error) {
    if (!isGone(error)) throw error
    return { fileId: ref.fileId, state: 'gone' }
  }
}

async function checkMany(ctx: HostContext, token: string, refs: readonly FileRef[]): Promise<FileInfo[]> {
  const rows = await api.checkLinks(
    ctx,
    token,
    refs.map((ref) => ref.canonicalUrl),
  )
  const byId = new Map(
    rows.map((row) => [
      row.url !== undefined && URL.canParse(row.url) ? match(new URL(row.url))?.fileId : undefined,
      row,
    ]),
  )
  return refs.map(({ fileId }) => {
    const row = byId.get(fileId)
    if (row === undefined) throw api.error('UNEXPECTED', 'answer of file/check_link leaves a file out')
    if (!row.accessible) return { fileId, state: 'gone' }
    const { name, size } = row
    return {
      fileId,
      state: 'available',
      ...(name !== undefined && { name }),
      ...(size !== undefined && { size }),
    }
  })
}

async function resolve(ctx: HostContext, ref: FileRef): Promise<Source> {
  requireFiles([ref])
  let renewed = false
  return api.withToken(ctx, async (token) => {
    const info = await api.fileInfo(ctx, token, ref.fileId)
    try {
      const url = await api.download(ctx, token, ref.fileId)
      return {
        kind: 'url',
        url,
        resumable: true,
        ...(info.size !== undefined && { size: info.size }),
        ...(info.size !== undefined && info.size <= SINGLE_CONNECTION_BYTES && { maxChunks: 1 }),
        ...(info.name !== undefined && { name: info.name }),
      }
    } catch (error) {
      if (!isGone(error)) throw error
      const explained = await explainMissing(ctx, token, ref, renewed)
      renewed = true
      throw explained
    }
  })
}

/** `file/download` says 404 of deleted files, but also when the session or the premium time has lapsed. */
async function explainMissing(
  ctx: HostContext,
  token: string,
  ref: FileRef,
  renewed: boolean,
): Promise<HostError> {
  await api.fileInfo(ctx, token, ref.fileId)
  const { premium } = await api.account(ctx, token)
  if (!premium) return api.error('ACCOUNT_NOT_PREMIUM', 'premium time of the account has lapsed')
  if (!renewed) return api.error('SESSION_EXPIRED', 'session gives no direct link')
  return api.error('HOST_TEMP', 'file is listed but not served', { retryAt: ctx.now() + UNSERVED_RETRY_MS })
}

function explainDownload(answer: DownloadAnswer): HostError | 'retry-without-range' | undefined {
  const text = `${answer.headers['x-error'] ?? ''}\n${answer.text}`
  if (/unexpected range request/i.test(text) || answer.status === 416) return 'retry-without-range'
  const { status, now } = answer
  const retryAfter = answer.headers['retry-after']
  return refusalOf(REFUSALS, manifest.id, { at: 'download', status, text, retryAfter, now })
}

function requireFiles(refs: readonly FileRef[]): void {
  if (refs.some((ref) => ref.kind !== 'file')) throw api.error('BAD_URL', 'folder links cannot be fetched')
}

function isGone(error: unknown): boolean {
  return error instanceof HostError && error.kind === 'FILE_GONE'
}

export const adapter: HostAdapter = {
  manifest,
  match,
  checkAccount: (ctx) => api.withToken(ctx, (token) => api.account(ctx, token)),
  check,
  resolve,
  explainDownload,
}

/** Readers of the API's answers, for fuzzing. */
export const readers = api.readers()
