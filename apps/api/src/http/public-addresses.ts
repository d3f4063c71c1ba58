import type { IncomingMessage } from 'node:http'
import { Inject, Injectable } from '@nestjs/common'
import { type ApiConfig, CONFIG } from '@obb/core/config'
import { type Address, DownloadUrls, Forwarding, OwnUrl } from '@obb/core/origin'

/** Where whoever asks the gateway finds API and downloads, as the gateway believes. */
@Injectable()
export class PublicAddresses {
  private readonly own: OwnUrl
  private readonly downloads: DownloadUrls

  constructor(
    @Inject(CONFIG)
    config: Pick<ApiConfig, 'PUBLIC_API_URL' | 'PUBLIC_PROXY_URL' | 'PROXY_PORT'>,
    private readonly forwarding: Forwarding,
  ) {
    const { PUBLIC_API_URL, PUBLIC_PROXY_URL: publicUrl, PROXY_PORT: port } = config
    this.own = new OwnUrl({ publicUrl: PUBLIC_API_URL, forwarding })
    this.downloads = new DownloadUrls({ publicUrl, port, forwarding })
  }

  /** `unbelievedProxy`: as `Forwarding.unbelieved`. */
  of(request: IncomingMessage): { api: Address; proxy: Address; unbelievedProxy: string | undefined } {
    return {
      api: this.own.address(request),
      proxy: this.downloads.address(request),
      unbelievedProxy: this.forwarding.unbelieved(request),
    }
  }
}
