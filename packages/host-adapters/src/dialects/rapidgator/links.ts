import type { FileRef } from '../../adapter.js'
import { decodedSegment } from '../../fields/text.js'

export interface LinkRules {
  /** Canonical first. */
  domains: readonly [string, ...string[]]
  /** Expression for the ids of each kind that there are links of. */
  ids: Partial<Record<FileRef['kind'], string>>
  /** Ids in either case are the same. */
  lowerCase: boolean
}

/** Recognises `/<kind>/<id>` and `/<kind>/<id>/<name>.html`. */
export function matcher({ domains, ids, lowerCase }: LinkRules): (url: URL) => FileRef | undefined {
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
