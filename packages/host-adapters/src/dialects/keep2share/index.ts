import type { DownloadAnswer, FileRef, HostAdapter, HostContext } from '../../kit/adapter.js'
import { HostError } from '../../kit/errors.js'
import { timeOf } from '../../kit/fields/dates.js'
import { looksLikeHtml } from '../../http/page.js'
import type { HostFact, HostManifest } from '../../kit/manifest.js'
import { HTTP_REFUSALS, errorByRules } from '../../kit/refusal-rules.js'
import type { Source } from '../../kit/source.js'
import { CREDENTIALS, Keep2shareApi, isKind, nextMidnight } from './api.js'
import { BATCH, Keep2shareFiles } from './files.js'
import { matcher } from './links.js'
import { refusalsOf } from './refusals.js'
import type { Site } from './site.js'

export type { Site } from './site.js'

const FACTS: readonly HostFact[] = [
  { fact: 'methods, fields and codes of API v2', standing: 'official' },
  { fact: 'a token is kept for 30 minutes', standing: 'official' },
  { fact: 'a direct link is charged in full, once per file and day', standing: 'client' },
  { fact: 'the list of files calls some deleted ones available', standing: 'client' },
  { fact: 'the quota is daily and starts over at midnight UTC', standing: 'client' },
  { fact: 'a token may be bound to the address of its login', standing: 'client' },
  { fact: 'ten connections per file, twenty downloads at once per account', standing: 'client' },
  { fact: 'one call in two seconds, twenty at once', standing: 'client' },
]

const GATE = { minIntervalMs: 2000, burst: 20 }

function manifestOf({ api, domains, id }: Site): HostManifest {
  return {
    id,
    domains,
    enabledByDefault: true,
    needsAccount: true,
    checkNeedsAccount: false,
    chargesOnResolve: true,
    egressSticky: true,
    limits: { maxChunks: 10, maxDownloads: 20, resumable: true },
    credentials: CREDENTIALS,
    origins: { api },
    checkBatchSize: BATCH,
    accountCheckIntervalMs: 10 * 60_000,
    requestGate: GATE,
    hostGate: GATE,
    facts: FACTS,
    reviewed: '2026-08-22',
  }
}

/** A service that speaks the API v2 of Keep2share. */
export function adapter(site: Site): HostAdapter {
  const { domains, id } = site
  const refusals = refusalsOf(site)
  const api = new Keep2shareApi(site)
  const files = new Keep2shareFiles(api, site)

  function fileIds(refs: readonly FileRef[]): string[] {
    if (refs.some((ref) => ref.kind !== 'file')) throw api.error('BAD_URL', 'folder links cannot be fetched')
    return refs.map((ref) => ref.fileId)
  }

  async function resolve(ctx: HostContext, ref: FileRef): Promise<Source> {
    fileIds([ref])
    const { name, ownId, size } = await files.fetchable(ctx, ref.fileId)
    const url = await chargedLink(ctx, ownId)
    const expiresAt = timeOf(new URL(url).searchParams.get('temp_url_expires'))
    return {
      kind: 'url',
      url,
      resumable: true,
      ...(size !== undefined && { size }),
      ...(name !== undefined && { name }),
      ...(expiresAt !== undefined && { expiresAt }),
    }
  }

  /** A quota that is used up is told with the time at which it starts over. */
  async function chargedLink(ctx: HostContext, fileId: string): Promise<string> {
    try {
      return await api.directLink(ctx, fileId)
    } catch (cause) {
      if (!isKind(cause, 'ACCOUNT_QUOTA') || cause.retryAt !== undefined) throw cause
      throw new HostError('ACCOUNT_QUOTA', cause.message, { retryAt: await resetAt(ctx), cause })
    }
  }

  async function resetAt(ctx: HostContext): Promise<number> {
    const unknown = nextMidnight(ctx.now())
    try {
      return (await api.account(ctx)).resetAt ?? unknown
    } catch (error) {
      if (error instanceof HostError) return unknown
      throw error
    }
  }

  function explainDownload({ headers, now, status, text }: DownloadAnswer): HostError | undefined {
    const answer = { at: 'download', status, text, retryAfter: headers['retry-after'], now }
    const meaning = errorByRules([...refusals, ...HTTP_REFUSALS], id, answer)
    if (meaning !== undefined || status >= 300 || !looksLikeHtml(text)) return meaning
    return api.error('LINK_EXPIRED', 'direct link answers with a page')
  }

  return {
    manifest: manifestOf(site),
    match: matcher(domains),
    checkAccount: (ctx) => api.account(ctx),
    check: async (ctx, refs) => files.check(ctx, fileIds(refs)),
    expand: (ctx, ref) => files.expand(ctx, ref),
    resolve,
    explainDownload,
  }
}
