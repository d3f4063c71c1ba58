import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { gzip as gzipWithCallback } from 'node:zlib'
import { type INestApplication, Injectable } from '@nestjs/common'
import type { OpenAPIObject } from '@nestjs/swagger'
import { ADMIN_API, EXTERNAL_API, type Language } from '@obb/contracts'
import { LRUCache } from 'lru-cache'
import { documentPart, openApiDocument } from './document.js'
import { type Addresses, adminPage, publicPage, withAddresses } from './documentation-page.js'
import { WORDS } from './words/index.js'

const gzip = promisify(gzipWithCallback)

/** Pages and documents that are kept; clients name the address that they are for, so there is no end to them. */
const MAX_KEPT = 32

export type Audience = 'public' | 'admin'
export type Form = Language | 'openapi'

/** A text as it is sent. */
export interface Rendering {
  body: Buffer
  gzip: Buffer
  etag: string
}

const PATHS: Readonly<Record<Audience, readonly string[]>> = {
  public: [`${EXTERNAL_API}/`, '/health'],
  admin: [`${ADMIN_API}/`],
}

/** The OpenAPI document of the running gateway, and pages made of it: one part for everybody, one for operators. */
@Injectable()
export class Documentation {
  document: OpenAPIObject
  private readonly pages = new Map<string, string>()
  private readonly kept = new LRUCache<string, Promise<Rendering>>({ max: MAX_KEPT })

  /** Once, when the application has its routes. */
  describe(app: INestApplication): void {
    this.document = openApiDocument(app)
  }

  /** A text for readers who find the server at these addresses; the same one again costs nothing. */
  rendering(audience: Audience, form: Form, addresses: Addresses): Promise<Rendering> {
    const key = JSON.stringify([audience, form, addresses.api, addresses.proxy])
    const kept = this.kept.get(key)
    if (kept !== undefined) return kept
    const made = render(
      form === 'openapi' ? this.openApi(audience, addresses) : this.page(audience, form, addresses),
    )
    this.kept.set(key, made)
    return made
  }

  private openApi(audience: Audience, addresses: Addresses): string {
    const text = JSON.stringify(documentPart(this.document, PATHS[audience], addresses.api))
    return withAddresses(text, addresses, (address) => JSON.stringify(address).slice(1, -1))
  }

  private page(audience: Audience, language: Language, addresses: Addresses): string {
    const key = `${audience} ${language}`
    const pageOf = audience === 'admin' ? adminPage : publicPage
    const text = this.pages.get(key) ?? pageOf(this.document, WORDS[language])
    this.pages.set(key, text)
    return withAddresses(text, addresses)
  }
}

async function render(text: string): Promise<Rendering> {
  const body = Buffer.from(text)
  const digest = createHash('sha256').update(body).digest('base64url').slice(0, 22)
  return { body, gzip: await gzip(body), etag: `W/"${digest}"` }
}
