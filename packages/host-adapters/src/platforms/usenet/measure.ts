/* How long a file of articles is, though some of them may be lost. */
import { HostError } from '../../kit/errors.js'
import type { ArticlePart } from './article.js'
import type { ArticleList } from './news-file.js'
import type { ArticleSource } from './shared-room.js'

/** Articles that are asked for from an end inwards before the file is called gone. */
const MOST_TRIES = 32

export interface Measured {
  /** Bytes; an estimate where neither the last article is there nor any tells. */
  size: number
  /** Bytes of all articles but the last. */
  usual: number
  /** By the first article that is there. */
  name: string | undefined
  isLastThere: boolean
}

/**
 * Reads the last article, whose end is that of the file. Where it does not prove that by what it states of the whole,
 * which is often false, also the first. Raises FILE_GONE where too much is lost at an end to tell.
 */
export async function measure(room: ArticleSource, articles: ArticleList): Promise<Measured> {
  const behind = articles.length - 1
  const last = await nearest(room, articles, behind, -1)
  const isLastThere = !(last instanceof HostError) && last.index === behind
  const byLast = proof(last, articles)
  if (byLast) return { ...byLast, isLastThere }
  const isOne = !(last instanceof HostError) && last.index === 0
  const first = isOne ? last : await nearest(room, articles, 0, 1)
  const byFirst = proof(first, articles)
  if (byFirst) return { ...byFirst, isLastThere }
  if (last instanceof HostError) throw last
  if (first instanceof HostError) throw first
  if (last.part.isUnplaced) return inSequence(first, last, articles)
  const { name, whole } = first.part
  const usual = first.part.end - first.part.begin
  const end = Math.max(last.part.end, last.part.whole?.size ?? 0)
  const size = isLastThere ? end : (whole?.size ?? Math.max(end, last.part.end + lostBehind(articles, last)))
  return { size, usual, name, isLastThere }
}

/** Articles that tell no place are all of one length but the last. */
function inSequence(first: Found, last: Found, { length }: ArticleList): Measured {
  if (length === 1) throw new HostError('CORRUPT', 'Usenet: article is cut short')
  const { end: usual, name } = first.part
  const isLastThere = last.index === length - 1
  const size = (length - 1) * usual + (isLastThere ? last.part.end : usual)
  return { size, usual, name, isLastThere }
}

interface Found {
  index: number
  part: ArticlePart
}

/** By an article that is the one of the file that it says it is. */
function proof(found: Found | HostError, { length }: ArticleList): Omit<Measured, 'isLastThere'> | undefined {
  if (found instanceof HostError) return undefined
  const { index, part } = found
  const { begin, end, name, whole } = part
  if (whole?.parts !== length) return undefined
  return { size: whole.size, usual: index === 0 ? end : begin / index, name }
}

/** The first article from an end on that is there, or why none of them is of use. */
async function nearest(
  room: ArticleSource,
  articles: ArticleList,
  from: number,
  step: 1 | -1,
): Promise<Found | HostError> {
  const tries = Math.min(MOST_TRIES, articles.length)
  let fault: HostError | undefined
  for (let index = from; Math.abs(index - from) < tries; index += step) {
    try {
      return { index, part: await room.article(articles.messageIds(index)) }
    } catch (error) {
      if (!(error instanceof HostError) || (error.kind !== 'FILE_GONE' && error.kind !== 'CORRUPT'))
        throw error
      if (fault?.kind !== 'CORRUPT') fault = error
    }
  }
  return fault ?? new HostError('FILE_GONE', 'Usenet: file has no articles')
}

/** Bytes that the articles behind one may have held, by their length as they were posted. */
function lostBehind(articles: ArticleList, { index, part }: Found): number {
  const decoded = part.end - part.begin
  const encoded = articles.encodedBytes(index)
  let bytes = 0
  for (let at = index + 1; at < articles.length; at++) {
    const posted = articles.encodedBytes(at)
    bytes += posted > 0 && encoded > 0 ? Math.round((posted * decoded) / encoded) : decoded
  }
  return bytes
}
