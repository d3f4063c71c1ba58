import type { DownloadAnswer, FileRef, HostAdapter, HostContext } from '../../kit/adapter.js'
import { checkByRows } from '../../kit/check.js'
import { HostError } from '../../kit/errors.js'
import { present } from '../../kit/fields/present.js'
import { requireKind } from '../../kit/links.js'
import { hostManifest } from '../../kit/manifest.js'
import type { HostManifest } from '../../kit/manifest.js'
import { HTTP_REFUSALS, errorByRules } from '../../kit/refusal-rules.js'
import type { Source } from '../../kit/source.js'
import { RapidGatorApi, credentialFields } from './api.js'
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
  secondFactor = false,
}: Site): HostManifest {
  return hostManifest({
    id,
    domains,
    limits,
    credentials: credentialFields({ secondFactor }),
    origins: { api },
    checkBatchSize,
    ...(egressSticky !== undefined && { egressSticky }),
    requestGate: { minIntervalMs: 1000, burst: 3 },
    facts,
    reviewed,
  })
}

/** A host that speaks the dialect of RapidGator. */
export function adapter(site: Site): HostAdapter {
  const { id, refusals, singleConnectionBytes = 0 } = site
  const api = new RapidGatorApi(site)
  const manifest = manifestOf(site)
  const match = matcher(site)

  const check = checkByRows(manifest, {
    async rows(ctx, refs) {
      const urls = refs.map((ref) => ref.canonicalUrl)
      const rows = await api.withToken(ctx, (token) => api.checkLinks(ctx, token, urls))
      return new Map(
        rows.flatMap((row) => {
          const ref = URL.canParse(row.url ?? '') ? match(new URL(row.url ?? '')) : undefined
          return ref === undefined ? [] : [[ref.fileId, row] as const]
        }),
      )
    },
    complete: true,
    facts({ accessible, name, size }) {
      if (!accessible) throw api.error('FILE_GONE', 'file does not exist')
      return { name, size }
    },
    single: (ctx, { fileId }) => api.withToken(ctx, (token) => api.fileInfo(ctx, token, fileId)),
  })

  async function resolve(ctx: HostContext, ref: FileRef): Promise<Source> {
    requireKind(id, [ref], 'file')
    let renewed = false
    return api.withToken(ctx, async (token) => {
      const { name, size } = await api.fileInfo(ctx, token, ref.fileId)
      try {
        const url = await api.download(ctx, token, ref.fileId)
        return {
          kind: 'url',
          url,
          resumable: true,
          ...(size !== undefined && size <= singleConnectionBytes && { maxChunks: 1 }),
          ...present({ name, size }),
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

  return {
    manifest,
    match,
    checkAccount: (ctx) => api.withToken(ctx, (token) => api.account(ctx, token)),
    check,
    ...(site.checkBatchSize > 1 && { checkTogether: check }),
    resolve,
    explainDownload,
  }
}
