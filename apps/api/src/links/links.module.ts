import { Module } from '@nestjs/common'
import { AdmissionModule } from '@obb/core/admission'
import { type ApiConfig, CONFIG } from '@obb/core/config'
import { FetchesModule } from '@obb/core/fetches'
import { FilesModule } from '@obb/core/files'
import { HostsModule } from '@obb/core/hosts'
import { LinksModule as CoreLinksModule } from '@obb/core/links'
import { DownloadUrls, Forwarding, OriginModule } from '@obb/core/origin'
import { QueueModule } from '@obb/core/queue'
import { SchedulingModule } from '@obb/core/scheduling'
import { StreamsModule } from '@obb/core/streams'
import { TrafficModule } from '@obb/core/traffic'
import { CallersModule } from '../callers/callers.module.js'
import { InquiriesModule } from '../inquiries/inquiries.module.js'
import { CallerLinks } from './caller-links.js'
import { DetailedLinks } from './detailed-links.js'
import { LinkAnswers } from './link-answers.js'
import { LinkDetailsController } from './link-details.controller.js'
import { LinksController } from './links.controller.js'
import { ListedLinks } from './listed-links.js'
import { UnrestrictBatch } from './unrestrict-batch.js'
import { Unrestrict } from './unrestrict.js'

@Module({
  imports: [
    AdmissionModule,
    CallersModule,
    CoreLinksModule,
    FetchesModule,
    FilesModule,
    HostsModule,
    InquiriesModule,
    OriginModule,
    QueueModule,
    SchedulingModule,
    StreamsModule,
    TrafficModule,
  ],
  controllers: [LinkDetailsController, LinksController],
  providers: [
    {
      provide: DownloadUrls,
      inject: [CONFIG, Forwarding],
      useFactory: (config: ApiConfig, forwarding: Forwarding) =>
        new DownloadUrls({ publicUrl: config.PUBLIC_PROXY_URL, port: config.PROXY_PORT, forwarding }),
    },
    CallerLinks,
    DetailedLinks,
    LinkAnswers,
    ListedLinks,
    Unrestrict,
    UnrestrictBatch,
  ],
  exports: [DownloadUrls, ListedLinks, Unrestrict],
})
export class LinksModule {}
