import { macVerifier } from '../../kit/mega/content.js'
import { explainStorage } from '../../kit/mega/refusals.js'
import type { NodeTree, TreeFile } from '../../kit/mega/tree.js'
import type { FileInfo, FileRef, HostAdapter, HostContext } from '../../kit/adapter.js'
import { present } from '../../kit/fields/present.js'
import { fileAnswer } from '../../kit/file-answer.js'
import { addLinks } from '../../kit/folder.js'
import { requireKind } from '../../kit/links.js'
import { hostManifest } from '../../kit/manifest.js'
import { PLATFORM, api, readTransfer, scopeOf } from './api.js'
import { DOMAINS, linkTo, match, placeOf } from './links.js'
import { REFUSALS } from './refusals.js'

const manifest = hostManifest({
  id: PLATFORM,
  domains: DOMAINS,
  needsAccount: false,
  filePasswords: true,
  folderPasswords: true,
  foldersOfOne: true,
  limits: { maxChunks: 4, maxDownloads: 4, resumable: true },
  credentials: [],
  origins: { api: 'https://bt7.api.mega.co.nz' },
  checkBatchSize: 10,
  requestGate: { minIntervalMs: 1000, burst: 4 },
  facts: [
    { fact: 'commands, keys, names and passwords, as the client of the site has them', evidence: 'client' },
    { fact: 'downloads are plain text, and want the site as their Referer', evidence: 'client' },
    { fact: 'MAC over the plain text, in the key of the file', evidence: 'client' },
    { fact: 'a file of a transfer is named by the fragment', evidence: 'client' },
    { fact: 'quota counts by address, as at Mega without an account', evidence: 'inferred' },
    { fact: 'four connections per file, four files at once', evidence: 'inferred' },
  ],
  reviewed: '2026-11-29',
})

/** One call for all files of a transfer. */
async function check(ctx: HostContext, refs: readonly FileRef[]): Promise<FileInfo[]> {
  const trees = new Map<string, Promise<NodeTree>>()
  const infos: FileInfo[] = []
  for (const ref of refs) {
    const { transfer } = placeOf(ref)
    const tree = trees.get(transfer) ?? read(ctx, transfer)
    trees.set(transfer, tree)
    infos.push(await fileAnswer(ref.fileId, async () => infoOf(ref, await tree)))
  }
  return infos
}

async function read(ctx: HostContext, transfer: string): Promise<NodeTree> {
  return readTransfer(ctx, await scopeOf(ctx, transfer))
}

function infoOf(ref: FileRef, tree: NodeTree): FileInfo {
  const { name, size } = pick(ref, tree)
  return { fileId: ref.fileId, state: 'available', ...present({ name, size }) }
}

/** The file that a link means: the one it names, or the only one that there is. */
function pick(ref: FileRef, tree: NodeTree): TreeFile {
  const { node } = placeOf(ref)
  if (node !== undefined) return tree.file(node)
  const [only, ...others] = tree.files()
  if (only === undefined) throw api.error('FILE_GONE', 'transfer holds no file')
  if (others.length === 0) return only
  throw api.error('FOLDER', 'link is a transfer of several files, which has to be expanded')
}

export const adapter: HostAdapter = {
  manifest,
  match,
  check,
  async expand(ctx, ref) {
    requireKind(PLATFORM, [ref], 'folder')
    const { transfer } = placeOf(ref)
    const files = (await read(ctx, transfer)).files()
    const links = files.map(({ handle, name, size }) => ({
      url: linkTo(transfer, handle),
      ...present({ name, size }),
    }))
    return addLinks(PLATFORM, [], links)
  },
  async resolve(ctx, ref) {
    const { transfer } = placeOf(ref)
    const scope = await scopeOf(ctx, transfer)
    const { handle, key, name, size } = pick(ref, await readTransfer(ctx, scope))
    const query = new URLSearchParams({ ...scope, n: handle, fn: name ?? handle })
    return {
      kind: 'url',
      url: `${ctx.origin('api')}/cs/g?${query}`,
      // Without them the site answers with its own page.
      headers: { referer: linkTo(transfer), origin: `https://${DOMAINS[0]}` },
      resumable: true,
      ...present({ name, size }),
      verifier: () => macVerifier(PLATFORM, key),
    }
  },
  explainDownload: explainStorage(PLATFORM, REFUSALS),
}
