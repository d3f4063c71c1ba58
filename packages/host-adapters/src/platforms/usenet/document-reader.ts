/* What is asked of an NZB, answered where it is read: in a thread of its own, if there is one. */
import { isUtf8 } from 'node:buffer'
import type { PostFacts } from '../../kit/adapter.js'
import type { DocumentAnswer } from '../../kit/document-reader.js'
import { present } from '../../kit/fields/present.js'
import { MAX_EXPANDED_LINKS } from '../../kit/limits.js'
import { Articles } from './articles.js'
import { badNzb, parseNzb } from './nzb.js'
import type { NzbFile } from './nzb.js'
import { unpacked } from './unpack.js'

/** `list`: what there is, without the articles; `all`: with them. Else the files of these ids; the only one is told in any case. */
export type NzbQuestion = 'list' | 'all' | readonly string[]

export interface ListedFile {
  fileId: string
  name?: string
  /** Where the poster names none, what its subject says. */
  label?: string
  /** Bytes, where the poster states it. */
  size?: number
  /** Bytes of articles that are not listed, about. */
  missing?: number
}

export interface FoundFile extends ListedFile {
  /** See Articles.from. */
  articles: Pick<Articles, 'ids' | 'ends' | 'sizes'>
}

export interface NzbAnswer {
  /** Files of the NZB. */
  count: number
  /** Of a list, one more than may be listed at most. */
  listed: ListedFile[]
  found: FoundFile[]
  post: PostFacts
}

/** Answers a question about an NZB, which may be packed. Raises BAD_URL as parseNzb and `unpacked` do. */
export function read(document: Uint8Array, question: unknown): DocumentAnswer {
  const asked = question as NzbQuestion
  const { files, post } = parseNzb(textOf(document))
  const answer: NzbAnswer = { count: files.length, listed: [], found: [], post }
  if (asked === 'list') {
    for (const { fileId, label, name = label, segments, size } of files.slice(0, MAX_EXPANDED_LINKS + 1)) {
      const missing = unlistedBytes(segments)
      answer.listed.push({ fileId, ...present({ name, size }), ...(missing > 0 && { missing }) })
    }
    return { answer, transfer: [] }
  }
  const wanted = new Set(asked)
  for (const { segments, ...file } of files) {
    if (asked !== 'all' && files.length > 1 && !wanted.has(file.fileId)) continue
    const { ends, ids, sizes } = Articles.of(segments)
    answer.found.push({ ...file, articles: { ends, ids, sizes } })
  }
  const transfer = answer.found.flatMap(({ articles: { ends, ids, sizes } }) => [ends, ids, sizes])
  return { answer, transfer: transfer.map(({ buffer }) => buffer as ArrayBuffer) }
}

/** About so many bytes are in the articles that a file's numbers leave out. */
function unlistedBytes(segments: NzbFile['segments']): number {
  const listed = segments.filter(({ messageIds }) => messageIds.length > 0)
  const bytes = listed.reduce((sum, segment) => sum + segment.bytes, 0)
  return Math.round((bytes / listed.length) * (segments.length - listed.length))
}

/** ENCODING matches what an XML declaration states; it is ASCII in all encodings that NZBs have. */
const ENCODING = /^[^<]{0,16}<\?xml [^>]{0,200}?encoding=["']([\w.:-]{1,40})["']/i
const DECLARATION_BYTES = 300

function textOf(bytes: Uint8Array): string {
  return decoded(Buffer.from(unpacked(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length))))
}

/** UTF-8 where it is that, whatever it declares; old indexers wrote ISO-8859-1, some without saying so. */
function decoded(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8')
  const declared = ENCODING.exec(bytes.toString('latin1', 0, DECLARATION_BYTES))?.[1]?.toLowerCase()
  const charset = declared === undefined || /^utf-?8$/.test(declared) ? 'windows-1252' : declared
  try {
    return new TextDecoder(charset).decode(bytes)
  } catch {
    throw badNzb('NZB is in an encoding that is not known')
  }
}
