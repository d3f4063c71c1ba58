import type { AddressInfo } from 'node:net'
import { createApi, listenForAdmin } from '@obb/api'
import { ADMIN_API, EXTERNAL_API } from '@obb/contracts'
import type { Config } from '@obb/core/config'
import type { Answer, Installation } from './installation.js'

/** A second gateway of an installation, with settings of its own. */
export class OtherGateway {
  private constructor(
    readonly url: string,
    private readonly adminUrl: string,
    readonly close: () => Promise<void>,
  ) {}

  static async of(obb: Installation, settings: Partial<Config> = {}): Promise<OtherGateway> {
    const { clock, proxy: PUBLIC_PROXY_URL } = obb
    const app = await createApi({ config: { ...obb.configOf('api'), PUBLIC_PROXY_URL, ...settings }, clock })
    await app.listen(0, '127.0.0.1')
    const listener = await listenForAdmin(app.getHttpServer(), 0, '127.0.0.1')
    const [url, adminUrl] = [app.getHttpServer(), listener].map(
      (server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    ) as [string, string]
    return new OtherGateway(url, adminUrl, () => {
      listener.close()
      return app.close()
    })
  }

  /** A call of the external API; `/health…` and the admin API by their whole path. */
  async call(key: string, method: string, path: string, body?: unknown): Promise<Answer & { ms: number }> {
    const began = performance.now()
    const whole = path.startsWith('/api/') || path.startsWith('/health') ? path : EXTERNAL_API + path
    const base = whole.startsWith(ADMIN_API) ? this.adminUrl : this.url
    const response = await fetch(base + whole, {
      method,
      headers: { 'x-api-key': key, authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const answer = { code: response.status, headers: response.headers, body: await response.json() }
    return { ...answer, ms: performance.now() - began }
  }
}

/** Tries until it is so; after `limitMs` the last answer is returned as it is. */
export async function until<T>(
  ask: () => Promise<T>,
  isSo: (answer: T) => boolean,
  limitMs = 20_000,
): Promise<T> {
  const deadline = performance.now() + limitMs
  for (;;) {
    const answer = await ask()
    if (isSo(answer) || performance.now() > deadline) return answer
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}
