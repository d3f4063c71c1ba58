import { type ListedLink, escapeXml, metalinkName } from '@obb/contracts'

/** A file that is there to be downloaded. */
export type ReadyLink = ListedLink & { link: string }

export const isReady = (link: ListedLink): link is ReadyLink => link.link !== null

/** A link a line, as download managers take them. */
export const linkList = (links: readonly ReadyLink[]): string => links.map(({ link }) => `${link}\n`).join('')

/** All of them in one Metalink 4 document (RFC 5854), with what the server knows of each. */
export function metalink(links: readonly ReadyLink[]): string {
  const names = new Set<string>()
  const files = links.map((link) => {
    const { filename, filesize, hashes } = link
    return [
      `  <file name="${escapeXml(unusedName(filename, names))}">`,
      `    <size>${filesize}</size>`,
      ...(hashes?.sha256 ? [`    <hash type="sha-256">${hashes.sha256}</hash>`] : []),
      `    <url>${escapeXml(link.link)}</url>`,
      '  </file>',
    ]
  })
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<metalink xmlns="urn:ietf:params:xml:ns:metalink">',
    ...files.flat(),
    '</metalink>',
    '',
  ].join('\n')
}

/** A name that no file of the document has yet. */
function unusedName(name: string, used: Set<string>): string {
  const plain = metalinkName(name)
  const dot = plain.lastIndexOf('.')
  const [stem, end] = dot > 0 ? [plain.slice(0, dot), plain.slice(dot)] : [plain, '']
  let free = plain
  for (let n = 2; used.has(free); n++) free = `${stem} (${n})${end}`
  used.add(free)
  return free
}
