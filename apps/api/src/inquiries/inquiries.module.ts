import { Module } from '@nestjs/common'
import { AdmissionModule } from '@obb/core/admission'
import { FilesModule } from '@obb/core/files'
import { FoldersModule } from '@obb/core/folders'
import { HostsModule } from '@obb/core/hosts'
import { QueueModule } from '@obb/core/queue'
import { CallersModule } from '../callers/callers.module.js'
import { ExpandFolder } from './expand-folder.js'
import { Explanation } from './explanation.js'
import { HostCalls } from './host-calls.js'
import { InquiryController } from './inquiry.controller.js'
import { InspectFile } from './inspect-file.js'
import { LinkCheck } from './link-check.js'
import { RowPlaces } from './row-places.js'

/** Questions about files and folders, and the calls to their hosts that answer them. */
@Module({
  imports: [AdmissionModule, CallersModule, FilesModule, FoldersModule, HostsModule, QueueModule],
  controllers: [InquiryController],
  providers: [ExpandFolder, Explanation, HostCalls, InspectFile, LinkCheck, RowPlaces],
  exports: [ExpandFolder, HostCalls, InspectFile, RowPlaces],
})
export class InquiriesModule {}
