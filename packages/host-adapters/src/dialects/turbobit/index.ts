import type { FileInfo, FileRef, HostAdapter, HostContext } from '../../kit/adapter.js'
import { inBatches } from '../../kit/check.js'
import { present } from '../../kit/fields/present.js'
import { fileAnswer } from '../../kit/file-answer.js'
import { requireKind } from '../../kit/links.js'
import { hostManifest } from '../../kit/manifest.js'
import { explainBy } from '../../kit/refusal-rules.js'
import type { Source, UrlSource } from '../../kit/source.js'
import { CREDENTIALS, TurboApi } from './api.js'
import { matcher } from './links.js'
import { firstThatServes, usable } from './mirrors.js'
import { refusalsOf } from './refusals.js'
import type { Site } from './site.js'

export type { Site } from './site.js'

const LINKS_PER_CHECK = 50

/*
 * The sites have no API for downloads. This is what their own pages use, as clients have seen it, with the
 * cookies of the operator's login; a login may ask for a captcha, which only the operator can switch off. So
 * a platform of this dialect stays off until its operator has decided that it may be used so.
 */
export function adapter(site: Site): HostAdapter {
  const api = new TurboApi(site)
  const explainDownload = explainBy(site.id, refusalsOf(site))

  async function check(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
    requireKind(site.id, refs, 'file')
    return inBatches(refs, LINKS_PER_CHECK, async (batch) => {
      // The check of many links knows no sizes, so it only spares questions about what is gone.
      const urls = batch.map(({ canonicalUrl }) => canonicalUrl)
      const gone = batch.length > 1 ? await api.goneUrls(ctx, urls) : new Set<string>()
      const infos: FileInfo[] = []
      for (const ref of batch) {
        infos.push(gone.has(ref.fileId) ? { fileId: ref.fileId, state: 'gone' } : await checkOne(ctx, ref))
      }
      return infos
    })
  }

  function checkOne(ctx: HostContext, { fileId }: FileRef): Promise<FileInfo> {
    return fileAnswer(fileId, async () => {
      const { file } = await api.withAccount(ctx, (http) => api.info(ctx, http, fileId))
      const { name, size } = file
      return { fileId, state: 'available', ...present({ name, size }) }
    })
  }

  async function resolve(ctx: HostContext, ref: FileRef): Promise<Source> {
    requireKind(site.id, [ref], 'file')
    let renewed = false
    return api.withAccount(ctx, async (http) => {
      const { downloadUrls, file, premium } = await api.info(ctx, http, ref.fileId)
      if (premium === false) {
        // A lost session looks like an account without premium time, and so does one whose day is used up.
        if (!(await api.isPremium(ctx, http)))
          throw api.json.error('ACCOUNT_NOT_PREMIUM', 'account is not premium')
        if (renewed) throw api.limitError(ctx)
        renewed = true
        throw api.json.error('SESSION_EXPIRED', 'session does not count as premium')
      }
      const mirrors = usable(downloadUrls ?? []).map((url): UrlSource => {
        const cookie = http.header(url)
        const { name, size } = file
        const headers = cookie === undefined ? undefined : { cookie }
        return { kind: 'url', url, resumable: true, ...present({ headers, name, size }) }
      })
      return firstThatServes(ctx, site.id, mirrors, explainDownload)
    })
  }

  return {
    manifest: hostManifest({
      id: site.id,
      domains: site.domains,
      enabledByDefault: false,
      limits: { maxChunks: 5, maxDownloads: 5, resumable: true },
      credentials: CREDENTIALS,
      origins: { api: site.api },
      checkBatchSize: LINKS_PER_CHECK,
      egressSticky: true,
      accountCheckIntervalMs: 30 * 60_000,
      requestGate: { minIntervalMs: 1000, burst: 2 },
      facts: site.facts,
      reviewed: site.reviewed,
    }),
    match: matcher(site),
    checkAccount: (ctx) => api.withAccount(ctx, (http) => api.account(ctx, http)),
    check,
    resolve,
    explainDownload,
  }
}
