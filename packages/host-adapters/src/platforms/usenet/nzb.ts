/* NZBs as text: files and their articles. */
import { createHash } from 'node:crypto'
import { Parser } from 'htmlparser2'
import type { PostFacts } from '../../kit/adapter.js'
import { HostError } from '../../kit/errors.js'
import { bytesOf } from '../../kit/fields/numbers.js'
import { fromHtml } from '../../kit/fields/text.js'
import { MAX_SUBJECT, readSubject } from './subject.js'

/** What is in an NZB. */
export interface Nzb {
  files: NzbFile[]
  /** Of its head. */
  post: PostFacts
}

/** A file of an NZB: the articles that hold it, in order. */
export interface NzbFile {
  /** SHA-256 over the sorted message ids, each on a line; hex. */
  fileId: string
  /** Name as the subject states it. */
  name?: string
  /** Where it states none, what it says. */
  label?: string
  /** Bytes, where the poster states it after the number of parts. */
  size?: number
  /** What subjects count is often no parts: only what is listed counts. */
  segments: readonly NzbSegment[]
}

export interface NzbSegment {
  /**
   * Articles that hold the same, as they are listed, MAX_ALTERNATIVES at most; none where the number is not listed though
   * a later one is. Without angle brackets; safe to put into a command.
   */
  messageIds: readonly string[]
  /** Bytes of the article as it was posted, encoded. */
  bytes: number
}

const MAX_SEGMENTS = 1_000_000
const MAX_FILES = 100_000
/** Nested: nzb, file, segments, segment. Hardly more than others' additions to it. */
const MAX_DEPTH = 16
/** Articles that one number may have. */
const MAX_ALTERNATIVES = 4
/** Longer text of a segment is no message id, characters. */
const MAX_ID = 1_000
/** What of the head is told, by what indexers call it. */
const FACTS = { title: 'title', name: 'title', password: 'password', category: 'category' } as const
/** Longest value of it, characters. */
const MAX_META = 500
const MESSAGE_ID = /^[!-;=?-~]{1,248}$/
/** DECLARATION matches what only an attack needs: entities and declarations of its own. */
const DECLARATION = /^!(?:ENTITY|ELEMENT|ATTLIST|NOTATION)$/i

/** Longest NZB, bytes: one of a terabyte is about as large. */
export const MAX_BYTES = 32 * 1024 * 1024

/**
 * The files of an NZB, none in an empty one, and what its head says. A file without any article that could be asked for is left out. Work and
 * memory grow with the length of the text alone, which is seconds for the longest: it runs in a thread of its own.
 * Raises BAD_URL for text that is no NZB or no whole one, declares entities, nests deeper than 16, lists more than
 * 100 000 files or a million articles, or files of which not one has an article.
 */
export function parseNzb(text: string): Nzb {
  const reader = new NzbReader()
  reader.write(text)
  reader.end()
  return { files: reader.files.map(fileOf), post: reader.post }
}

interface ListedFile {
  subject: string
  /** By number. */
  segments: Map<number, { messageIds: string[]; bytes: number }>
}

/** Reads the elements as they come, and keeps the articles alone. */
class NzbReader {
  readonly files: ListedFile[] = []
  readonly post: PostFacts = {}
  /** Local names of the elements around. */
  private readonly path: string[] = []
  private file: ListedFile | undefined
  private segment: { bytes: number; number: number; text: string } | undefined
  private meta: { fact: keyof PostFacts; text: string } | undefined
  private segments = 0
  /** File elements, with and without articles. */
  private listed = 0
  private isWhole = false
  /** There is no more text; what is open now was never closed. */
  private isOver = false
  private readonly parser = new Parser(
    {
      onopentag: (name, attributes) => this.open(localName(name), attributes),
      onclosetag: () => this.close(),
      ontext: (text) => this.text(text),
      onprocessinginstruction: (name, text) => declare(name, text),
    },
    { xmlMode: true, decodeEntities: false },
  )

  write(text: string): void {
    this.parser.write(text)
  }

  end(): void {
    this.isOver = true
    this.parser.end()
    if (!this.isWhole) throw badNzb('document is no NZB, or is cut short')
    if (this.files.length === 0 && this.listed > 0) throw badNzb('NZB lists no articles')
  }

