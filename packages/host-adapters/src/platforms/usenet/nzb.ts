/* NZBs as text: files and their articles. */
import { createHash } from 'node:crypto'
import { XMLParser } from 'fast-xml-parser'
import { z } from 'zod'
import { HostError } from '../../kit/errors.js'
import { bytesOf } from '../../kit/fields/numbers.js'
import { fromHtml } from '../../kit/fields/text.js'

/** A file of an NZB: the articles that hold it, in order. */
export interface NzbFile {
  /** SHA-256 over the sorted message ids, each on a line; hex. */
  fileId: string
  /** As the subject tells it. */
  name?: string
  /** Bytes, where the poster states it after the number of parts. */
  size?: number
  segments: readonly NzbSegment[]
  /** Whether no number from 1 to the last, or to that of the subject, is absent. */
  complete: boolean
}

export interface NzbSegment {
  /** Without angle brackets; safe to put into a command. */
  messageId: string
  /** As it was posted, encoded. */
  bytes: number
}

const MAX_SEGMENTS = 1_000_000
const MESSAGE_ID = /^[!-;=?-~]{1,248}$/
/** What only an attack needs: entities and declarations of its own. */
const INTERNAL_SUBSET = /<!(?:ENTITY|ELEMENT|ATTLIST|NOTATION)|<!DOCTYPE[^>[]{0,1000}\[/i

const parser = new XMLParser({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  removeNSPrefix: true,
  parseTagValue: false,
  processEntities: false,
  isArray: (name) => name === 'file' || name === 'segment' || name === 'nzb' || name === 'segments',
})

const segment = z.object({ '#text': z.string(), '@bytes': z.unknown(), '@number': z.unknown() })
const file = z.object({
  '@subject': z.string().default(''),
  segments: z
    .array(z.union([z.object({ segment: z.array(z.unknown()).default([]) }), z.string()]))
    .default([]),
})
const nzb = z.object({ nzb: z.tuple([z.union([z.object({ file: z.array(file).default([]) }), z.string()])]) })

/**
 * The files of an NZB; none in an empty one. A file without any article that could be asked for is left out.
 * Raises BAD_URL for text that is no NZB, declares entities, or lists files of which not one has an article.
 */
export function parseNzb(text: string): NzbFile[] {
  if (INTERNAL_SUBSET.test(text)) throw badNzb('NZB declares entities of its own')
  const { data } = nzb.safeParse(xml(text))
  const [root] = data?.nzb ?? []
  if (root === undefined) throw badNzb('document is no NZB')
  const entries = typeof root === 'string' ? [] : root.file
  const files = entries.map(fileOf).filter(({ segments }) => segments.length > 0)
  if (files.length === 0 && entries.length > 0) throw badNzb('NZB lists no articles')
  return files
}

function xml(text: string): unknown {
  try {
    return parser.parse(text)
  } catch {
    throw badNzb('document is no XML')
  }
}

function fileOf(entry: z.infer<typeof file>): NzbFile {
  const byNumber = new Map<number, NzbSegment>()
  const raw = entry.segments.flatMap((list) => (typeof list === 'string' ? [] : list.segment))
  for (const one of raw) {
    const { data } = segment.safeParse(one)
    const number = bytesOf(data?.['@number']) ?? 0
    const messageId = fromHtml(data?.['#text'] ?? '').replace(/^\s*<?|>?\s*$/g, '')
    if (number < 1 || number > MAX_SEGMENTS || !MESSAGE_ID.test(messageId) || byNumber.has(number)) continue
    byNumber.set(number, { messageId, bytes: bytesOf(data?.['@bytes']) ?? 0 })
  }
  const numbers = [...byNumber.keys()].sort((a, b) => a - b)
  const segments = numbers.flatMap((number) => byNumber.get(number) ?? [])
  const subject = fromHtml(entry['@subject'])
  const { name, size, total } = readSubject(subject)
  const ids = segments.map(({ messageId }) => messageId).sort()
  return {
    fileId: createHash('sha256').update(ids.join('\n')).digest('hex'),
    ...(name !== undefined && { name }),
    ...(size !== undefined && { size }),
    segments,
    complete: Math.max(total ?? 0, numbers.at(-1) ?? 0) === segments.length,
  }
}

/**
 * `[1/3] - "name.ext" yEnc (1/20) 1400000`: what posters agree on without any standard. A name in quotes, or
 * the word with an extension before `yEnc`; the last pair in parentheses is the parts, a number behind it the size.
 */
export function readSubject(subject: string): { name?: string; size?: number; total?: number } {
  const text = subject.slice(0, 2000)
  const quoted = /"([^"]+)"/.exec(text)?.[1]
  const word = /(?:^|\s)([^\s"]+\.[a-z0-9]{2,10})\s+yenc\b/i.exec(text)?.[1]
  const name = (quoted ?? word)?.split(/[/\\]/).at(-1)?.trim()
  const parts = [...text.matchAll(/\((\d{1,7})\/(\d{1,7})\)(?: (\d{1,15})(?=\s|$))?/g)].at(-1)
  const total = bytesOf(parts?.[2])
  const size = bytesOf(parts?.[3])
  return {
    ...(name !== undefined && name !== '' && { name }),
    ...(size !== undefined && { size }),
    ...(total !== undefined && { total }),
  }
}

function badNzb(what: string): HostError {
  return new HostError('BAD_URL', `Usenet: ${what}`, { retryable: false })
}
