import type { DownloadAnswer, FileInfo, FileRef, HostAdapter, HostContext } from '../../kit/adapter.js'
import { HostError } from '../../kit/errors.js'
import type { HostManifest } from '../../kit/manifest.js'
import { HTTP_REFUSALS, errorByRules } from '../../kit/refusal-rules.js'
import type { Source } from '../../kit/source.js'
import { CREDENTIALS, RapidGatorApi } from './api.js'
import { matcher } from './links.js'
import type { Site } from './site.js'

export type { Site } from './site.js'

const UNSERVED_RETRY_MS = 30 * 60_000

function manifestOf({
  api,
  checkBatchSize,
  domains,
  egressSticky,
  facts,
  id,
  limits,
  reviewed,
}: Site): HostManifest {
  return {
    id,
    domains,
    enabledByDefault: true,
    needsAccount: true,
    limits,
    credentials: CREDENTIALS,
    origins: { api },
    checkBatchSize,
    ...(egressSticky !== undefined && { egressSticky }),
    accountCheckIntervalMs: 10 * 60_000,
    requestGate: { minIntervalMs: 1000, burst: 3 },
    facts,
    reviewed,
  }
}

/** A host that speaks the dialect of RapidGator. */
export function adapter(site: Site): HostAdapter {
  const { checkBatchSize, id, refusals, singleConnectionBytes = 0 } = site
  const api = new RapidGatorApi(site)
  const match = matcher(site)

  async function check(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
    requireFiles(refs)
    const answers: FileInfo[] = []
    const oneByOne = refs.length === 1 || checkBatchSize === 1
    for (let at = 0; at < refs.length; at += checkBatchSize) {
      const part = refs.slice(at, at + checkBatchSize)
      const ask = (token: string) =>
        oneByOne ? Promise.all(part.map((ref) => checkOne(ctx, token, ref))) : checkMany(ctx, token, part)
      answers.push(...(await api.withToken(ctx, ask)))
    }
    return answers
  }

  async function checkOne(ctx: HostContext, token: string, { fileId }: FileRef): Promise<FileInfo> {
    try {
      return await api.fileInfo(ctx, token, fileId)
    } catch (error) {
      if (!(error instanceof HostError) || error.scope !== 'file') throw error
      return error.kind === 'FILE_GONE' ? { fileId, state: 'gone' } : { fileId, state: 'refused', error }
    }
  }

  async function checkMany(ctx: HostContext, token: string, refs: readonly FileRef[]): Promise<FileInfo[]> {
    const urls = refs.map((ref) => ref.canonicalUrl)
    const rows = await api.checkLinks(ctx, token, urls)
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
      const { name, size } = await api.fileInfo(ctx, token, ref.fileId)
      try {
        const url = await api.download(ctx, token, ref.fileId)
        return {
          kind: 'url',
          url,
          resumable: true,
          ...(size !== undefined && { size }),
          ...(size !== undefined && size <= singleConnectionBytes && { maxChunks: 1 }),
          ...(name !== undefined && { name }),
        }
      } catch (error) {
        if (!(error instanceof HostError) || error.kind !== 'FILE_GONE') throw error
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

  /** Ranges are refused now and then, with a header that says so or says nothing else. */
  function explainDownload(answer: DownloadAnswer): HostError | 'retry-without-range' | undefined {
    const { headers, now, status } = answer
    const fault = headers['x-error']
    const text = `${fault ?? ''}\n${answer.text}`
    if (/unexpected range request/i.test(text) || status === 416) return 'retry-without-range'
    const said = { at: 'download', status, text, retryAfter: headers['retry-after'], now }
    const inWords = errorByRules(
      refusals.filter((row) => row.text !== undefined),
      id,
      said,
    )
    if (inWords !== undefined) return inWords
    if (status === 500 && fault !== undefined) return 'retry-without-range'
    return errorByRules([...refusals, ...HTTP_REFUSALS], id, said)
  }

  function requireFiles(refs: readonly FileRef[]): void {
    if (refs.some((ref) => ref.kind !== 'file')) throw api.error('BAD_URL', 'folder links cannot be fetched')
  }

  return {
    manifest: manifestOf(site),
    match,
    checkAccount: (ctx) => api.withToken(ctx, (token) => api.account(ctx, token)),
    check,
    resolve,
    explainDownload,
  }
}
