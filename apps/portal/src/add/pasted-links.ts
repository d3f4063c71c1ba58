import { pastedLinks } from '@obb/contracts'

/** Most links that are shown at once; those of one request are fewer, and several follow each other. */
export const MAX_LINKS = 10_000

/** Longest link that the API takes, characters. */
const MAX_LENGTH = 8192

/** All links of a text, in their order. */
export const linksIn = (text: string): string[] =>
  pastedLinks(text).filter((link) => link.length <= MAX_LENGTH)

/** The links of a text that are shown and asked for, and how many stand in it beyond those. */
export function linksToAdd(text: string): { links: string[]; beyond: number } {
  const all = linksIn(text)
  return { links: all.slice(0, MAX_LINKS), beyond: Math.max(0, all.length - MAX_LINKS) }
}

/** The links of a text without these, a line each; whatever else stands in it goes. */
export function withoutLinks(text: string, links: ReadonlySet<string>): string {
  const kept = linksIn(text).filter((link) => !links.has(link))
  return kept.length === 0 ? '' : `${kept.join('\n')}\n`
}
