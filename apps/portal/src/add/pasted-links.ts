/** Most links of one text; those of one request are fewer, and several follow each other. */
export const MAX_LINKS = 10_000

/** Longest link that the API takes, characters. */
const MAX_LENGTH = 8192

/** What ends a link in a text, beside spaces: brackets and quotes of whatever it was copied from. */
const ENDS = /[\s<>"'`|\\^{}]+/
const HOST_AND_PATH = /^(?:[a-z0-9-]+\.)+[a-z]{2,}\/\S/i

/** The different links in what was pasted, in their order: with a scheme, or a hostname and a path. */
export function pastedLinks(text: string): string[] {
  const links = new Set<string>()
  for (const word of text.split(ENDS)) {
    const found = word.slice(schemeIn(word))
    const isLink = found.includes('://') || HOST_AND_PATH.test(found)
    if (isLink && found.length <= MAX_LENGTH) links.add(withoutTrailingPunctuation(found))
  }
  return [...links].slice(0, MAX_LINKS)
}

/** Where the scheme of a link begins; 0 where there is none. */
function schemeIn(word: string): number {
  let at = word.indexOf('://')
  while (at > 0 && /[a-z0-9+.-]/i.test(word.charAt(at - 1))) at--
  return Math.max(0, at)
}

/** Without what a sentence put behind it; a bracket that has its partner in the link is a part of it: `File_(1)`. */
function withoutTrailingPunctuation(link: string): string {
  const opened = { ')': link.indexOf('('), ']': link.indexOf('[') } as Record<string, number>
  let end = link.length
  while (end > 0 && ',.;:!?)]'.includes(link.charAt(end - 1)) && !((opened[link.charAt(end - 1)] ?? -1) >= 0))
    end--
  return link.slice(0, end)
}

/** The text without these links; what else was pasted stays. */
export function withoutLinks(text: string, links: ReadonlySet<string>): string {
  const kept = pastedLinks(text).filter((link) => !links.has(link))
  return kept.length === 0 ? '' : `${kept.join('\n')}\n`
}
