import type { z } from 'zod'
import type { HostContext } from '../adapter.js'
import { API_KEY, credentialsOf } from '../credentials.js'
import type { HostRequest } from '../../http/host-http.js'
import { JsonApi } from './json-api.js'
import type { JsonApiOptions, ReadersOf } from './json-api.js'

interface Signature {
  headers?: Record<string, string>
  query?: Record<string, string>
}

export type KeyedRequest = Omit<Partial<HostRequest>, 'query'> & Signature

export interface KeyedApiOptions<Answers> extends JsonApiOptions {
  /** What each call answers, by its name. */
  answers: Answers
  /** How a request carries the key. */
  signed(apiKey: string): Signature
  /** Of a call, below the origin `api`. Default: its name. */
  path?(name: string): string
}

/** A JSON API whose calls all want the API key of the account, which is the credential `apiKey`. */
export class KeyedApi<Answers extends Readonly<Record<string, z.ZodType>>> extends JsonApi {
  /** By the name of the call, for fuzzing. */
  readonly answerReaders: ReadersOf<Answers>

  constructor(private readonly keyed: KeyedApiOptions<Answers>) {
    super(keyed)
    this.answerReaders = this.readers(keyed.answers)
  }

  /** A call by its name. Raises HostError. */
  async ask<Name extends keyof Answers & string>(
    ctx: HostContext,
    name: Name,
    request: KeyedRequest = {},
  ): Promise<z.infer<Answers[Name]>> {
    const { answers, path = String, platform } = this.keyed
    const { headers, query } = this.keyed.signed(credentialsOf(ctx, platform, API_KEY).apiKey)
    const signed = {
      url: `${ctx.origin('api')}/${path(name)}`,
      ...request,
      headers: { ...headers, ...request.headers },
      query: { ...query, ...request.query },
    }
    return this.call(ctx, name, signed, answers[name] as z.ZodType<z.infer<Answers[Name]>>)
  }
}
