import { type DynamicModule, Module } from '@nestjs/common'
import { OriginModule } from '@obb/core/origin'
import { PublicAddresses } from '../http/public-addresses.js'
import { PortalController } from './portal.controller.js'
import { PORTAL_DIST, PortalFiles } from './portal-files.js'

/** PortalModule serves the pages for people. Behind all other modules: it takes what they leave. */
@Module({})
export class PortalModule {
  /** `directory`: of a build of apps/portal. */
  static register(directory = PORTAL_DIST): DynamicModule {
    return {
      module: PortalModule,
      imports: [OriginModule],
      controllers: [PortalController],
      providers: [PublicAddresses, { provide: PortalFiles, useValue: new PortalFiles(directory) }],
    }
  }
}
