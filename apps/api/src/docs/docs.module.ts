import { Module } from '@nestjs/common'
import { type ApiConfig, CONFIG } from '@obb/core/config'
import { Forwarding, OriginModule, OwnUrl } from '@obb/core/origin'
import { GatewayAuditModule } from '../audit/gateway-audit.module.js'
import { CallersModule } from '../callers/callers.module.js'
import { LinksModule } from '../links/links.module.js'
import { AdminDocsController } from './admin-docs.controller.js'
import { DocsController } from './docs.controller.js'
import { DocumentAnswers } from './document-answers.js'
import { Documentation } from './documentation.js'

/** DocsModule is for who writes clients: the documentation of the APIs, for people and for programs. */
@Module({
  imports: [CallersModule, GatewayAuditModule, LinksModule, OriginModule],
  controllers: [DocsController, AdminDocsController],
  providers: [
    {
      provide: OwnUrl,
      inject: [CONFIG, Forwarding],
      useFactory: (config: ApiConfig, forwarding: Forwarding) =>
        new OwnUrl({ publicUrl: config.PUBLIC_API_URL, forwarding }),
    },
    DocumentAnswers,
    Documentation,
  ],
})
export class DocsModule {}
