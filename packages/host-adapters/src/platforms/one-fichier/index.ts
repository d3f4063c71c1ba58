import type {
  AskAlone,
  ExpandedLink,
  FileInfo,
  FileRef,
  HostAdapter,
  HostContext,
} from '../../kit/adapter.js'
import { present } from '../../kit/fields/present.js'
import { fileAnswer } from '../../kit/file-answer.js'
import { addLinks } from '../../kit/folder.js'
import { parseUrl } from '@obb/host-http'
import { inBatches } from '../../kit/check.js'
import { requireKind } from '../../kit/links.js'
import { hostManifest } from '../../kit/manifest.js'
import { explainBy } from '../../kit/refusal-rules.js'
import type { Source } from '../../kit/source.js'
import {
  CREDENTIALS,
  PLATFORM,
  SITE,
  api,
  checkLinks,
  directLink,
  fileInfo,
  folder,
  userInfo,
} from './api.js'
import { DOMAINS, match } from './links.js'
import { REFUSALS } from './refusals.js'

const manifest = hostManifest({
  id: PLATFORM,
  domains: DOMAINS,
  keepsDomain: true,
  filePasswords: true,
  folderPasswords: true,
  limits: { maxChunks: 4, maxDownloads: 7, resumable: true },
  credentials: CREDENTIALS,
  origins: { api: 'https://api.1fichier.com/v1', site: SITE },
  checkBatchSize: 100,
  egressSticky: true,
  requestGate: { minIntervalMs: 2500, burst: 2 },
  facts: [
    { fact: 'methods, fields and domains of API v1', evidence: 'official' },
    { fact: 'a direct link starts within 5 minutes', evidence: 'official' },
    { fact: 'user/info at most every 5 minutes', evidence: 'client' },
    { fact: 'check_links.pl takes 100 links', evidence: 'client' },
    { fact: 'a file answers on its own domain only', evidence: 'client' },
    { fact: '30 connections per account: 7 files of 4', evidence: 'client' },
    { fact: 'addresses of data centres need CDN credit or GOLD', evidence: 'client' },
    { fact: 'https://<id>.1fichier.com/ is an old form', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
})

const LINK_MS = 5 * 60_000

async function check(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
  requireKind(PLATFORM, refs, 'file')
  const [only] = refs
  // Who knows a password says that the file has one: the call for many would only say that it is private.
  if (only !== undefined && refs.length === 1 && ctx.password !== undefined) return [await ownView(only)(ctx)]
  return inBatches(refs, manifest.checkBatchSize, async (batch) => {
    const infos: FileInfo[] = []
    for (const answer of await checkTogether(ctx, batch)) {
      infos.push(typeof answer === 'function' ? await answer(ctx) : answer)
    }
    return infos
  })
}

async function checkTogether(ctx: HostContext, refs: readonly FileRef[]): Promise<(FileInfo | AskAlone)[]> {
  requireKind(PLATFORM, refs, 'file')
  const urls = refs.map(({ canonicalUrl }) => canonicalUrl)
  const lines = await checkLinks(ctx, urls)
  return refs.map((ref) => {
    const line = lines.get(ref.canonicalUrl)
    if (line === undefined) throw api.error('UNEXPECTED', 'answer of check_links leaves a file out')
    const { state } = line
    return state === 'private' ? ownView(ref) : { ...line, state, fileId: ref.fileId }
  })
}

/** With a password, for premium accounts, for some countries: only the account's own view tells. */
function ownView({ canonicalUrl, fileId }: FileRef): AskAlone {
  return (ctx) => fileAnswer(fileId, () => fileInfo(ctx, fileId, canonicalUrl))
}

async function resolve(ctx: HostContext, ref: FileRef): Promise<Source> {
  const [info] = await check(ctx, [ref])
  if (info?.state === 'refused') throw info.error
  if (info?.state !== 'available') throw api.error('FILE_GONE', 'file does not exist')
  return {
    kind: 'url',
    url: await directLink(ctx, ref.canonicalUrl),
    resumable: true,
    expiresAt: ctx.now() + LINK_MS,
    ...present({ size: info.size, name: info.name }),
  }
}

async function expand(ctx: HostContext, ref: FileRef): Promise<ExpandedLink[]> {
  requireKind(PLATFORM, [ref], 'folder')
  const rows = await folder(ctx, ref)
  const known = rows.flatMap(({ filename: name, link = '', size }) => {
    const url = parseUrl(link)
    const found = url === undefined ? undefined : match(url)
    return found === undefined ? [] : [{ url: found.canonicalUrl, ...present({ name, size }) }]
  })
  return addLinks(PLATFORM, [], known)
}

export const adapter: HostAdapter = {
  manifest,
  match,
  checkAccount: userInfo,
  check,
  checkTogether,
  expand,
  resolve,
  explainDownload: explainBy(PLATFORM, REFUSALS),
}
