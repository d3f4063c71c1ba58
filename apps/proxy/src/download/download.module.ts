import { Module } from '@nestjs/common'
import { HttpModule } from '../http/http.module.js'
import { LinksModule } from '../links/links.module.js'
import { UnfinishedModule } from '../unfinished/unfinished.module.js'
import { StreamsModule } from '../streams/streams.module.js'
import { DownloadController } from './download.controller.js'
import { Metalinks } from './metalinks.js'
import { Offload } from './offload.js'
import { PieceHashes } from './piece-hashes.js'

@Module({
  imports: [HttpModule, LinksModule, StreamsModule, UnfinishedModule],
  controllers: [DownloadController],
  providers: [Metalinks, Offload, PieceHashes],
})
export class DownloadModule {}
