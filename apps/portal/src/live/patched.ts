import type { LinkListAnswer, ListedLink } from '@obb/contracts'
import type { InfiniteData } from '@tanstack/react-query'
import { type LinkFilter, matches } from '../downloads/link-filter.js'

/**
 * A list with what came: in its place, at the top where it is new, and out where it belongs no more. What of it did not
 * change is the same object as before, all of it where nothing did: whoever shows it draws nothing anew.
 */
export function patched(
  data: InfiniteData<LinkListAnswer>,
  news: readonly ListedLink[],
  filter: LinkFilter,
): InfiniteData<LinkListAnswer> {
  const byId = new Map(news.map((link) => [link.linkId, link]))
  const seen = new Set<string>()
  const pages = data.pages.map((page) => {
    if (!page.links.some(({ linkId }) => byId.has(linkId))) return page
    const links = page.links.flatMap((link) => {
      const latest = byId.get(link.linkId)
      if (!latest) return [link]
      seen.add(link.linkId)
      return matches(latest, filter) ? [latest] : []
    })
    return { ...page, links }
  })
  const [first, ...others] = pages
  // An older one has its place on a page that was not asked for yet.
  const begin = data.pages.at(-1)?.next === null ? -Infinity : oldestOf(data.pages)
  const added = news.filter(
    (link) => !seen.has(link.linkId) && matches(link, filter) && link.created_at >= begin,
  )
  if (!first || (added.length === 0 && seen.size === 0)) return data
  if (added.length === 0) return { ...data, pages }
  const links = [...added, ...first.links].sort((a, b) => b.created_at - a.created_at)
  return { ...data, pages: [{ ...first, links }, ...others] }
}

/** When the oldest of them was made; with none, so is whatever comes. */
function oldestOf(pages: readonly LinkListAnswer[]): number {
  const times = pages.flatMap(({ links }) => links.map((link) => link.created_at))
  return times.length === 0 ? -Infinity : Math.min(...times)
}
