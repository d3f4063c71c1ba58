import type { IncomingMessage } from 'node:http'
import { Inject, Injectable } from '@nestjs/common'
import type { ObjectStore, StoredObject } from '@obb/core/storage'
import type { Clock } from '@obb/core/clock'
import type { Download } from '@obb/core/links'
import { Forwarding } from '@obb/core/origin'
import type { ServedAnswer } from './answer.js'
import { CLOCK, OBJECT_STORE, OFFLOAD } from '../ports.js'
import type { ReadyFile } from '../links/served-file.js'

/*
 * Bytes that somebody else sends: the proxy looks the link up, refuses what is to be refused, and then names the
 * place of the object instead of passing its bytes on.
 *
 *   redirect   302 to a presigned URL of the store
 *   x-accel    X-Accel-Redirect for the nginx in front (docs/offload.md has its configuration), which says in a field
 *              of its own that it understands that, and is one of the TRUSTED_PROXIES; whoever else asks gets the bytes
 *              from here, whatever fields they send
 *
 * The other side knows neither our entity tag nor our rules for lists of ranges, so what it might decide in another
 * way is answered here: a request with any condition, and several ranges.
 *
 * Clients keep the URL that they were sent to: for the connections to come, after a pause, for hours. So it is good for
 * as long as their link is. From the store they learn its entity tag and its date, and come back with them: so those are
 * what the file is told by here, too, and the tag that we would give is as good.
 */

/** NGINX_MS is how long a place is good that nginx asks at once, ms. */
const NGINX_MS = 3_600_000

export type OffloadMode = 'off' | 'redirect' | 'x-accel'

/** Set by nginx on every request. */
const NGINX_KNOWS = 'x-obb-accel'
const CONDITIONS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range']

export interface OffloadedAnswer {
  code: 200 | 302
  headers: ServedAnswer['headers']
}

@Injectable()
export class Offload {
  constructor(
    @Inject(OFFLOAD) private readonly mode: OffloadMode,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
    @Inject(CLOCK) private readonly clock: Clock,
    private readonly forwarding: Forwarding,
  ) {}

  /** Whether clients get to know a file from the store. */
  get leadsToStore(): boolean {
    return this.mode === 'redirect'
  }

  /** The file as the store tells it, to clients that were led there. */
  static asTold(file: ReadyFile, { etag, lastModified }: StoredObject): ReadyFile {
    const otherEtags = file.etag === undefined ? [] : [file.etag]
    return { ...file, etag: `"${etag}"`, otherEtags, lastModified: lastModified.getTime() }
  }

  /** Whether another server would send exactly the bytes of `answer` in answer to the same request. */
  takes(
    request: IncomingMessage,
    { code, segments }: ServedAnswer,
    { isShared }: Pick<Download, 'isShared'>,
  ): boolean {
    const { headers } = request
    if (this.mode === 'off' || segments.length !== 1) return false
    // The place of a shared file could be handed on, and nobody would count.
    if (this.leadsToStore && isShared) return false
    if (this.mode === 'x-accel' && !this.isUnderstood(request)) return false
    if (CONDITIONS.some((field) => headers[field] !== undefined)) return false
    return code === 206 || (code === 200 && headers.range === undefined)
  }

  /** Whoever else sends the field would be told the place of the object. */
  private isUnderstood(request: IncomingMessage): boolean {
    return request.headers[NGINX_KNOWS] === '1' && this.forwarding.isTrusted(request.socket.remoteAddress)
  }

  /** Raises StoreError. The head names the object's place, which may be a secret: not for logs. */
  async answer(
    { expiresAt }: Pick<Download, 'expiresAt'>,
    key: string,
    { headers }: ServedAnswer,
  ): Promise<OffloadedAnswer> {
    const as = {
      type: String(headers['content-type']),
      disposition: String(headers['content-disposition']),
    }
    const goodForMs = this.leadsToStore ? expiresAt.getTime() - this.clock.now() : NGINX_MS
    const place = await this.store.locate(key, as, goodForMs)
    const bodiless = { 'content-length': '0', 'cache-control': 'no-store' }
    if (this.mode === 'redirect' && 'url' in place) {
      return { code: 302, headers: { ...bodiless, location: place.url } }
    }
    const fields: ServedAnswer['headers'] = {
      ...headers,
      ...bodiless,
      'x-accel-redirect': internalUri(place),
    }
    delete fields['accept-ranges'] // whoever sends the bytes says so
    return { code: 200, headers: fields }
  }
}

function internalUri(place: { url: string } | { path: string }): string {
  if ('path' in place) return `/obb-files/${place.path.split('/').map(encodeURIComponent).join('/')}`
  const { pathname, search } = new URL(place.url)
  return `/obb-s3${pathname}${search}`
}
