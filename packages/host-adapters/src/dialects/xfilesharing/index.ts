/*
 * XFileSharing: a script that hundreds of hosts run. Those that have its API mod speak one dialect and differ
 * by data only (`Site`). A valid key does not mean downloads: `file/direct_link` can be switched off for the
 * site, for free accounts or for one account, and a site may change that without notice. So it is asked:
 * `checkAccount` probes it without a file, which costs nothing, and a refusal met while resolving is looked into
 * before it is blamed on the account.
 */
import type { FileInfo, FileRef, HostAdapter, HostContext } from '../../kit/adapter.js'
import { API_KEY } from '../../kit/credentials.js'
import { HostError } from '../../kit/errors.js'
import { present } from '../../kit/fields/present.js'
import { fromHtml, hashOf } from '../../kit/fields/text.js'
import { inBatches, togetherWhere } from '../../kit/check.js'
import { hostManifest } from '../../kit/manifest.js'
import type { HostFact, HostManifest } from '../../kit/manifest.js'
import { explainBy } from '../../kit/refusal-rules.js'
import { XfsApi } from './api.js'
import type { XfsRow } from './api.js'
import { isShort, matcher } from './links.js'
import { REFUSALS } from './refusals.js'
import { SCRIPT_BATCH } from './site.js'
import type { Site } from './site.js'

export type { Site } from './site.js'

const SCRIPT_READS: HostFact = { fact: 'fifty files per check', evidence: 'client' }
/** One request a second; the sites publish no limit. */
const GATE = { minIntervalMs: 1000, burst: 3 }
const ACCOUNT_CHECK_MS = 30 * 60_000

/** The platform of a site. */
export function adapter(site: Site): HostAdapter {
  const api = new XfsApi(site)
  const manifest = manifestOf(site)
  const explain = explainBy(site.id, REFUSALS)

  async function checkMany(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
    if (refs.length === 0) return []
    const codes = refs.map(({ fileId }) => fileId)
    const rows = await api.files(ctx, codes)
    const byCode = new Map(rows.map((row) => [row.filecode ?? row.file_code, row]))
    return refs.map((ref) => fileInfo(ref, byCode.get(ref.fileId)))
  }

  async function checkPart(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
    try {
      const [only] = refs
      if (only !== undefined && isShort(only))
        return [fileInfo(only, await api.fileAt(ctx, only.canonicalUrl))]
      return await checkMany(ctx, refs)
    } catch (error) {
      if (!(error instanceof HostError) || (error.scope !== 'file' && error.scope !== 'request')) throw error
      if (refs.length > 1) return inBatches(refs, 1, (part) => checkPart(ctx, part))
      return refs.map(({ fileId }) =>
        error.kind === 'FILE_GONE' ? { fileId, state: 'gone' } : { fileId, state: 'refused', error },
      )
    }
  }

  /** Many sites tell of the account's own files only: what they leave out is not gone but unknown. */
  const unlisted = (fileId: string): FileInfo => ({
    fileId,
    state: site.listsAllFiles ? 'gone' : 'available',
  })

  function fileInfo({ fileId }: FileRef, row: XfsRow | undefined): FileInfo {
    if (row === undefined) return unlisted(fileId)
    const status = row.file_status ?? row.status
    if (status === 404) return { fileId, state: 'gone' }
    if (status === 451) {
      const error = api.error('FILE_BLOCKED', 'file is withheld for legal reasons')
      return { fileId, state: 'refused', error }
    }
    const name = row.name ?? row.file_title
    return present({
      fileId,
      state: 'available' as const,
      name: name === undefined ? undefined : fromHtml(name),
      size: row.size,
      hash: hashOf('sha256', row.file_sha256),
    })
  }

  const check: HostAdapter['check'] = async (ctx, refs) => {
    const long = refs.filter((ref) => !isShort(ref))
    const infos = [
      ...(await inBatches(long, manifest.checkBatchSize, (part) => checkPart(ctx, part))),
      ...(await inBatches(refs.filter(isShort), 1, (part) => checkPart(ctx, part))),
    ]
    const answers = new Map(infos.map((info) => [info.fileId, info]))
    return refs.map(({ fileId }) => answers.get(fileId) ?? unlisted(fileId))
  }

  return {
    manifest,
    match: matcher(site),
    async checkAccount(ctx) {
      const { premium, ...account } = await api.account(ctx)
      if (premium === false) return { premium, ...account }
      await api.probe(ctx)
      return { premium: true, ...account }
    },
    check,
    checkTogether: togetherWhere((ref) => !isShort(ref), check, checkMany),
    async resolve(ctx, ref) {
      const { url, size } = await api.directLink(ctx, ref).catch(async (error: unknown) => {
        if (!(error instanceof HostError) || error.kind !== 'CAPABILITY_OFF') throw error
        // The same words are said of a key that is not known any more and of a premium time that has lapsed.
        const { premium } = await api.account(ctx)
        throw premium === false ? api.error('ACCOUNT_NOT_PREMIUM', 'account is not premium') : error
      })
      return present({ kind: 'url' as const, url, resumable: true, size })
    },
    explainDownload: (answer) =>
      explain({ ...answer, text: `${answer.headers['content-disposition'] ?? ''}\n${answer.text}` }),
  }
}

function manifestOf(site: Site): HostManifest {
  const { api, domains, facts, id, maxChunks, maxDownloads, reviewed } = site
  return hostManifest({
    id,
    domains,
    egressSticky: true,
    limits: { maxChunks, maxDownloads, resumable: true },
    credentials: API_KEY,
    origins: { api },
    checkBatchSize: site.checkBatchSize ?? SCRIPT_BATCH,
    accountCheckIntervalMs: ACCOUNT_CHECK_MS,
    requestGate: GATE,
    hostGate: GATE,
    facts: site.checkBatchSize === undefined ? [...facts, SCRIPT_READS] : facts,
    reviewed,
  })
}
