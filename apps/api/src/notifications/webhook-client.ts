import { createHmac, randomUUID } from 'node:crypto'
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common'
import { Clock } from '@obb/core/clock'
import { type ApiConfig, CONFIG } from '@obb/core/config'
import type { Webhook } from '@obb/core/notifications'
import {
  AddressGuard,
  HostError,
  type HostHttp,
  type OwnedHostHttp,
  createHostHttp,
  retryingHttp,
} from '@obb/host-adapters'

/** How long a receiver may take for its answer, ms. */
const PATIENCE_MS = 10_000
const USER_AGENT = 'OBB-Webhook/1'

/** What kept a webhook from being taken, without its URL: that may be a secret. */
export class WebhookFault extends Error {
  override readonly name = 'WebhookFault'
}

export interface WebhookMessage {
  /** The same in every attempt. */
  id: string
  type: string
  /** When it happened. */
  at: Date
  data: Record<string, unknown>
}

/**
 * Sends webhooks as Standard Webhooks has them: signed by HMAC-SHA256 over id, time and body. Users choose where they go,
 * so the address guard of fetchers judges every address; redirects are not followed, and an answer is not read beyond its
 * head.
 */
@Injectable()
export class WebhookClient implements OnApplicationShutdown {
  private readonly guard: AddressGuard
  private readonly owned: OwnedHostHttp
  private readonly http: HostHttp

  constructor(
    private readonly clock: Clock,
    @Inject(CONFIG) config: Pick<ApiConfig, 'FETCH_ALLOW_NETWORKS'>,
  ) {
    const allowNetworks = config.FETCH_ALLOW_NETWORKS
    this.guard = new AddressGuard({ allowNetworks })
    this.owned = createHostHttp({ allowNetworks, userAgent: USER_AGENT, now: () => clock.now() })
    this.http = retryingHttp(this.owned)
  }

  onApplicationShutdown(): Promise<void> {
    return this.owned.close()
  }

  /** Why webhooks never go there, as far as the URL alone tells; undefined: they may. */
  faultOf(url: string): string | undefined {
    try {
      this.guard.checkUrl(new URL(url), true)
      return undefined
    } catch (error) {
      if (error instanceof HostError) return error.message
      throw error
    }
  }

  /** Raises WebhookFault where it was not taken. */
  async send({ url, secret }: Webhook, { id, type, at, data }: WebhookMessage): Promise<void> {
    const timestamp = String(Math.floor(this.clock.now() / 1000))
    const body = JSON.stringify({ type, timestamp: at.toISOString(), data })
    const headers = {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': signatureOf(secret, `${id}.${timestamp}.${body}`),
    }
    const status = await this.post(url, { headers, body })
    if (status < 200 || status > 299) throw new WebhookFault(`it answered ${status}`)
  }

  /** A message that tells nothing, to try a webhook. */
  sendTest(webhook: Webhook): Promise<void> {
    return this.send(webhook, { id: randomUUID(), type: 'test', at: new Date(this.clock.now()), data: {} })
  }

  private async post(
    url: string,
    { headers, body }: { headers: Record<string, string>; body: string },
  ): Promise<number> {
    const signal = AbortSignal.timeout(PATIENCE_MS)
    try {
      const answer = await this.http.stream({
        ...{ method: 'POST', url, headers, signal, userUrl: true, redirects: 'none' },
        raw: { type: 'application/json', body },
        idempotent: true, // one that comes twice is told by its id
        timeoutMs: PATIENCE_MS,
      })
      answer.body.close()
      return answer.status
    } catch (error) {
      if (signal.aborted) throw new WebhookFault(`it did not answer within ${PATIENCE_MS / 1000} s`)
      if (error instanceof HostError) throw new WebhookFault(withoutUrl(error.message))
      throw error
    }
  }
}

/** As of Standard Webhooks: version 1, of the bytes that stand behind `whsec_` in Base64. */
export function signatureOf(secret: string, content: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
  return `v1,${createHmac('sha256', key).update(content).digest('base64')}`
}

const withoutUrl = (message: string): string => message.replaceAll(/:? ?\bhttps?:\/\/\S+/g, '')
