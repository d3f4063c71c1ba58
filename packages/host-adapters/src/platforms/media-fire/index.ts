import { z } from 'zod'
import type { DownloadAnswer, ExpandedLink, FileRef, HostAdapter, HostContext } from '../../kit/adapter.js'
import { checkByRows } from '../../kit/check.js'
import type { FileFacts } from '../../kit/check.js'
import { HostError } from '../../kit/errors.js'
import { present } from '../../kit/fields/present.js'
import { addLinks } from '../../kit/folder.js'
import { requireKind } from '../../kit/links.js'
import { hostManifest } from '../../kit/manifest.js'
import { HTTP_REFUSALS, errorByRules } from '../../kit/refusal-rules.js'
import type { Source } from '../../kit/source.js'
import { ANSWERS, PLATFORM, api, factsOf } from './api.js'
import type { LinkEntry } from './api.js'
import { DOMAINS, keysIn, linkOf, match } from './links.js'
import { REFUSALS } from './refusals.js'
import { CREDENTIALS, callSigned } from './rotating-session.js'

const manifest = hostManifest({
  id: PLATFORM,
  domains: DOMAINS,
  checkNeedsAccount: false,
  limits: { maxChunks: 8, maxDownloads: 8, resumable: true },
  credentials: CREDENTIALS,
  origins: { api: 'https://www.mediafire.com/api/1.5' },
  checkBatchSize: 500,
  requestGate: { minIntervalMs: 250, burst: 2 },
  facts: [
    { fact: 'calls, signatures and the rotating key of API 1.5', evidence: 'official' },
    { fact: 'files and folders are told to anybody, 500 files at once', evidence: 'official' },
    { fact: 'SHA-256 of every file', evidence: 'official' },
    { fact: 'any number of connections per file', evidence: 'client' },
    { fact: 'direct links are good for hours and not bound to the address', evidence: 'inferred' },
    { fact: 'passwords of files cannot be sent', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
})

const check = checkByRows(manifest, {
  async rows(ctx, refs) {
    const keys = refs.map(({ fileId }) => fileId).join(',')
    try {
      const { response } = await call(ctx, 'file/get_info', { quick_key: keys }, ANSWERS.files)
      const told = [...(response.file_infos ?? []), ...(response.file_info ? [response.file_info] : [])]
      return new Map(told.map((file) => [file.quickkey.toLowerCase(), file]))
    } catch (error) {
      // Bad keys are passed over, so a refusal of the whole means that there is not one good key.
      if (error instanceof HostError && error.kind === 'FILE_GONE') return new Map()
      throw error
    }
  },
  facts: factsOf,
  single: describeFile,
})

async function describeFile(ctx: HostContext, { fileId }: FileRef): Promise<FileFacts> {
  const { response } = await call(ctx, 'file/get_info', { quick_key: fileId }, ANSWERS.file)
  return factsOf(response.file_info, ctx)
}

async function resolve(ctx: HostContext, ref: FileRef): Promise<Source> {
  requireKind(PLATFORM, [ref], 'file')
  const { name, size } = await describeFile(ctx, ref)
  const fields = { quick_key: ref.fileId, link_type: 'direct_download' }
  const { response } = await callSigned(ctx, { name: 'file/get_links', fields, answer: ANSWERS.links })
  const [link] = response.links
  if (link?.direct_download === undefined) return refuse(ctx, link)
  return {
    kind: 'url',
    url: link.direct_download,
    resumable: true,
    ...present({ name, size }),
  }
}

/** An entry without a direct link says why, by a code or in words. */
function refuse(ctx: HostContext, link: LinkEntry | undefined): never {
  const message = [link?.direct_download_error, link?.error].join(' ')
  const answer = { response: { result: 'Error', error: link?.error, message } }
  return api.readPart('link', answer, z.never(), ctx.now())
}

async function expand(ctx: HostContext, ref: FileRef): Promise<ExpandedLink[]> {
  const [key = '', ...more] = keysIn(ref)
  if (more.length > 0) return [key, ...more].map((one) => ({ url: linkOf(one) }))
  requireKind(PLATFORM, [ref], 'folder')
  const links: ExpandedLink[] = []
  for (const content_type of ['folders', 'files']) {
    let going = true
    for (let chunk = 1; going; chunk++) {
      const fields = { folder_key: key, content_type, chunk: String(chunk) }
      const { response } = await call(ctx, 'folder/get_content', fields, ANSWERS.folder)
      const { files = [], folders = [], more_chunks } = response.folder_content
      addLinks(PLATFORM, links, [
        ...folders.map(({ folderkey, name }) => ({ url: linkOf(folderkey), ...present({ name }) })),
        ...files.map(({ filename: name, quickkey, size }) => ({
          url: linkOf(quickkey),
          ...present({ name, size }),
        })),
      ])
      going = more_chunks !== false && files.length + folders.length > 0
    }
  }
  return links
}

/** A direct link may lead to the website's error page, which tells why by a number in its own URL. */
function explainDownload({ headers, now, status, text, url = '' }: DownloadAnswer): HostError | undefined {
  const asked = { status, text, retryAfter: headers['retry-after'], now }
  const [, errno] = /[?&]errno=(\d{1,9})\b/.exec(url) ?? []
  const page = errno === undefined ? undefined : { ...asked, at: 'page', code: errno }
  return (
    (page && errorByRules(REFUSALS, PLATFORM, page)) ??
    errorByRules([...REFUSALS, ...HTTP_REFUSALS], PLATFORM, { ...asked, at: 'download' })
  )
}

/** Calls that need no session. */
function call<T>(
  ctx: HostContext,
  name: string,
  fields: Readonly<Record<string, string>>,
  answer: Parameters<typeof api.call<T>>[3],
): Promise<T> {
  const form = { ...fields, response_format: 'json' }
  return api.call(ctx, name, { url: `${ctx.origin('api')}/${name}.php`, form, idempotent: true }, answer)
}

export const adapter: HostAdapter = {
  manifest,
  match,
  async checkAccount(ctx) {
    const { response } = await callSigned(ctx, { name: 'user/get_info', answer: ANSWERS.account })
    const { bandwidth, premium = false } = response.user_info
    return { premium, ...present({ trafficLeft: bandwidth }) }
  },
  check,
  checkTogether: check,
  expand,
  resolve,
  explainDownload,
}
