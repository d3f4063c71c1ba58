/* Articles as they come over NNTP: blocks of lines, of which one that begins with a dot has one more (RFC 3977 §3.1.1). */
import { type ArticlePart, DamagedArticle } from './article.js'
import { decodeUu } from './uuencode.js'
import { decodeYenc } from './yenc.js'

/**
 * Decodes a block as it was on the wire, without its last line `.`. Raises CORRUPT, as DamagedArticle, for what is in no coding,
 * is cut short or not what it states.
 */
export function decodeArticle(wire: Buffer): ArticlePart {
  const part = decodeYenc(wire) ?? decodeUu(wire)
  if (part === undefined) throw new DamagedArticle('article is neither yEnc nor UUencoded')
  return part
}
