import type { FileInfo, FileRef, HostAdapter, HostContext } from '../../kit/adapter.js'
import { HostError } from '../../kit/errors.js'
import { present } from '../../kit/fields/present.js'
import { fileAnswer } from '../../kit/file-answer.js'
import { addLinks } from '../../kit/folder.js'
import { hostManifest } from '../../kit/manifest.js'
import type { Source } from '../../kit/source.js'
import { addressOf, match } from './links.js'
import { NewsFile } from './news-file.js'
import { Newsroom, serversOf } from './newsroom.js'
import { fetchNzb } from './nzb-document.js'
import type { NzbFile } from './nzb.js'
import { CREDENTIALS } from './servers.js'
import type { NewsAddress } from './servers.js'

/**
 * Usenet by NZB: a document, uploaded or on any hostname, lists the articles of its files, the operator's news servers
 * have them.
 * Off until an operator wants it. Its row in the list of hosts has a switch of its own: download managers take the row
 * for a promise to resolve `usenet://` pseudo links. What is posted is served as it is; RAR and PAR2 are for whoever downloads it.
 */
const manifest = hostManifest({
  id: 'Usenet',
  domains: ['usenet'],
  anyDomain: true,
  document: { mediaType: 'application/x-nzb', mark: '<nzb', link: 'usenet://nzb/' },
  enabledByDefault: false,
  foldersOfOne: true,
  limits: { maxChunks: 4, maxDownloads: 2, resumable: true },
  credentials: CREDENTIALS,
  switches: [{ name: 'listed', label: 'List the row `usenet` among the hosts' }],
  listedBy: 'listed',
  origins: {},
  checkBatchSize: 20,
  requestGate: { minIntervalMs: 500, burst: 10 },
  facts: [
    { fact: 'commands and answers of news servers (RFC 3977, RFC 4643)', evidence: 'official' },
    { fact: 'articles are yEnc 1.3 and their files listed by NZB', evidence: 'official' },
    { fact: 'servers tell neither expiry nor traffic', evidence: 'official' },
    { fact: 'too many connections, quota and expiry are told apart by words', evidence: 'client' },
    { fact: 'STAT may be wrong, BODY is right', evidence: 'client' },
    { fact: 'subjects state name, parts and size', evidence: 'client' },
    { fact: 'article 451 is a takedown', evidence: 'client' },
  ],
  reviewed: '2026-08-22',
})

/** Articles of a file that a check asks for, besides the one that it reads. */
const SAMPLES = 6
/** A check shares the account with downloads. */
const CHECK_CONNECTIONS = 1

/** share is how many connections one download may use when all that may run at once do, and one is kept for checks. */
function share({ connections }: NewsAddress): number {
  return Math.max(1, Math.floor((connections - CHECK_CONNECTIONS) / manifest.limits.maxDownloads))
}

/** Each NZB is fetched once for all its files. */
async function check(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
  const room = new Newsroom(ctx, serversOf(ctx), () => CHECK_CONNECTIONS, ctx.signal)
  const documents = new Map<string, Promise<NzbFile[]>>()
  const answers: FileInfo[] = []
  try {
    for (const ref of refs) {
      const { fileId } = ref
      const { link } = addressOf(ref)
      const document = documents.get(link) ?? fetchNzb(ctx, ref)
      documents.set(link, document)
      const info = fileAnswer(fileId, async () => {
        const about = await inspect(room, fileIn(await document, ref))
        return { fileId, state: 'available', resumable: true, ...about }
      })
      answers.push(await info)
    }
    return answers
  } finally {
    room.close()
  }
}

/** Reads the smallest article, which states size and name, and asks whether some of the others are there. */
async function inspect(
  room: Newsroom,
  { name, segments }: NzbFile,
): Promise<{ name?: string; size: number }> {
  const smallest = [...segments].sort((a, b) => a.bytes - b.bytes)[0]
  const step = Math.max(1, (segments.length - 1) / (SAMPLES - 1))
  const samples = new Set(
    Array.from(
      { length: SAMPLES },
      (_, at) => segments[Math.min(Math.round(at * step), segments.length - 1)],
    ),
  )
  const others = [...samples].flatMap((segment) =>
    segment && segment !== smallest ? [segment.messageId] : [],
  )
  const [part, ...there] = await Promise.all([
    room.article(smallest?.messageId ?? ''),
    ...others.map((messageId) => room.has(messageId)),
  ])
  if (there.includes(false)) throw new HostError('FILE_GONE', 'Usenet: articles of the file are missing')
  return { size: part.size, ...present({ name: name ?? part.name }) }
}

async function resolve(ctx: HostContext, ref: FileRef): Promise<Source> {
  const addresses = serversOf(ctx)
  const { name, segments } = fileIn(await fetchNzb(ctx, ref), ref)
  const enter = (signal?: AbortSignal): Newsroom => new Newsroom(ctx, addresses, share, signal)
  const room = enter(ctx.signal)
  try {
    const first = await room.article(segments[0]?.messageId ?? '')
    const { begin, end, size } = first
    const file = new NewsFile(segments, { begin, end, size }, () => enter())
    return {
      kind: 'stream',
      size,
      resumable: true,
      maxChunks: Math.min(manifest.limits.maxChunks, ...addresses.map(share)),
      ...present({ name: name ?? first.name }),
      open: (range, signal) => file.open(range, signal),
    }
  } finally {
    room.close()
  }
}

/** Raises BAD_URL for an NZB of several files, and FILE_GONE for a file that it does not hold, or not whole. */
function fileIn(files: readonly NzbFile[], { fileId, kind }: FileRef): NzbFile {
  const [file, another] = files.filter((candidate) => kind === 'folder' || candidate.fileId === fileId)
  if (kind === 'folder' && another !== undefined) {
    throw new HostError('BAD_URL', 'Usenet: NZB lists several files, it has to be expanded')
  }
  if (file === undefined) throw new HostError('FILE_GONE', 'Usenet: NZB does not hold the file')
  if (!file.complete) throw new HostError('FILE_GONE', 'Usenet: NZB lacks articles of the file')
  return file
}

export const adapter: HostAdapter = {
  manifest,
  match,
  async checkAccount(ctx) {
    const room = new Newsroom(ctx, serversOf(ctx), () => CHECK_CONNECTIONS, ctx.signal)
    try {
      await room.greet()
    } finally {
      room.close()
    }
    return { premium: true }
  },
  check,
  async expand(ctx, ref) {
    const files = await fetchNzb(ctx, ref)
    const { link } = addressOf(ref)
    const page = files.map(({ fileId, name, size }) => ({
      url: `${link}#${fileId}`,
      ...present({ name, size }),
    }))
    return addLinks(manifest.id, [], page)
  },
  resolve,
}
