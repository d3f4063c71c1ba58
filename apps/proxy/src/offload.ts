import type { IncomingHttpHeaders } from 'node:http'
import { Inject, Injectable } from '@nestjs/common'
import type { ObjectStore } from '@obb/core/storage'
import type { Answer } from './answer.js'
import { OBJECT_STORE, OFFLOAD } from './ports.js'

/*
 * Bytes that somebody else sends: the proxy looks the link up, refuses what is to be refused, and then names the
 * place of the object instead of passing its bytes on.
 *
 *   redirect   302 to a presigned URL of the store
 *   x-accel    X-Accel-Redirect for the nginx in front (docs/offload.md has its configuration), which says in a field
 *              of its own that it understands that; whoever else asks gets the bytes from here
 *
 * The other side knows neither our entity tag nor our rules for lists of ranges, so what it might decide in another
 * way is answered here: a request with any condition, and several ranges.
 */

export type OffloadMode = 'off' | 'redirect' | 'x-accel'

/** Set by nginx on every request, and never taken from a client. */
const NGINX_KNOWS = 'x-obb-accel'
const CONDITIONS = ['if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range']

export interface OffloadedAnswer {
  code: 200 | 302
  headers: Answer['headers']
}

@Injectable()
export class Offload {
  constructor(
    @Inject(OFFLOAD) private readonly mode: OffloadMode,
    @Inject(OBJECT_STORE) private readonly store: ObjectStore,
  ) {}

  /** Whether another server would send exactly the bytes of `answer` in answer to the same request. */
  takes(request: IncomingHttpHeaders, { code, segments }: Answer): boolean {
    if (this.mode === 'off' || segments.length !== 1) return false
    if (this.mode === 'x-accel' && request[NGINX_KNOWS] !== '1') return false
    if (CONDITIONS.some((field) => request[field] !== undefined)) return false
    return code === 206 || (code === 200 && request.range === undefined)
  }

  /** Raises StoreError. The head names the object's place, which may be a secret: not for logs. */
  async answer(key: string, { headers }: Answer): Promise<OffloadedAnswer> {
    const as = {
      type: String(headers['content-type']),
      disposition: String(headers['content-disposition']),
    }
    const place = await this.store.locate(key, as)
    const bodiless = { 'content-length': '0', 'cache-control': 'no-store' }
    if (this.mode === 'redirect' && 'url' in place) {
      return { code: 302, headers: { ...bodiless, location: place.url } }
    }
    const fields: Answer['headers'] = { ...headers, ...bodiless, 'x-accel-redirect': internalUri(place) }
    delete fields['accept-ranges'] // whoever sends the bytes says so
    return { code: 200, headers: fields }
  }
}

function internalUri(place: { url: string } | { path: string }): string {
  if ('path' in place) return `/obb-files/${place.path.split('/').map(encodeURIComponent).join('/')}`
  const { pathname, search } = new URL(place.url)
  return `/obb-s3${pathname}${search}`
}
