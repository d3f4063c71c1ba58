import { z } from 'zod'
import type { FileRef, HostContext } from '../../kit/adapter.js'
import { API_KEY } from '../../kit/credentials.js'
import { HostError } from '../../kit/errors.js'
import type { HostErrorKind } from '../../kit/errors.js'
import { field } from '../../kit/fields/schema.js'
import type { ParsedRefusal, Readers } from '../../kit/json/json-api.js'
import { KeyedApi } from '../../kit/json/keyed-api.js'
import { accountSchema, readAccount } from './account.js'
import type { XfsAccount } from './account.js'
import { fileCode } from './links.js'
import { REFUSALS } from './refusals.js'
import type { Site } from './site.js'

const envelopeSchema = z.object({ status: field.number, msg: field.text })

const rowSchema = z.object({
  status: field.number,
  file_status: field.number,
  filecode: field.text,
  file_code: field.text,
  name: field.text,
  file_title: field.text,
  size: field.bytes,
  file_sha256: field.text,
})
const filesSchema = z.object({ result: z.array(rowSchema) })

const version = z.object({ url: field.requiredUrl, size: field.bytes, name: field.text })
/** One link; of videos one per quality, as a map (original, high, normal, low) or as a list. */
const linkSchema = z.object({
  result: z.union([
    version,
    ...(['o', 'h', 'n', 'l'] as const).map((quality) =>
      z.object({ [quality]: version }).transform((versions, { issues }) => {
        const one = versions[quality]
        if (one === undefined) issues.push({ code: 'custom', message: 'no version', input: versions })
        return one ?? z.NEVER
      }),
    ),
    z
      .object({ versions: z.tuple([version], version) })
      .transform(({ versions }) => versions.find(({ name }) => name === 'o') ?? versions[0]),
  ]),
})

export type XfsRow = z.output<typeof rowSchema>

/** The methods of the script's API that are used here: GET, the key in the query, `{status, msg, result}`. */
export class XfsApi {
  private readonly api: ReturnType<typeof apiOf>

  constructor(private readonly site: Site) {
    this.api = apiOf(site)
  }

  async account(ctx: HostContext): Promise<XfsAccount> {
    const answer = await this.api.ask(ctx, 'account/info')
    return readAccount(answer, this.site, ctx.now())
  }

  /** Whether the account is given direct links, asked without a file. Raises the refusal if not. */
  async probe(ctx: HostContext): Promise<void> {
    try {
      const url = `${ctx.origin('api')}/file/direct_link`
      await this.api.ask(ctx, 'probe', { url, query: { file_code: '' } })
    } catch (error) {
      const looked = error instanceof HostError && (error.kind === 'FILE_GONE' || error.kind === 'BAD_URL')
      if (!looked) throw error
    }
  }

  /** At most `checkBatchSize` files by code. */
  async files(ctx: HostContext, codes: readonly string[]): Promise<XfsRow[]> {
    return (await this.api.ask(ctx, 'file/info', { query: { file_code: codes.join(',') } })).result
  }

  /** A file by its short link. */
  async fileAt(ctx: HostContext, url: string): Promise<XfsRow | undefined> {
    return (await this.api.ask(ctx, 'file/info', { query: { url } })).result[0]
  }

  async directLink(ctx: HostContext, ref: FileRef): Promise<{ url: string; size: number | undefined }> {
    return (await this.api.ask(ctx, 'file/direct_link', { query: { file_code: fileCode(ref) } })).result
  }

  error(kind: HostErrorKind, message: string): HostError {
    return this.api.error(kind, message)
  }

  /** Readers of the answers, for fuzzing. */
  readers(): Readers {
    const { 'account/info': account, 'file/info': files, 'file/direct_link': link } = this.api.answerReaders
    return {
      account: (text, status) => readAccount(account(text, status), this.site, 0),
      files,
      link,
    }
  }
}

function apiOf(site: Site) {
  return new KeyedApi({
    platform: site.id,
    refusals: REFUSALS,
    parseRefusal,
    repair: quotedAmounts,
    credentials: API_KEY,
    signed: ({ apiKey: key }) => ({ query: { key } }),
    answers: {
      'account/info': accountSchema(site),
      'file/info': filesSchema,
      'file/direct_link': linkSchema,
      probe: z.unknown(),
    },
  })
}

/** Amounts with a unit that a site forgets to put in quotes (`"premium_bandwidth": 1000.0 GB`). */
function quotedAmounts(text: string): string {
  return text.replace(/(":\s{0,8})(\d{1,15}(?:\.\d{1,9})? [KMGTP]?B)(?=\s{0,8}[,}])/g, '$1"$2"')
}

function parseRefusal(json: unknown, httpStatus: number): ParsedRefusal | undefined {
  const envelope = envelopeSchema.safeParse(json)
  if (!envelope.success) return undefined
  const { status = httpStatus, msg } = envelope.data
  return status === 200 ? undefined : { status, code: status, text: msg }
}
