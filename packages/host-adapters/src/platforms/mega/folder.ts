/* Folders whose link was made public: the key in the link opens the names and keys of what is in them. */
import type { ExpandedLink, FileRef, HostContext } from '../../kit/adapter.js'
import { present } from '../../kit/fields/present.js'
import { FILE_KEY_BYTES, FOLDER_KEY_BYTES, bytesOfBase64, unwrapKey } from '../../kit/mega/keys.js'
import { NodeTree } from '../../kit/mega/tree.js'
import type { NodeKeys, TreeFile } from '../../kit/mega/tree.js'
import { api, ask, responses } from './api.js'
import { folderFileUrl, keyOf, placeOf } from './links.js'

/** A node may hold its key once for each share it is in. */
const MAX_KEYS = 16

/** The tree behind a folder's link, whatever part of it the link shows. Raises FILE_GONE, and BAD_URL without a key. */
export async function readFolder(ctx: HostContext, ref: FileRef): Promise<NodeTree> {
  const keys = keysUnder(keyOf(ref, FOLDER_KEY_BYTES))
  const scope = { folder: placeOf(ref).handle }
  return NodeTree.of(await ask(ctx, 'folder', { a: 'f', c: 1, r: 1 }, responses.f, scope), keys)
}

/** Nodes state `owner:key` for each share, the keys wrapped with that of the share. */
export function keysUnder(key: Buffer): NodeKeys {
  const keysIn = (text: string): Buffer[] =>
    text.split('/', MAX_KEYS).flatMap((pair) => {
      const wrapped = bytesOfBase64(pair.slice(pair.indexOf(':') + 1), FILE_KEY_BYTES)
      return wrapped === undefined ? [] : [unwrapKey(key, wrapped)]
    })
  return { api, keysIn, closed: 'BAD_URL' }
}

/** linksOf returns the files as links that a user would paste: they hold the folder's key. */
export function linksOf(ref: FileRef, files: readonly TreeFile[]): ExpandedLink[] {
  const key = keyOf(ref, FOLDER_KEY_BYTES).toString('base64url')
  const { handle } = placeOf(ref)
  return files.map(({ handle: node, name, size }) => ({
    url: folderFileUrl(handle, key, node),
    ...present({ name, size }),
  }))
}
