import type { FileInfo, FileRef, HostAdapter, HostContext } from '../../kit/adapter.js'
import { HostError } from '../../kit/errors.js'
import { present } from '../../kit/fields/present.js'
import { fileAnswer } from '../../kit/file-answer.js'
import { addLinks } from '../../kit/folder.js'
import { isPastMending } from '../../kit/gaps.js'
import { hostManifest } from '../../kit/manifest.js'
import type { StreamSource } from '../../kit/source.js'
import { Articles } from './articles.js'
import type { NzbAnswer } from './document-reader.js'
import { addressOf, fileLink, match } from './links.js'
import { measure } from './measure.js'
import { NewsFile } from './news-file.js'
import { Newsroom, serversOf } from './newsroom.js'
import { askNzb } from './nzb-document.js'
import { CREDENTIALS } from './servers.js'
import { SharedRoom } from './shared-room.js'
import { UPLOADED_PACKINGS } from './unpack.js'
import type { NewsAddress } from './servers.js'

/**
 * Usenet by NZB: a document, uploaded or on any hostname, lists the articles of its files, the operator's news servers
 * have them.
 * Off until an operator wants it. Its row in the list of hosts has a switch of its own: download managers take the row
 * for a promise to resolve `usenet://` pseudo links. What is posted is served as it is, articles that are lost as zeros.
 */
const manifest = hostManifest({
  id: 'Usenet',
  domains: ['usenet'],
  anyDomain: true,
  document: {
    mediaType: 'application/x-nzb',
    mark: '<nzb',
    packings: UPLOADED_PACKINGS,
    link: 'usenet://nzb/',
  },
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
    { fact: 'articles are yEnc 1.3 or UUencoded and their files listed by NZB', evidence: 'official' },
    { fact: 'of yEnc only the place of a part and its CRC are to be believed', evidence: 'client' },
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

interface WantedFile {
  name?: string
  label?: string
  articles: Articles
}

/** Each NZB is fetched once for all its files. */
async function check(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
  const room = new Newsroom(ctx, serversOf(ctx), () => CHECK_CONNECTIONS, ctx.signal)
  const linkOf = (ref: FileRef): string => addressOf(ref).link
  const documents = new Map<string, Promise<NzbAnswer>>()
  const answers: FileInfo[] = []
  try {
    for (const ref of refs) {
      const { fileId } = ref
      const link = linkOf(ref)
      const same = refs.filter((other) => linkOf(other) === link)
      const document = documents.get(link) ?? askNzb(ctx, ref, idsOf(same))
      documents.set(link, document)
      const info = fileAnswer(fileId, async () => {
        const about = await inspect(room, fileIn(await document, ref), ref)
        return { fileId, state: 'available', resumable: true, ...about }
      })
      answers.push(await info)
    }
    return answers
  } finally {
    room.close()
  }
}

function idsOf(refs: readonly FileRef[]): string[] {
  return refs.flatMap(({ fileId, kind }) => (kind === 'file' ? [fileId] : []))
}

/**
 * Reads the last article, whose end is that of the file, and asks whether some of the others are there: a file of which
 * half is gone is gone.
 */
async function inspect(
  room: Newsroom,
  wanted: WantedFile,
  ref: FileRef,
): Promise<{ name?: string; size: number }> {
  const { articles } = wanted
  const last = articles.length - 1
  const step = Math.max(1, last / (SAMPLES - 1))
  const samples = new Set(Array.from({ length: SAMPLES }, (_, at) => Math.min(Math.round(at * step), last)))
  const isThere = (at: number): Promise<boolean> => room.has(articles.messageIds(at))
  const [measured, ...there] = await Promise.all([
    measure(room, articles),
    ...[...samples].filter((at) => at !== last).map(isThere),
  ])
  const { name, size, usual } = measured
  const absent = there.filter((one) => !one).length + (measured.isLastThere ? 0 : 1)
  const listed = articles.length * usual
  const missing = Math.max(size - listed, (absent / samples.size) * size)
  if (isPastMending({ count: absent, missing }, size))
    throw new HostError('FILE_GONE', 'Usenet: articles of the file are missing')
  return { size, ...present({ name: nameOf(ref, wanted, name) }) }
}

async function resolve(ctx: HostContext, ref: FileRef): Promise<StreamSource> {
  const wanted = fileIn(await askNzb(ctx, ref, idsOf([ref])), ref)
  const { articles } = wanted
  const addresses = serversOf(ctx)
  const shared = new SharedRoom(() => new Newsroom(ctx, addresses, share))
  const source = await open(shared, articles, ctx.signal)
  const name = nameOf(ref, wanted, source.name)
  return {
    ...source,
    ...(name !== undefined && { name }),
    maxChunks: Math.min(manifest.limits.maxChunks, ...addresses.map(share)),
    companions: async (signal) => {
      const { found } = await askNzb({ ...ctx, signal }, ref, 'all')
      const others = found.filter((file) => Buffer.compare(file.articles.ids, articles.ids) !== 0)
      return others.map((file) => ({
        name: file.name ?? file.label,
        bytes: file.articles.sizes.reduce((sum, size) => sum + size, 0),
        open: (stop) => open(shared, Articles.from(file.articles), stop),
      }))
    },
  }
}

async function open(shared: SharedRoom, articles: Articles, signal: AbortSignal): Promise<StreamSource> {
  const { name, size, usual } = await shared.use((room) => measure(room, articles), signal)
  const file = new NewsFile(articles, usual, shared)
  return {
    kind: 'stream',
    size,
    resumable: true,
    ...present({ name }),
    open: (range, stop, onGap) => file.open(range, stop, onGap),
  }
}

/**
 * A file of articles is the same by whichever NZB, so it goes by what its articles say: what an NZB calls it is for the
 * links by that NZB. An NZB of one file that is asked for by its own URL is a file of its own.
 */
function nameOf(
  { kind }: FileRef,
  { label, name }: WantedFile,
  posted: string | undefined,
): string | undefined {
  return kind === 'folder' ? (name ?? posted ?? label) : posted
}

/** Raises FOLDER for an NZB of several files, and FILE_GONE for a file that it does not hold. */
function fileIn({ count, found }: NzbAnswer, { fileId, kind }: FileRef): WantedFile {
  if (kind === 'folder' && count > 1) {
    throw new HostError('FOLDER', 'Usenet: NZB lists several files, it has to be expanded')
  }
  const file = found.find((candidate) => kind === 'folder' || candidate.fileId === fileId)
  if (file === undefined) throw new HostError('FILE_GONE', 'Usenet: NZB does not hold the file')
  const { articles, label, name } = file
  return { articles: Articles.from(articles), ...present({ label, name }) }
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
    const { listed, post } = await askNzb(ctx, ref, 'list')
    const { link } = addressOf(ref)
    const page = listed.map((file) => ({
      url: fileLink(link, file),
      ...present({ name: file.name, size: file.size, missing: file.missing }),
      ...(Object.keys(post).length > 0 && { post }),
    }))
    return addLinks(manifest.id, [], page)
  },
  resolve,
}
