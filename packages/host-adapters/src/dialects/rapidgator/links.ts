import type { FileRef } from '../../kit/adapter.js'
import { linksAt } from '../../kit/links.js'
import type { Site } from './site.js'

type Links = Pick<Site, 'domains' | 'ids' | 'lowerCase'>

/** Recognises `/<kind>/<id>` and `/<kind>/<id>/<name>.html`. */
export function matcher({ domains, ids, lowerCase }: Links): (url: URL) => FileRef | undefined {
  const forms = (['file', 'folder'] as const).map((kind) => ({
    kind,
    path: new RegExp(`^/${kind}/(${ids[kind] ?? '(?!)'})(?:\\.html|/(.*?)(?:\\.html)?)?/?$`, 'i'),
    fileId: (id: string) => (lowerCase ? id.toLowerCase() : id),
    canonical: (fileId: string) => `/${kind}/${fileId}`,
  }))
  return linksAt(domains, ...forms)
}
