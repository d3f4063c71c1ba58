import type { FileRef } from '../../kit/adapter.js'
import { decodedSegment } from '../../kit/fields/text.js'
import type { Site } from './site.js'

type Links = Pick<Site, 'domains' | 'ids' | 'lowerCase'>

/** Recognises `/<kind>/<id>` and `/<kind>/<id>/<name>.html`. */
export function matcher({ domains, ids, lowerCase }: Links): (url: URL) => FileRef | undefined {
  const kinds = (['file', 'folder'] as const).flatMap((kind) => {
    const id = ids[kind]
    return id === undefined ? [] : [{ kind, path: new RegExp(`^/${kind}/(${id})(?:/([^/]*))?/?$`, 'i') }]
  })
  return (url) => {
    const hostDomain = url.hostname
      .toLowerCase()
      .replace(/\.$/, '')
      .replace(/^www\./, '')
    if (!domains.includes(hostDomain)) return undefined
    for (const { kind, path } of kinds) {
      const [, id, tail] = path.exec(url.pathname) ?? []
      if (id === undefined) continue
      const fileId = lowerCase ? id.toLowerCase() : id
      const nameHint = decodedSegment(tail?.replace(/\.html$/i, '') ?? '')
      return {
        fileId,
        canonicalUrl: `https://${domains[0]}/${kind}/${fileId}`,
        kind,
        ...(nameHint && { nameHint }),
        hostDomain,
      }
    }
    return undefined
  }
}
