/* What an article carries: a part of a file, which hosts of whole files do not know. */
import { HostError } from '../../kit/errors.js'

/** One decoded article: the bytes [begin, end) of a file. */
export interface ArticlePart {
  name: string | undefined
  begin: number
  end: number
  data: Buffer
}

export function corrupt(what: string): HostError {
  return new HostError('CORRUPT', `Usenet: ${what}`)
}
