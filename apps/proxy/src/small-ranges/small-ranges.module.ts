import { Module } from '@nestjs/common'
import { HttpModule } from '../http/http.module.js'
import { LinksModule } from '../links/links.module.js'
import { StreamsModule } from '../streams/streams.module.js'
import { SmallRanges } from './small-ranges.js'

@Module({
  imports: [HttpModule, LinksModule, StreamsModule],
  providers: [SmallRanges],
})
export class SmallRangesModule {}
