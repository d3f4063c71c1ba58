/*
 * What all JSON APIs of hosts have in common. They answer refusals with any HTTP status, 200 included, and
 * their proxies answer pages instead; so the body is read first and the status is only its second name. The
 * order is: words and codes of the body against the platform's table of refusals, then the table with what
 * HTTP says, then the shape of what was asked for. Whatever comes, the outcome is the value or a HostError,
 * whose message names fields and never values: unknown refusals are quoted without anything that was sent.
 */
import type { z } from 'zod'
import type { HostContext } from '../adapter.js'
import { enteredBy } from '../credentials.js'
import { HostError } from '../errors.js'
import type { HostErrorKind, HostErrorOptions } from '../errors.js'
import { type HostRequest, type HostResponse, looksLikeHtml, quotable, sentBy } from '@obb/host-http'
import { HTTP_REFUSALS, errorByRules, wordsOf } from '../refusal-rules.js'
import type { RefusalRule } from '../refusal-rule.js'
import { jsonOf } from './json-text.js'

export interface JsonApiOptions {
  platform: string
  /** First fit wins; what HTTP itself says (429, 5xx) follows by HTTP_REFUSALS. */
  refusals: readonly RefusalRule[]
  /** parseRefusal reads what an answer refuses; undefined for one that refuses nothing. */
  parseRefusal(json: unknown, status: number): ParsedRefusal | undefined
  /** Makes JSON of an answer that is none, where a host is known to write it wrong. */
  repair?(text: string): string
}

/** In the words of the host. */
export interface ParsedRefusal {
  /** In place of the HTTP status. */
  status?: number | undefined
  code?: string | number | undefined
  text?: string | undefined
  /** How long the host says to wait, ms. */
  retryAfterMs?: number | undefined
}

export type Answer = Pick<HostResponse, 'status' | 'headers' | 'text'>

/** By the name of the answer; the HTTP status is 200 unless given. */
export type Readers = Readonly<Record<string, (text: string, status?: number) => unknown>>

/** The same, by what each gives. */
export type ReadersOf<Answers extends Readonly<Record<string, z.ZodType>>> = {
  readonly [Name in keyof Answers]: (text: string, status?: number) => z.infer<Answers[Name]>
}

export class JsonApi {
  constructor(private readonly options: JsonApiOptions) {}

  /** Sends a request and reads its answer. `at` names it in the table of refusals and in messages. */
  async call<T>(ctx: HostContext, at: string, request: HostRequest, schema: z.ZodType<T>): Promise<T> {
    const answer = await ctx.http.request({ signal: ctx.signal, ...request })
    return this.read(at, answer, schema, ctx.now(), [...sentBy(request), ...enteredBy(ctx)])
  }

  /** The value in an answer. Raises HostError and nothing else. `sent`: values that no message may repeat. */
  read<T>(at: string, answer: Answer, schema: z.ZodType<T>, now: number, sent: readonly string[] = []): T {
    const { repair = String } = this.options
    const body = jsonOf(answer.text) ?? jsonOf(repair(answer.text))
    if (body === undefined) throw this.refusal(at, answer, { text: answer.text }, now, sent, false)
    const refused = this.options.parseRefusal(body.json, answer.status)
    if (refused !== undefined) throw this.refusal(at, answer, refused, now, sent)
    return this.parseShape(at, body.json, schema)
  }

  /** The value in a part of an answer that is refused by itself, as in batches. Raises as `read` does. */
  readPart<T>(at: string, json: unknown, schema: z.ZodType<T>, now: number): T {
    const refused = this.options.parseRefusal(json, 200)
    if (refused !== undefined) throw this.refusal(at, { status: 200, headers: {} }, refused, now, [])
    return this.parseShape(at, json, schema)
  }

  /** A reader per answer, text to value or HostError, for fuzzing. */
  readers<Answers extends Readonly<Record<string, z.ZodType>>>(answers: Answers): ReadersOf<Answers> {
    const readers: Readers = Object.fromEntries(
      Object.entries(answers).map(([name, schema]) => [
        name,
        (text: string, status = 200): unknown => this.read(name, { status, headers: {}, text }, schema, 0),
      ]),
    )
    return readers as ReadersOf<Answers>
  }

  error(kind: HostErrorKind, message: string, options: HostErrorOptions = {}): HostError {
    return new HostError(kind, `${this.options.platform}: ${message}`, options)
  }

  private refusal(
    at: string,
    { status, headers }: Pick<Answer, 'status' | 'headers'>,
    refused: ParsedRefusal,
    now: number,
    sent: readonly string[],
    isJson = true,
  ): HostError {
    const { code, text = '' } = refused
    const asked = {
      at,
      status: refused.status ?? status,
      code,
      text,
      retryAfter: headers['retry-after'],
      retryAfterMs: refused.retryAfterMs,
      sent,
      now,
    }
    const row = errorByRules([...this.options.refusals, ...HTTP_REFUSALS], this.options.platform, asked)
    // A page where an API should be says nothing of a file.
    if (row !== undefined && (isJson || row.kind !== 'FILE_GONE')) return row
    if (!isJson) return this.noJson(at, status, text, sent)
    // A code is the host's word too, and may repeat what was sent.
    const words = quotable([code, text].filter(Boolean).join(' '), sent)
    return this.error('UNEXPECTED', `${at} was refused: ${asked.status} ${words} (HTTP ${status})`, { words })
  }

  private parseShape<T>(at: string, json: unknown, schema: z.ZodType<T>): T {
    const result = schema.safeParse(json)
    if (result.success) return result.data
    const fields = result.error.issues.map((issue) => issue.path.map(fieldName).join('.') || 'the whole')
    throw this.error(
      'UNEXPECTED',
      `answer of ${at} is unsound in ${[...new Set(fields)].slice(0, 5).join(', ')}`,
    )
  }

  private noJson(at: string, status: number, text: string, sent: readonly string[]): HostError {
    // A page says what it is about; of any other text nobody knows what the host repeats in it.
    const words = looksLikeHtml(text) ? wordsOf({ text, sent }) : ''
    if (looksLikeHtml(text) && (status < 300 || status === 403 || status >= 500)) {
      return this.error('HOST_DOWN', `${at} is answered by a page (HTTP ${status})`, { words })
    }
    return this.error('UNEXPECTED', `answer of ${at} is not the expected JSON (HTTP ${status})`, { words })
  }
}

/** A key of a map may be anything, an id included. */
function fieldName(part: PropertyKey): string {
  if (typeof part === 'number') return '[]'
  return /^[A-Za-z_][A-Za-z0-9_]{0,39}$/.test(String(part)) ? String(part) : '?'
}
