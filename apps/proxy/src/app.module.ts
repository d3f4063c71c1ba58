import { type DynamicModule, Module } from '@nestjs/common'
import { DownloadModule } from './download/download.module.js'
import { SmallRangesModule } from './small-ranges/small-ranges.module.js'

/** The streaming proxy, over what it is given. */
@Module({ imports: [DownloadModule, SmallRangesModule] })
export class AppModule {
  /** `ports`: of PortsModule. */
  static register(ports: DynamicModule): DynamicModule {
    return { module: AppModule, imports: [ports] }
  }
}
