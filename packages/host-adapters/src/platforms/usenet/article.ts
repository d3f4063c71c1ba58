/* What an article carries: a part of a file, which hosts of whole files do not know. */
import { HostError } from '../../kit/errors.js'
import { baseName } from '../../kit/fields/text.js'

/** One decoded article: the bytes [begin, end) of a file. */
export interface ArticlePart {
  name: string | undefined
  begin: number
  end: number
  data: Buffer
  /** The file as the article states it, where all of it fits together: otherwise it is there to hide what was posted. */
  whole?: { size: number; parts: number }
  /** It does not tell its place: `begin` is 0, whatever stands before it. */
  isUnplaced?: true
  /** Nothing proves these bytes: it is not what it states, and what of it is absent is zeros. */
  isDamaged?: true
}

/** The name that an article states: some encoders put it into quotes, or its folder before it. */
export function postedName(stated: string | undefined): string | undefined {
  return baseName(stated?.trim().replace(/^"([^"]*)"$/, '$1'))
}

/** An article that is not what it states, and what can be had of it; undefined where it tells no place. */
export class DamagedArticle extends HostError {
  constructor(
    what: string,
    readonly part?: ArticlePart,
    /** Bytes of it that were there, right or wrong. */
    readonly got = 0,
  ) {
    super('CORRUPT', `Usenet: ${what}`)
  }
}
