/*
 * What all platforms have in common that are used by the pages of their site, with the session of the operator's
 * browser. They stay off until their operator has decided that the site may be used so.
 */
import type { AccountInfo, FileInfo, FileRef, HostAdapter, HostContext } from '../adapter.js'
import type { FileFacts } from '../check.js'
import { credentialsOf } from '../credentials.js'
import { present } from '../fields/present.js'
import { fileAnswer } from '../file-answer.js'
import { requireKind } from '../links.js'
import { hostManifest } from '../manifest.js'
import type { HostManifest } from '../manifest.js'
import type { CookieHttp } from './cookie-http.js'
import { OPERATOR_COOKIES, withOperatorCookies } from './operator-cookies.js'

/** A page each, so few at once. */
const FILES_PER_CHECK = 10
const USUAL = {
  enabledByDefault: false,
  egressSticky: true,
  credentials: OPERATOR_COOKIES,
  checkBatchSize: FILES_PER_CHECK,
  accountCheckIntervalMs: 30 * 60_000,
  requestGate: { minIntervalMs: 1000, burst: 3 },
} satisfies Partial<HostManifest>

/** The manifest of such a platform, with its pages at the origin `pages`. */
export function sessionManifest(
  own: Omit<HostManifest, keyof typeof USUAL | 'needsAccount'> & Partial<HostManifest>,
): HostManifest {
  return hostManifest({ ...USUAL, ...own })
}

export interface SessionPlatform extends Pick<HostAdapter, 'match' | 'explainDownload'> {
  manifest: HostManifest
  /** Raises SESSION_EXPIRED, as `directLink` does. */
  account(ctx: HostContext, http: CookieHttp): Promise<AccountInfo>
  /** What a visitor sees of a file: who is logged in may be given the file itself. Raises FILE_GONE. */
  facts(ctx: HostContext, ref: FileRef): Promise<FileFacts>
  directLink(ctx: HostContext, http: CookieHttp, ref: FileRef): Promise<string>
}

export function sessionAdapter(platform: SessionPlatform): HostAdapter {
  const { account, directLink, explainDownload, facts, manifest, match } = platform
  const { id } = manifest

  async function check(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
    requireKind(id, refs, 'file')
    credentialsOf(ctx, id, OPERATOR_COOKIES)
    const infos: FileInfo[] = []
    for (const ref of refs) {
      const { fileId } = ref
      const answer = async (): Promise<FileInfo> => {
        return { ...present(await facts(ctx, ref)), fileId, state: 'available' }
      }
      infos.push(await fileAnswer(fileId, answer))
    }
    return infos
  }

  return {
    manifest,
    match,
    checkAccount: (ctx) => withOperatorCookies(ctx, manifest, (http) => account(ctx, http)),
    check,
    async resolve(ctx, ref) {
      requireKind(id, [ref], 'file')
      return withOperatorCookies(ctx, manifest, async (http) => {
        const url = await directLink(ctx, http, ref)
        return present({ kind: 'url' as const, url, resumable: true, headers: http.headers(url) })
      })
    },
    ...(explainDownload !== undefined && { explainDownload }),
  }
}
