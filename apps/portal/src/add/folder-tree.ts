import type { ExpandAnswer } from '@obb/contracts'

export interface FolderFile {
  url: string
  name: string
  /** Bytes; null is unknown. */
  size: number | null
}

/** What is in a folder, one level deep; those in it by their URL, opened or not. */
export interface FolderContent {
  title: string | undefined
  files: FolderFile[]
  folders: { url: string; name: string }[]
}

/** Contents of the folders that were opened, by their URL. */
export type OpenFolders = ReadonlyMap<string, FolderContent>

export type TreeRow =
  | { kind: 'folder'; url: string; name: string; depth: number; isOpen: boolean; files: FolderFile[] }
  | ({ kind: 'file'; depth: number } & FolderFile)

export function contentOf(answer: ExpandAnswer): FolderContent {
  const named = answer.links.map((link) => ({ ...link, name: link.filename ?? lastPart(link.url) }))
  return {
    title: answer.title,
    files: named
      .filter(({ kind }) => kind === 'file')
      .map(({ url, name, filesize }) => ({ url, name, size: filesize === null ? null : Number(filesize) })),
    folders: named.filter(({ kind }) => kind === 'folder').map(({ url, name }) => ({ url, name })),
  }
}

function lastPart(url: string): string {
  const parts = url.split('/').filter((part) => part !== '')
  return parts.at(-1) ?? url
}

/** All files that are known to be in a folder, and in those in it; each once, also where folders hold each other. */
export function filesIn(root: string, open: OpenFolders): FolderFile[] {
  const files = new Map<string, FolderFile>()
  const seen = new Set<string>()
  const walk = (url: string) => {
    const content = open.get(url)
    if (!content || seen.has(url)) return
    seen.add(url)
    for (const file of content.files) files.set(file.url, file)
    for (const folder of content.folders) walk(folder.url)
  }
  walk(root)
  return [...files.values()]
}

/** The rows of a tree: folders before files, and of these what `isShown` lets through. */
export function treeRows(root: string, open: OpenFolders, isShown: (name: string) => boolean): TreeRow[] {
  const rows: TreeRow[] = []
  const seen = new Set<string>([root])
  const walk = (url: string, depth: number) => {
    const content = open.get(url)
    if (!content) return
    for (const { url: inner, name } of content.folders) {
      if (seen.has(inner)) continue
      seen.add(inner)
      const isOpen = open.has(inner)
      rows.push({ kind: 'folder', url: inner, name, depth, isOpen, files: filesIn(inner, open) })
      walk(inner, depth + 1)
    }
    for (const file of content.files) {
      if (seen.has(file.url) || !isShown(file.name)) continue
      seen.add(file.url)
      rows.push({ kind: 'file', depth, ...file })
    }
  }
  walk(root, 0)
  return rows
}

/** The set with these in it, or without them. */
export function withTicks(
  ticked: ReadonlySet<string>,
  files: readonly Pick<FolderFile, 'url'>[],
  isTicked: boolean,
): Set<string> {
  const next = new Set(ticked)
  for (const { url } of files) {
    if (isTicked) next.add(url)
    else next.delete(url)
  }
  return next
}
