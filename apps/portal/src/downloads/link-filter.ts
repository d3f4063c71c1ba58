import type { LinkState, ListedLink } from '@obb/contracts'

/** Which links a list has. */
export interface LinkFilter {
  state?: LinkState | undefined
  platform?: string | undefined
  search?: string | undefined
  package?: string | undefined
  /** Id of the key that they were asked for with, or `none`. */
  key?: string | undefined
}

/** Whether a link belongs into a list. */
export function matches(link: ListedLink, filter: LinkFilter): boolean {
  const { state, platform, search } = filter
  if (state !== undefined && link.state !== state) return false
  if (platform !== undefined && link.platform !== platform) return false
  if (filter.package !== undefined && link.package !== filter.package) return false
  if (filter.key !== undefined && (link.keyId ?? 'none') !== filter.key) return false
  const name = link.filename.toLowerCase()
  return (search ?? '')
    .toLowerCase()
    .split(/\s+/)
    .every((word) => name.includes(word))
}
