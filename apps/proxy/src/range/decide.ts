import { selectRanges, type ByteRange } from './byte-ranges.js'
import { listsTag } from './entity-tags.js'
import { parseHttpDate } from './http-date.js'

/*
 * What to send for a GET or HEAD of a file: RFC 9110 §13.2.2 (order of preconditions) and §14 (ranges).
 *
 *   If-Match              strong comparison; a miss is 412
 *   If-Unmodified-Since   only without If-Match; changed since is 412
 *   If-None-Match         weak comparison; a hit is 304
 *   If-Modified-Since     only without If-None-Match; unchanged since is 304
 *   If-Range              with Range; a miss ignores Range
 *   Range                 206, or 416 when nothing of it lies in the file, or ignored
 *
 * A date that is none is as good as absent. HEAD is decided like GET, Range included, as every common
 * server does and §9.3.2 recommends: a client that probes with HEAD sees what GET would say. (§14.2 defines
 * ranges for GET alone, so a client cannot rely on either.)
 */

export type { ByteRange }

/** The fields of a request that decide; as they came, a repeated one joined with commas. */
export interface RequestConditions {
  range?: string | undefined
  ifRange?: string | undefined
  ifMatch?: string | undefined
  ifNoneMatch?: string | undefined
  ifModifiedSince?: string | undefined
  ifUnmodifiedSince?: string | undefined
}

export interface Representation {
  /** Bytes. */
  size: number
  /** Strong, with its quotes; undefined where nothing proves yet which bytes it has. */
  etag: string | undefined
  /** Other strong tags under which these very bytes are known: as good as `etag`. */
  otherEtags?: readonly string[]
  /** Epoch ms; compared in whole seconds, as HTTP-dates are. Undefined: conditions on it are ignored. */
  lastModified: number | undefined
}

export type Decision =
  | { status: 200 }
  | { status: 304 }
  | { status: 412 }
  | { status: 416 }
  /** At least one range, ascending, apart from each other, each inside the file. */
  | { status: 206; ranges: [ByteRange, ...ByteRange[]] }

/** `method` other than GET and HEAD turns a 304 into a 412. `now` is epoch ms. Never throws. */
export function decide(
  method: string,
  conditions: RequestConditions,
  representation: Representation,
  now: number,
): Decision {
  const { etag, otherEtags = [], size } = representation
  const etags = etag === undefined ? otherEtags : [etag, ...otherEtags]
  const modified =
    representation.lastModified === undefined ? undefined : Math.floor(representation.lastModified / 1000)
  const readOnly = method === 'GET' || method === 'HEAD'

  if (conditions.ifMatch !== undefined) {
    if (!listsTag(conditions.ifMatch, etags, 'strong')) return { status: 412 }
  } else {
    const since = date(conditions.ifUnmodifiedSince, now)
    if (since !== undefined && modified !== undefined && modified > since) return { status: 412 }
  }

  if (conditions.ifNoneMatch !== undefined) {
    if (listsTag(conditions.ifNoneMatch, etags, 'weak')) return readOnly ? { status: 304 } : { status: 412 }
  } else if (readOnly) {
    const since = date(conditions.ifModifiedSince, now)
    if (since !== undefined && modified !== undefined && modified <= since) return { status: 304 }
  }

  if (!readOnly || conditions.range === undefined) return { status: 200 }
  if (conditions.ifRange !== undefined && !isSame(conditions.ifRange, etags, modified, now)) {
    return { status: 200 }
  }
  const ranges = selectRanges(conditions.range, size)
  if (ranges === undefined) return { status: 200 }
  const [first, ...others] = ranges
  return first === undefined ? { status: 416 } : { status: 206, ranges: [first, ...others] }
}

/** If-Range (RFC 9110 §13.1.5): one strong tag, or the very date of Last-Modified; no list, no `*`. */
function isSame(
  ifRange: string,
  etags: readonly string[],
  modified: number | undefined,
  now: number,
): boolean {
  return etags.includes(ifRange.trim()) || (modified !== undefined && date(ifRange, now) === modified)
}

function date(field: string | undefined, now: number): number | undefined {
  return field === undefined ? undefined : parseHttpDate(field.trim(), now)
}
