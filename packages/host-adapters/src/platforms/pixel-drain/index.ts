import type { ExpandedLink, FileInfo, FileRef, HostAdapter, HostContext } from '../../kit/adapter.js'
import { API_KEY } from '../../kit/credentials.js'
import { present } from '../../kit/fields/present.js'
import { fileAnswer } from '../../kit/file-answer.js'
import { addLinks } from '../../kit/folder.js'
import { jsonOf } from '../../kit/json/json-text.js'
import { checkByRows, togetherWhere } from '../../kit/check.js'
import type { FileFacts } from '../../kit/check.js'
import { requireKind } from '../../kit/links.js'
import { hostManifest } from '../../kit/manifest.js'
import { errorByRules } from '../../kit/refusal-rules.js'
import type { Source } from '../../kit/source.js'
import {
  PLATFORM,
  api,
  authorization,
  envelope,
  factsOf,
  fileInfo,
  fileInfos,
  list,
  readRow,
  stat,
  userInfo,
} from './api.js'
import { DOMAINS, match, targetOf } from './links.js'
import type { Target } from './links.js'
import { REFUSALS } from './refusals.js'

const manifest = hostManifest({
  id: PLATFORM,
  domains: DOMAINS,
  checkNeedsAccount: false,
  foldersOfOne: true,
  limits: { maxChunks: 8, maxDownloads: 8, resumable: true },
  credentials: API_KEY,
  origins: { api: 'https://pixeldrain.com/api' },
  checkBatchSize: 1000,
  requestGate: { minIntervalMs: 500, burst: 4 },
  facts: [
    { fact: 'methods, fields and errors of the API', evidence: 'official' },
    { fact: 'beyond the transfer cap a download goes on at 1 MiB/s', evidence: 'official' },
    { fact: 'a euro of prepaid credit is about a terabyte', evidence: 'official' },
    { fact: 'seven domains serve the same data', evidence: 'client' },
    { fact: 'facts of 1000 files in one call', evidence: 'client' },
    { fact: 'two calls a second', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
})

const checkPlain = checkByRows(manifest, {
  rows: fileInfos,
  facts: readRow,
  single: async (ctx, { fileId }) => factsOf(await fileInfo(ctx, fileId)),
})

async function check(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
  const plain = refs.filter((ref) => targetOf(ref).at === 'file')
  const answers = await checkPlain(ctx, plain)
  const known = new Map(answers.map((info) => [info.fileId, info]))
  const infos: FileInfo[] = []
  for (const ref of refs) {
    infos.push(known.get(ref.fileId) ?? (await fileAnswer(ref.fileId, () => locateFile(ctx, ref))))
  }
  return infos
}

async function locateFile(ctx: HostContext, ref: FileRef): Promise<FileInfo> {
  const { facts } = await locate(ctx, ref)
  return { fileId: ref.fileId, state: 'available', ...present(facts) }
}

/** locate tells where a file is, and what is told of it there. Raises HostError. */
async function locate(ctx: HostContext, ref: FileRef): Promise<{ path: string; facts: FileFacts }> {
  const target = targetOf(ref)
  if (target.at === 'file') {
    return { path: `file/${target.id}?download`, facts: factsOf(await fileInfo(ctx, target.id)) }
  }
  if (target.at === 'list') {
    const rows = await list(ctx, target.id)
    if (target.item === undefined && rows.length > 1)
      throw api.error('FOLDER', 'link is a list of several files')
    const row = rows[target.item ?? 0]
    if (row?.id === undefined) throw api.error('FILE_GONE', 'list has no such item')
    return { path: `file/${row.id}?download`, facts: factsOf(row) }
  }
  const { base } = await stat(ctx, target.path)
  if (base.type === 'dir') throw api.error('FOLDER', 'link is that of a directory')
  const row = { name: base.name, size: base.file_size, hash_sha256: base.sha256_sum }
  return { path: `filesystem/${target.path}?attach`, facts: factsOf(row) }
}

async function resolve(ctx: HostContext, ref: FileRef): Promise<Source> {
  const headers = authorization(ctx)
  const { facts, path } = await locate(ctx, ref)
  const { name, size } = facts
  return {
    kind: 'url',
    url: `${ctx.origin('api')}/${path}`,
    headers,
    resumable: true,
    ...present({ size, name }),
  }
}

/** All that a list or a directory holds. */
async function entriesOf(ctx: HostContext, target: Target): Promise<ExpandedLink[]> {
  const site = `https://${DOMAINS[0]}`
  if (target.at === 'list') {
    const rows = await list(ctx, target.id)
    return rows.flatMap(({ id, name, size }) =>
      id === undefined ? [] : [linkTo(`${site}/u/${id}`, name, size)],
    )
  }
  if (target.at === 'file') return []
  const { base, children } = await stat(ctx, target.path)
  const whole = `${site}/api/filesystem/${target.path}`
  // A single file can be shared under what looks like a root.
  if (base.type === 'file') return [linkTo(whole, base.name, base.file_size)]
  return children.flatMap(({ file_size, name, type }) => {
    if (name === undefined) return []
    const path = `${target.path}/${encodeURIComponent(name)}`
    return type === 'dir'
      ? [linkTo(`${site}/d/${path}/`, name)]
      : [linkTo(`${site}/api/filesystem/${path}`, name, file_size)]
  })
}

function linkTo(url: string, name: string | undefined, size?: number): ExpandedLink {
  return { url, ...present({ name, size }) }
}

export const adapter: HostAdapter = {
  manifest,
  match,
  checkAccount: userInfo,
  check,
  checkTogether: togetherWhere((ref) => targetOf(ref).at === 'file', check),
  async expand(ctx, ref) {
    requireKind(PLATFORM, [ref], 'folder')
    return addLinks(PLATFORM, [], await entriesOf(ctx, targetOf(ref)))
  },
  resolve,
  explainDownload({ headers, now, status, text }) {
    const code = envelope.safeParse(jsonOf(text)?.json).data?.value
    const retryAfter = headers['retry-after']
    return errorByRules(REFUSALS, PLATFORM, { at: 'download', status, code, text, retryAfter, now })
  },
}
