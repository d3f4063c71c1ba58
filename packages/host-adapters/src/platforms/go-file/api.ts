import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { ExpandedLink, HostContext } from '../../kit/adapter.js'
import { credentialsOf } from '../../kit/credentials.js'
import { field } from '../../kit/fields/schema.js'
import { addLinks } from '../../kit/folder.js'
import { JsonApi } from '../../kit/json/json-api.js'
import type { ParsedRefusal } from '../../kit/json/json-api.js'
import type { CredentialField } from '../../kit/manifest.js'
import { linkTo } from './links.js'
import { REFUSALS } from './refusals.js'

export const PLATFORM = 'GoFile'
export const CREDENTIALS = [
  { name: 'token', label: 'API token', secret: true, required: true },
] as const satisfies readonly CredentialField[]

export const api = new JsonApi({ platform: PLATFORM, refusals: REFUSALS, parseRefusal })

const PAGE_SIZE = 1000
/** A page of children, of about a kilobyte each. */
const MAX_PAGE_BYTES = 8 * 1024 * 1024

const childSchema = z.object({
  id: field.requiredText,
  type: field.text,
  name: field.text,
  size: field.bytes,
  md5: field.text,
  code: field.text,
  link: field.requiredUrl.optional().catch(undefined),
})
type Child = z.infer<typeof childSchema>

export const contentsSchema = z.object({
  data: z.object({
    passwordStatus: field.text,
    canAccess: field.flag,
    children: z.record(z.string(), childSchema).nullish(),
  }),
  metadata: z.object({ hasNextPage: field.flag }).optional().catch(undefined),
})

const refusedSchema = z.object({
  status: field.text,
  data: z.object({ message: field.text, error: field.text }).optional().catch(undefined),
})

/** What is in a container. */
export interface Entry extends ExpandedLink {
  id: string
  kind: 'file' | 'folder'
  md5: string | undefined
  /** Where the bytes are; for who has the token. */
  link: string | undefined
}

export function authorization(ctx: HostContext): Record<string, string> {
  return { authorization: `Bearer ${tokenOf(ctx)}` }
}

export function tokenOf(ctx: HostContext): string {
  return credentialsOf(ctx, PLATFORM, CREDENTIALS).token
}

/** All of a container. Raises HostError: FILE_GONE, FILE_RESTRICTED, and those of passwords. */
export async function list(ctx: HostContext, code: string): Promise<Entry[]> {
  const entries: Entry[] = []
  for (let page = 1; ; page++) {
    const request = {
      url: `${ctx.origin('api')}/contents/${code}`,
      query: {
        page: String(page),
        pageSize: String(PAGE_SIZE),
        ...(ctx.password !== undefined && { password: sha256(ctx.password) }),
      },
      headers: authorization(ctx),
      maxBytes: MAX_PAGE_BYTES,
    }
    const { data, metadata } = await api.call(ctx, 'contents', request, contentsSchema)
    requireAccess(data)
    const children = Object.values(data.children ?? {})
    addLinks(
      PLATFORM,
      entries,
      children.map((child) => entryOf(code, child)),
    )
    if (metadata?.hasNextPage !== true || children.length === 0) return entries
  }
}

/** An open answer may yet hold a closed container. */
export function requireAccess({ canAccess, passwordStatus }: z.infer<typeof contentsSchema>['data']): void {
  const status = passwordStatus?.toLowerCase()
  if (status === 'passwordrequired') throw api.error('FILE_PASSWORD_REQUIRED', 'folder wants a password')
  if (status === 'passwordwrong') throw api.error('FILE_PASSWORD_WRONG', 'password of the folder is wrong')
  if (canAccess === false) throw api.error('FILE_RESTRICTED', 'account may not see the folder')
}

function entryOf(code: string, { code: own, id, link, md5, name, size, type }: Child): Entry {
  const kind = type === 'folder' ? 'folder' : 'file'
  return {
    url: kind === 'folder' ? linkTo(own ?? id) : linkTo(code, id),
    id,
    kind,
    md5,
    link,
    ...(name !== undefined && { name }),
    ...(size !== undefined && kind === 'file' && { size }),
  }
}

function parseRefusal(json: unknown, httpStatus: number): ParsedRefusal | undefined {
  const { data: told } = refusedSchema.safeParse(json)
  const good = told?.status === undefined ? httpStatus < 400 : told.status === 'ok'
  if (good) return undefined
  return { code: told?.status, text: told?.data?.message ?? told?.data?.error ?? told?.status }
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
