import type {
  AccountInfo,
  DownloadAnswer,
  FileInfo,
  FileRef,
  HostAdapter,
  HostContext,
} from '../../adapter.js'
import { credentialsOf } from '../../credentials.js'
import { HostError } from '../../errors.js'
import { decodedSegment } from '../../fields/text.js'
import type { CredentialField, HostManifest } from '../../manifest.js'
import { HTTP_REFUSALS, refusalOf } from '../../refusals.js'
import type { Source } from '../../source.js'
import { PLATFORM, api, ask, fileInfoOf } from './answers.js'
import type { FileDescription } from './answers.js'
import { REFUSALS } from './refusals.js'

const CREDENTIALS = [
  { name: 'apiKey', label: 'API key', secret: true, required: true },
] as const satisfies readonly CredentialField[]

const manifest: HostManifest = {
  id: PLATFORM,
  domains: ['fikper.com'],
  enabledByDefault: true,
  needsAccount: true,
  limits: { maxChunks: 4, maxDownloads: 4, resumable: true },
  credentials: CREDENTIALS,
  origins: { api: 'https://sapi.fikper.com' },
  checkBatchSize: 100,
  accountCheckIntervalMs: 10 * 60_000,
  requestGate: { minIntervalMs: 1000, burst: 3 },
  facts: [
    { fact: 'calls and fields of the API with a key', standing: 'client' },
    { fact: 'any number of connections and downloads', standing: 'client' },
    { fact: 'direct links can be used again', standing: 'client' },
    { fact: 'one call per second', standing: 'inferred' },
    { fact: 'passwords of files cannot be sent', standing: 'inferred' },
  ],
  reviewed: '2026-08-22',
}

const LINK = /^\/([A-Za-z0-9]{1,64})(?:\/([^/]*))?\/?$/
/** Pages of the site where a file's id would be. */
const PAGES: ReadonlySet<string> = new Set([
  ...['about', 'abuse', 'account', 'affiliate', 'api', 'assets', 'auth', 'contact', 'cookies', 'copyright'],
  ...['dashboard', 'dmca', 'download', 'downloads', 'faq', 'favicon', 'files', 'folder', 'folders', 'forgot'],
  ...['help', 'home', 'index', 'login', 'logout', 'news', 'payment', 'plans', 'premium', 'pricing'],
  ...['privacy', 'profile', 'register', 'report', 'reseller', 'resellers', 'rewards', 'search', 'settings'],
  ...['signin', 'signup', 'static', 'support', 'terms', 'tos', 'upload', 'user', 'users', 'verify'],
])

function match(url: URL): FileRef | undefined {
  const hostDomain = url.hostname
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^www\./, '')
  const [, fileId, tail = ''] = LINK.exec(url.pathname) ?? []
  if (!manifest.domains.includes(hostDomain) || fileId === undefined) return undefined
  if (PAGES.has(fileId.toLowerCase())) return undefined
  const nameHint = decodedSegment(tail.replace(/\.html$/i, ''))
  return {
    fileId,
    canonicalUrl: `https://${manifest.domains[0]}/${fileId}`,
    kind: 'file',
    ...(nameHint && { nameHint }),
    hostDomain,
  }
}

/** Two clients know two names for the call. */
async function checkAccount(ctx: HostContext): Promise<AccountInfo> {
  const headers = authorization(ctx)
  const account = (path: string) => ask(ctx, 'account', { url: `${ctx.origin('api')}/${path}`, headers })
  try {
    return await account('api/account')
  } catch (error) {
    if (!(error instanceof HostError) || error.kind !== 'UNEXPECTED') throw error
    return account('api/account/info')
  }
}

async function check(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
  const headers = authorization(ctx)
  const [only] = refs
  if (only !== undefined && refs.length === 1) return [await checkOne(ctx, only)]
  const answers: FileInfo[] = []
  for (let at = 0; at < refs.length; at += manifest.checkBatchSize) {
    const part = refs.slice(at, at + manifest.checkBatchSize)
    const request = {
      url: `${ctx.origin('api')}/api/file/check-links`,
      headers,
      json: { links: part.map(({ canonicalUrl }) => canonicalUrl) },
      idempotent: true,
    }
    const rows = new Map((await ask(ctx, 'check', request)).map((row) => [row.fileHashName, row]))
    for (const { fileId } of part) {
      const row = rows.get(fileId)
      if (row === undefined) throw api.error('UNEXPECTED', 'answer of check leaves a file out')
      answers.push(fileInfoOf(fileId, row, ctx.now()))
    }
  }
  return answers
}

async function checkOne(ctx: HostContext, { fileId }: FileRef): Promise<FileInfo> {
  try {
    const { name, size } = await describe(ctx, fileId)
    return {
      fileId,
      state: 'available',
      ...(name !== undefined && { name }),
      ...(size !== undefined && { size }),
    }
  } catch (error) {
    if (!(error instanceof HostError) || error.kind !== 'FILE_GONE') throw error
    return { fileId, state: 'gone' }
  }
}

/** What anybody is told of a file; only this call tells of passwords. Raises FILE_RESTRICTED for such files. */
async function describe(ctx: HostContext, fileHashName: string): Promise<FileDescription> {
  const request = { url: `${ctx.origin('api')}/`, json: { fileHashName }, idempotent: true }
  const described = await ask(ctx, 'info', request)
  if (described.password !== true) return described
  throw api.error('FILE_RESTRICTED', 'file has a password, which the API does not take')
}

async function resolve(ctx: HostContext, { fileId }: FileRef): Promise<Source> {
  const headers = authorization(ctx)
  const { name, size } = await describe(ctx, fileId)
  const request = { url: `${ctx.origin('api')}/api/file/download/${fileId}`, headers }
  return {
    kind: 'url',
    url: await ask(ctx, 'download', request),
    resumable: true,
    ...(size !== undefined && { size }),
    ...(name !== undefined && { name }),
  }
}

function explainDownload({ headers, now, status, text }: DownloadAnswer): HostError | undefined {
  const asked = { at: 'link', status, text, retryAfter: headers['retry-after'], now }
  return refusalOf([...REFUSALS, ...HTTP_REFUSALS], PLATFORM, asked)
}

function authorization(ctx: HostContext): Record<string, string> {
  return { 'x-api-key': credentialsOf(ctx, PLATFORM, CREDENTIALS).apiKey }
}

export const adapter: HostAdapter = { manifest, match, checkAccount, check, resolve, explainDownload }
