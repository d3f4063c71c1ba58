import { pastedLinks } from '@obb/contracts'

/** Most links of one text; those of one request are fewer, and several follow each other. */
export const MAX_LINKS = 10_000

/** Longest link that the API takes, characters. */
const MAX_LENGTH = 8192

/** The links of a text, in their order. */
export function linksToAdd(text: string): string[] {
  return pastedLinks(text)
    .filter((link) => link.length <= MAX_LENGTH)
    .slice(0, MAX_LINKS)
}

/** The text without these links; what else was pasted stays. */
export function withoutLinks(text: string, links: ReadonlySet<string>): string {
  const kept = linksToAdd(text).filter((link) => !links.has(link))
  return kept.length === 0 ? '' : `${kept.join('\n')}\n`
}
