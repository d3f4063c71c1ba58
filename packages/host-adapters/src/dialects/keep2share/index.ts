import type { DownloadAnswer, FileRef, HostAdapter, HostContext } from '../../kit/adapter.js'
import { HostError } from '../../kit/errors.js'
import { timeOf } from '../../kit/fields/dates.js'
import { present } from '../../kit/fields/present.js'
import { requireKind } from '../../kit/links.js'
import { looksLikeHtml } from '@obb/host-http'
import { hostManifest } from '../../kit/manifest.js'
import type { HostFact, HostManifest } from '../../kit/manifest.js'
import { explainBy } from '../../kit/refusal-rules.js'
import type { Source } from '../../kit/source.js'
import { CREDENTIALS, Keep2shareApi, isKind, nextMidnight } from './api.js'
import { BATCH, Keep2shareFiles } from './files.js'
import { matcher } from './links.js'
import { refusalsOf } from './refusals.js'
import type { Site } from './site.js'

export type { Site } from './site.js'

const FACTS: readonly HostFact[] = [
  { fact: 'methods, fields and codes of API v2', evidence: 'official' },
  { fact: 'a token is kept for 30 minutes', evidence: 'official' },
  { fact: 'a direct link is charged in full, once per file and day', evidence: 'client' },
  { fact: 'the list of files calls some deleted ones available', evidence: 'client' },
  { fact: 'the quota is daily and starts over at midnight UTC', evidence: 'client' },
  { fact: 'a token may be bound to the address of its login', evidence: 'client' },
  { fact: 'ten connections per file, twenty downloads at once per account', evidence: 'client' },
  { fact: 'one call in two seconds, twenty at once', evidence: 'client' },
]

const GATE = { minIntervalMs: 2000, burst: 20 }

function manifestOf({ api, domains, id }: Site): HostManifest {
  return hostManifest({
    id,
    domains,
    checkNeedsAccount: false,
    chargesOnResolve: true,
    egressSticky: true,
    limits: { maxChunks: 10, maxDownloads: 20, resumable: true },
    credentials: CREDENTIALS,
    origins: { api },
    checkBatchSize: BATCH,
    requestGate: GATE,
    hostGate: GATE,
    facts: FACTS,
    reviewed: '2026-08-22',
  })
}

/** A service that speaks the API v2 of Keep2share. */
export function adapter(site: Site): HostAdapter {
  const { domains, id } = site
  const explain = explainBy(id, refusalsOf(site))
  const api = new Keep2shareApi(site)
  const files = new Keep2shareFiles(api, site)

  async function resolve(ctx: HostContext, ref: FileRef): Promise<Source> {
    requireKind(id, [ref], 'file')
    const { name, ownId, size } = await files.fetchable(ctx, ref.fileId)
    const url = await chargedLink(ctx, ownId)
    const expiresAt = timeOf(new URL(url).searchParams.get('temp_url_expires'))
    return { kind: 'url', url, resumable: true, ...present({ name, size, expiresAt }) }
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

  function explainDownload(answer: DownloadAnswer): HostError | undefined {
    const meaning = explain(answer)
    if (meaning !== undefined || answer.status >= 300 || !looksLikeHtml(answer.text)) return meaning
    return api.error('LINK_EXPIRED', 'direct link answers with a page')
  }

  return {
    manifest: manifestOf(site),
    match: matcher(domains),
    checkAccount: (ctx) => api.account(ctx),
    check: files.check,
    checkTogether: files.check,
    expand: (ctx, ref) => files.expand(ctx, ref),
    resolve,
    explainDownload,
  }
}
