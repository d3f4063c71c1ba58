/* Trees of nodes: files and folders whose names and content their keys open. */
import type { z } from 'zod'
import type { HostErrorKind } from '../errors.js'
import type { MegaApi } from './api.js'
import type { nodes as answer } from './answers.js'
import { fileKeyOf } from './content.js'
import type { FileKey } from './content.js'
import { attributesOf } from './keys.js'

const FILE = 0

export interface TreeFile {
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

/** How the nodes of a platform hold their keys. */
export interface NodeKeys {
  api: MegaApi
  /** The file keys that may be meant by what a node states, 32 bytes each. */
  keysIn(text: string): readonly Buffer[]
  /** What is raised for files that none of them opens. */
  closed: HostErrorKind
}

export class NodeTree {
  private constructor(
    private readonly nodes: ReadonlyMap<string, Node>,
    private readonly by: NodeKeys,
  ) {}

  static of({ f }: z.infer<typeof answer>, by: NodeKeys): NodeTree {
    const nodes = f.flatMap(({ a, h, k, p, s, t }): Node[] =>
      h === undefined
        ? []
        : [{ handle: h, parent: p, isFile: t === FILE, size: s, attributes: a ?? '', keys: k ?? '' }],
    )
    return new NodeTree(new Map(nodes.map((node) => [node.handle, node])), by)
  }

  /** Raises FILE_GONE for one that is not in it, and `closed` when nothing opens it. */
  file(handle: string): TreeFile {
    const node = this.nodes.get(handle)
    if (!node?.isFile) throw this.by.api.error('FILE_GONE', 'file is not in the folder')
    const opened = this.open(node)
    if (opened === undefined) throw this.by.api.error(this.by.closed, 'key does not open the file')
    return opened
  }

  /** All files at any depth, of one folder in the tree if it is named. Raises as `file` does. */
  files(under?: string): TreeFile[] {
    const { api, closed } = this.by
    if (under !== undefined && !this.nodes.has(under)) throw api.error('FILE_GONE', 'folder is not there')
    const inside = this.within(under)
    const wanted = [...this.nodes.values()].filter((node) => node.isFile && inside(node))
    const opened = wanted.map((node) => this.open(node)).filter((file) => file !== undefined)
    if (wanted.length > 0 && opened.length === 0) {
      throw api.error(closed, 'key of the folder opens none of its files')
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

  private open({ attributes, handle, keys, size }: Node): TreeFile | undefined {
    for (const packed of this.by.keysIn(keys)) {
      const key = fileKeyOf(packed)
      const opened = attributesOf(key.aes, attributes)
      if (opened !== undefined) return { handle, key, size, name: opened.name }
    }
    return undefined
  }
}