  private open(name: string, attributes: Readonly<Record<string, string>>): void {
    const depth = this.path.push(name)
    if (depth > MAX_DEPTH) throw badNzb('NZB is nested too deep')
    if (depth === 1 && (name !== 'nzb' || this.isWhole)) throw badNzb('document is no NZB')
    if (depth === 2 && name === 'file') {
      if (++this.listed > MAX_FILES) throw badNzb(`NZB lists more than ${MAX_FILES} files`)
      this.file = { subject: (attributes['subject'] ?? '').slice(0, MAX_SUBJECT), segments: new Map() }
    }
    if (depth === 3 && name === 'meta' && this.path[1] === 'head') {
      const type = attributes['type']?.trim().toLowerCase() ?? ''
      const fact = Object.hasOwn(FACTS, type) ? FACTS[type as keyof typeof FACTS] : undefined
      this.meta = fact && { fact, text: '' }
    }
    if (depth !== 4 || name !== 'segment' || this.path[2] !== 'segments') return
    if (++this.segments > MAX_SEGMENTS) throw badNzb(`NZB lists more than ${MAX_SEGMENTS} articles`)
    const { bytes, number } = attributes
    this.segment = { bytes: bytesOf(bytes) ?? 0, number: bytesOf(number) ?? -1, text: '' }
  }

  private text(text: string): void {
    if (this.meta && this.meta.text.length <= MAX_META) this.meta.text += text.slice(0, MAX_META + 1)
    if (this.segment && this.segment.text.length <= MAX_ID) this.segment.text += text.slice(0, MAX_ID + 1)
  }

  private close(): void {
    const name = this.path.pop()
    const depth = this.path.length
    if (depth === 0) this.isWhole = !this.isOver
    if (depth === 1 && name === 'file' && this.file) {
      if (this.file.segments.size > 0) this.files.push(this.file)
      this.file = undefined
    }
    if (depth === 2 && this.meta) {
      const { fact, text } = this.meta
      const value = fromHtml(text).trim()
      // Several passwords are alternatives, of which the first is the likeliest.
      if (value !== '' && value.length <= MAX_META) this.post[fact] ??= value
      this.meta = undefined
    }
    if (depth !== 3 || !this.segment) return
    const { bytes, number, text } = this.segment
    this.segment = undefined
    const messageId = messageIdOf(text)
    if (messageId === undefined || number < 0 || number > MAX_SEGMENTS || !this.file) return
    const known = this.file.segments.get(number)
    if (known === undefined) this.file.segments.set(number, { messageIds: [messageId], bytes })
    else if (known.messageIds.length < MAX_ALTERNATIVES) known.messageIds.push(messageId)
  }
}

/** Without the namespace's prefix. */
function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}

function declare(name: string, text: string): void {
  if (DECLARATION.test(name) || (name.toUpperCase() === '!DOCTYPE' && text.includes('[')))
    throw badNzb('NZB declares entities of its own')
}

/** Undefined for what is none, or would not stay in a command. */
function messageIdOf(text: string): string | undefined {
  if (text.length > MAX_ID) return undefined
  const trimmed = fromHtml(text).trim()
  const id = trimmed.slice(trimmed.startsWith('<') ? 1 : 0, trimmed.endsWith('>') ? -1 : undefined)
  return MESSAGE_ID.test(id) ? id : undefined
}

function fileOf({ subject, segments: byNumber }: ListedFile): NzbFile {
  // Some indexers escape it twice.
  const { label, name, size } = readSubject(fromHtml(fromHtml(subject)))
  const segments = inOrder(byNumber)
  const ids = segments.flatMap(({ messageIds }) => messageIds.slice(0, 1)).sort()
  return {
    fileId: createHash('sha256').update(ids.join('\n')).digest('hex'),
    ...(name !== undefined && { name }),
    ...(label !== undefined && { label }),
    ...(size !== undefined && { size }),
    segments,
  }
}

/**
 * Numbers that are not listed keep their place, unless more are absent than there: those count something else. Some
 * posters count from 0.
 */
function inOrder(byNumber: ListedFile['segments']): NzbSegment[] {
  const numbers = [...byNumber.keys()].sort((a, b) => a - b)
  const last = numbers.at(-1) ?? 0
  const isSparse = last > 2 * numbers.length
  const first = numbers[0] === 0 ? 0 : 1
  const places = isSparse ? numbers : Array.from({ length: last + 1 - first }, (_, at) => at + first)
  return places.map((number) => byNumber.get(number) ?? { messageIds: [], bytes: 0 })
}

export function badNzb(what: string): HostError {
  return new HostError('BAD_URL', `Usenet: ${what}`, { retryable: false })
}

export function tooLarge(): HostError {
  return badNzb(`NZB is larger than ${MAX_BYTES} bytes`)
}
