import { Injectable } from '@nestjs/common'
/** Which methods the gateway's paths have, to tell a wrong method from a wrong path (RFC 9110 §15.5.6). */
@Injectable()
export class KnownRoutes {
  private readonly routes: { path: RegExp; method: string; url: string }[] = []

  /** `url` with `:name` for a variable segment. */
  add(method: string, url: string): void {
    const pattern = url
      .split('/')
      .map((part) => (part.startsWith(':') ? '[^/]+' : part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&')))
      .join('/')
    this.routes.push({ path: new RegExp(`^${pattern}/?$`), method, url })
  }

  /** As they were added. */
  all(): { method: string; url: string }[] {
    return this.routes.map(({ method, url }) => ({ method, url }))
  }

  /** `target`: path and query. Empty for a path that is not served at all. */
  methods(target: string): string[] {
    const path = target.split('?', 1)[0] ?? ''
    return [...new Set(this.routes.filter((route) => route.path.test(path)).map((route) => route.method))]
  }
}
