import { Inject, Injectable, type OnApplicationBootstrap } from '@nestjs/common'
import { CONFIG, type FetcherConfig } from '@obb/core/config'
import { storeSettings } from '@obb/core/storage'
import { StoreHealth } from '@obb/core/store-state'

/** Tells where the store is, and how much of it may be used: the gateway, which shows that, has no settings of it. */
@Injectable()
export class StoreAnnouncement implements OnApplicationBootstrap {
  constructor(
    @Inject(CONFIG) private readonly config: FetcherConfig,
    private readonly health: StoreHealth,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    const settings = storeSettings(this.config)
    const place =
      settings.kind === 'local'
        ? settings.directory
        : `${settings.bucket} at ${withoutSecrets(settings.endpoint)}`
    await this.health.recordPlace({ place, quota: this.config.STORAGE_QUOTA ?? null })
  }
}

/** An endpoint may be written with a user and a password. */
function withoutSecrets(endpoint: string): string {
  const { protocol, host, pathname } = new URL(endpoint)
  return `${protocol}//${host}${pathname === '/' ? '' : pathname}`
}
