import { Module } from '@nestjs/common'
import { loadRegistry } from '@obb/host-adapters'
import { SecretsModule } from '../secrets/index.js'
import { HOST_REGISTRY, HostCatalog } from './host-catalog.js'

@Module({
  imports: [SecretsModule],
  providers: [{ provide: HOST_REGISTRY, useFactory: () => loadRegistry() }, HostCatalog],
  exports: [HostCatalog],
})
export class HostsModule {}
