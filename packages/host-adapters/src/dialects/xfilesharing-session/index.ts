/*
 * XFileSharing without an API for downloads: most sites of the script. They are used as their premium users use them,
 * by their pages with the session of the operator's browser. So a platform of this dialect stays off until its operator
 * has decided that it may be used so.
 */
import type { FileInfo, FileRef, HostAdapter, HostContext } from '../../kit/adapter.js'
import { credentialsOf } from '../../kit/credentials.js'
import { present } from '../../kit/fields/present.js'
import { fileAnswer } from '../../kit/file-answer.js'
import { requireKind } from '../../kit/links.js'
import { hostManifest } from '../../kit/manifest.js'
import type { CredentialField } from '../../kit/manifest.js'
import { explainBy } from '../../kit/refusal-rules.js'
import { OPERATOR_COOKIES, withOperatorCookies } from '../../kit/session/operator-cookies.js'
import * as xfilesharing from '../xfilesharing/index.js'
import { ScriptPages } from './api.js'
import { matcher } from './links.js'
import { REFUSALS } from './refusals.js'
import type { Site } from './site.js'

export type { Site } from './site.js'

/** A page each, so few at once. */
const FILES_PER_CHECK = 10
/** One request a second; the sites publish no limit. */
const GATE = { minIntervalMs: 1000, burst: 3 }

const WITH_KEY = [
  ...OPERATOR_COOKIES,
  { name: 'apiKey', label: 'API key, for exact sizes', secret: true, required: false },
] as const satisfies readonly CredentialField[]

/** The platform of a site. */
export function adapter(site: Site): HostAdapter {
  const { api, domains, id, maxChunks, maxDownloads, pages: origin } = site
  const pages = new ScriptPages(site)
  const credentials = api === undefined ? OPERATOR_COOKIES : WITH_KEY
  const byKey = api === undefined ? undefined : xfilesharing.adapter({ ...site, api })
  const explain = explainBy(id, REFUSALS)
  const cookieSite = { id, domains, origin: 'pages' }

  async function check(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
    requireKind(id, refs, 'file')
    const given = credentialsOf(ctx, id, credentials)
    if (byKey !== undefined && 'apiKey' in given) return byKey.check(ctx, refs)
    const infos: FileInfo[] = []
    for (const ref of refs) {
      const { fileId } = ref
      infos.push(
        await fileAnswer(fileId, async () => ({
          fileId,
          state: 'available',
          ...(await pages.file(ctx, ref)),
        })),
      )
    }
    return infos
  }

  return {
    manifest: hostManifest({
      id,
      domains,
      enabledByDefault: false,
      egressSticky: true,
      filePasswords: true,
      limits: { maxChunks, maxDownloads, resumable: true },
      credentials,
      origins: { pages: origin, ...(api !== undefined && { api }) },
      checkBatchSize: FILES_PER_CHECK,
      accountCheckIntervalMs: 30 * 60_000,
      requestGate: GATE,
      hostGate: GATE,
      facts: site.facts,
      reviewed: site.reviewed,
    }),
    match: matcher(site),
    checkAccount: (ctx) => withOperatorCookies(ctx, cookieSite, (http) => pages.account(ctx, http)),
    check,
    resolve: (ctx, ref) => {
      requireKind(id, [ref], 'file')
      return withOperatorCookies(ctx, cookieSite, async (http) => {
        const url = await pages.directLink(ctx, http, ref)
        const headers = http.headers(url)
        return present({ kind: 'url' as const, url, resumable: true, headers })
      })
    },
    explainDownload: (answer) =>
      explain({ ...answer, text: `${answer.headers['content-disposition'] ?? ''}\n${answer.text}` }),
  }
}
