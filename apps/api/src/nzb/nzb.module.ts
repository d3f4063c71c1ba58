import { Module } from '@nestjs/common'
import { DocumentsModule } from '@obb/core/documents'
import { FoldersModule } from '@obb/core/folders'
import { HostsModule } from '@obb/core/hosts'
import { CallersModule } from '../callers/callers.module.js'
import { InquiriesModule } from '../inquiries/inquiries.module.js'
import { LinksModule } from '../links/links.module.js'
import { NzbController } from './nzb.controller.js'
import { NzbUpload } from './nzb-upload.js'

@Module({
  imports: [CallersModule, DocumentsModule, FoldersModule, HostsModule, InquiriesModule, LinksModule],
  controllers: [NzbController],
  providers: [NzbUpload],
})
export class NzbModule {}
