import type { ListedLink } from '@obb/contracts'
import type { Selection } from '../shared/data-table-props.js'

/** The head of the links of one package. */
export interface PackageHead {
  package: string
  links: ListedLink[]
}

export type Item = ListedLink | PackageHead

export const isHead = (item: Item): item is PackageHead => 'links' in item

/** No link has such an id. */
export const itemKey = (item: Item): string => (isHead(item) ? `package ${item.package}` : item.linkId)

/** The links with a head before those of each package, which stands where its newest link does. */
export function grouped(links: readonly ListedLink[]): Item[] {
  const members = new Map<string, ListedLink[]>()
  for (const link of links) {
    if (link.package === null) continue
    const together = members.get(link.package)
    if (together) together.push(link)
    else members.set(link.package, [link])
  }
  const items: Item[] = []
  for (const link of links) {
    if (link.package === null) {
      items.push(link)
      continue
    }
    const together = members.get(link.package)
    if (!together) continue
    members.delete(link.package)
    items.push({ package: link.package, links: together }, ...together)
  }
  return items
}

/** A selection of links in a list with heads: a head stands for all links of its package. */
export function packageSelection(
  items: readonly Item[],
  selected: ReadonlySet<string>,
  onChange: (selected: ReadonlySet<string>) => void,
): Selection {
  const heads = items.filter(isHead)
  const isWhole = ({ links }: PackageHead) => links.every(({ linkId }) => selected.has(linkId))
  const shown = new Set([...selected, ...heads.filter(isWhole).map(itemKey)])
  const names = new Map(items.map((item) => [itemKey(item), isHead(item) ? item.package : item.filename]))
  return {
    selected: shown,
    labelOf: (key) => names.get(key) ?? key,
    onChange: (next) => {
      const links = new Set(next)
      for (const head of heads) {
        const key = itemKey(head)
        links.delete(key)
        if (next.has(key) === shown.has(key)) continue
        for (const { linkId } of head.links) {
          if (next.has(key)) links.add(linkId)
          else links.delete(linkId)
        }
      }
      onChange(links)
    },
  }
}
