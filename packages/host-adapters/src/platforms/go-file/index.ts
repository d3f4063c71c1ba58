import type { FileInfo, FileRef, HostAdapter, HostContext } from '../../kit/adapter.js'
import { HostError } from '../../kit/errors.js'
import { present } from '../../kit/fields/present.js'
import { hashOf } from '../../kit/fields/text.js'
import { hostManifest } from '../../kit/manifest.js'
import { explainBy } from '../../kit/refusal-rules.js'
import type { Source } from '../../kit/source.js'
import { CREDENTIALS, PLATFORM, account, api, tokenOf } from './api.js'
import type { Entry } from './api.js'
import { DOMAIN, match, placeOf } from './links.js'
import { listEntries, recentEntries } from './listings.js'
import { REFUSALS } from './refusals.js'

const CALLS_APART = { minIntervalMs: 1000, burst: 1 }

const manifest = hostManifest({
  id: PLATFORM,
  domains: [DOMAIN],
  filePasswords: true,
  folderPasswords: true,
  foldersOfOne: true,
  limits: { maxChunks: 3, maxDownloads: 4, resumable: true },
  credentials: CREDENTIALS,
  origins: { api: 'https://api.gofile.io' },
  checkBatchSize: 10,
  requestGate: CALLS_APART,
  hostGate: CALLS_APART,
  facts: [
    { fact: 'calls and fields of the API, which is in beta and wants a premium token', evidence: 'official' },
    { fact: 'every link is a folder', evidence: 'client' },
    { fact: 'three connections per file', evidence: 'client' },
    { fact: 'the download needs the token as a cookie, and the site as its Referer', evidence: 'client' },
    { fact: 'traffic left is an estimate', evidence: 'client' },
    { fact: 'a file of a folder is named by the fragment', evidence: 'inferred' },
  ],
  reviewed: '2026-08-22',
})

/** One listing for all files of a container. What is not in a recent one may have come since. */
async function check(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
  const containers = new Map<string, Entry[] | HostError>()
  const answers: FileInfo[] = []
  for (const ref of refs) {
    const { code } = placeOf(ref)
    const known = recentEntries(ctx, code)
    if (known !== undefined && !(pick(ref, known) instanceof HostError)) {
      answers.push(fileInfoOf(ref, known))
      continue
    }
    const entries = containers.get(code) ?? (await listOrRefusal(ctx, code))
    containers.set(code, entries)
    answers.push(fileInfoOf(ref, entries))
  }
  return answers
}

/** listOrRefusal returns the entries or the refusal of a container; what concerns more than the container is raised. */
async function listOrRefusal(ctx: HostContext, code: string): Promise<Entry[] | HostError> {
  try {
    return await listEntries(ctx, code)
  } catch (error) {
    if (error instanceof HostError && (error.scope === 'file' || error.scope === 'request')) return error
    throw error
  }
}

function fileInfoOf(ref: FileRef, entries: Entry[] | HostError): FileInfo {
  const { fileId } = ref
  const found = entries instanceof HostError ? entries : pick(ref, entries)
  if (found instanceof HostError) {
    return found.kind === 'FILE_GONE' ? { fileId, state: 'gone' } : { fileId, state: 'refused', error: found }
  }
  const { md5, name, size } = found
  return { fileId, state: 'available', ...present({ name, size, hash: hashOf('md5', md5) }) }
}

/** The file that a link means: the one it names, or the only one that there is. */
function pick(ref: FileRef, entries: readonly Entry[]): Entry | HostError {
  const { file } = placeOf(ref)
  const [only, ...others] = file === undefined ? entries : entries.filter(({ id }) => id === file)
  if (only === undefined) return api.error('FILE_GONE', 'folder does not hold the file')
  if (only.kind === 'file' && others.length === 0) return only
  return api.error('FOLDER', 'link is a folder of several files, which has to be expanded')
}

async function resolve(ctx: HostContext, ref: FileRef): Promise<Source> {
  const { code } = placeOf(ref)
  const known = pick(ref, recentEntries(ctx, code) ?? [])
  const found = known instanceof HostError ? pick(ref, await listEntries(ctx, code)) : known
  if (found instanceof HostError) throw found
  const { link, name, size } = found
  if (link === undefined) throw api.error('UNEXPECTED', 'file is listed without a link')
  return {
    kind: 'url',
    url: link,
    headers: { cookie: `accountToken=${tokenOf(ctx)}`, referer: `https://${DOMAIN}/` },
    resumable: true,
    ...present({ size, name }),
  }
}

export const adapter: HostAdapter = {
  manifest,
  match,
  checkAccount: account,
  check,
  async expand(ctx, ref) {
    const { code, file } = placeOf(ref)
    const entries = await listEntries(ctx, code)
    return entries
      .filter(({ id }) => file === undefined || id === file)
      .map(({ name, size, url }) => ({ url, ...present({ name, size }) }))
  },
  resolve,
  explainDownload: explainBy(PLATFORM, REFUSALS, 'link'),
}
