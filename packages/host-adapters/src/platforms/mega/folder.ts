/* Folders: a tree of nodes whose names and keys the key of the folder opens. */
import type { z } from 'zod'
import type { ExpandedLink, FileRef, HostContext } from '../../kit/adapter.js'
import { present } from '../../kit/fields/present.js'
import { api, ask, responses } from './api.js'
import type { CallScope } from './api.js'
import { fileKeyOf } from './content.js'
import type { FileKey } from './content.js'
import { FILE_KEY_BYTES, FOLDER_KEY_BYTES, attributesOf, bytesOfBase64, unwrapKey } from './keys.js'
import { folderFileUrl, keyOf, placeOf } from './links.js'

const FILE = 0
/** A node may hold its key once for each share it is in. */
const MAX_KEYS = 16

/** A file in a folder whose link was made public. */
export interface FolderFile {
  handle: string
  key: FileKey
  name: string | undefined
  size: number | undefined
}

interface Node {
  handle: string
  parent: string | undefined
  isFile: boolean
  size: number | undefined
  attributes: string
  keys: string
}

/** The tree behind a folder's link, whatever part of it the link shows. */
export class SharedFolder {
  private constructor(
    private readonly key: Buffer,
    private readonly nodes: ReadonlyMap<string, Node>,
  ) {}

  /** Raises FILE_GONE, and BAD_URL without a key. */
  static async read(ctx: HostContext, ref: FileRef): Promise<SharedFolder> {
    const key = keyOf(ref, FOLDER_KEY_BYTES)
    const scope: CallScope = { folder: placeOf(ref).handle }
    return SharedFolder.of(key, await ask(ctx, 'folder', { a: 'f', c: 1, r: 1 }, responses.f, scope))
  }

  static of(key: Buffer, { f }: z.infer<typeof responses.f>): SharedFolder {
    const nodes = f.flatMap(({ a, h, k, p, s, t }): Node[] =>
      h === undefined
        ? []
        : [{ handle: h, parent: p, isFile: t === FILE, size: s, attributes: a ?? '', keys: k ?? '' }],
    )
    return new SharedFolder(key, new Map(nodes.map((node) => [node.handle, node])))
  }

  /** Raises FILE_GONE for one that is not in it, and BAD_URL when the key of the link opens nothing. */
  file(handle: string): FolderFile {
    const node = this.nodes.get(handle)
    if (!node?.isFile) throw api.error('FILE_GONE', 'file is not in the folder')
    const opened = this.open(node)
    if (opened === undefined) throw api.error('BAD_URL', 'key of the folder does not open its file')
    return opened
  }

  /** All files at any depth, of one folder in the tree if it is named. Raises as `file` does. */
  files(under?: string): FolderFile[] {
    if (under !== undefined && !this.nodes.has(under)) throw api.error('FILE_GONE', 'folder is not there')
    const inside = this.within(under)
    const wanted = [...this.nodes.values()].filter((node) => node.isFile && inside(node))
    const opened = wanted.map((node) => this.open(node)).filter((file) => file !== undefined)
    if (wanted.length > 0 && opened.length === 0) {
      throw api.error('BAD_URL', 'key of the folder opens none of its files')
    }
    return opened
  }

  /** Each node is walked once, however the host has tied them together. */
  private within(folder: string | undefined): (node: Node) => boolean {
    if (folder === undefined) return () => true
    const known = new Map([[folder, true]])
    return (node) => {
      const path: string[] = []
      let at: string | undefined = node.handle
      while (at !== undefined && !known.has(at)) {
        known.set(at, false)
        path.push(at)
        at = this.nodes.get(at)?.parent
      }
      const answer = at !== undefined && known.get(at) === true
      for (const handle of path) known.set(handle, answer)
      return answer
    }
  }

  private open({ attributes, handle, keys, size }: Node): FolderFile | undefined {
    for (const pair of keys.split('/', MAX_KEYS)) {
      const wrapped = bytesOfBase64(pair.slice(pair.indexOf(':') + 1), FILE_KEY_BYTES)
      if (wrapped === undefined) continue
      const key = fileKeyOf(unwrapKey(this.key, wrapped))
      const opened = attributesOf(key.aes, attributes)
      if (opened !== undefined) return { handle, key, size, name: opened.name }
    }
    return undefined
  }
}

/** linksOf returns the files as links that a user would paste: they hold the folder's key. */
export function linksOf(ref: FileRef, files: readonly FolderFile[]): ExpandedLink[] {
  const key = keyOf(ref, FOLDER_KEY_BYTES).toString('base64url')
  const { handle } = placeOf(ref)
  return files.map(({ handle: node, name, size }) => ({
    url: folderFileUrl(handle, key, node),
    ...present({ name, size }),
  }))
}
