import { Module } from '@nestjs/common'
import { LinksModule as CoreLinksModule } from '@obb/core/links'
import { StreamsModule } from '@obb/core/streams'
import { CallersModule } from '../callers/callers.module.js'
import { LinksModule } from '../links/links.module.js'
import { EventStreams } from './event-streams.js'
import { EventsController } from './events.controller.js'

@Module({
  imports: [CallersModule, CoreLinksModule, LinksModule, StreamsModule],
  controllers: [EventsController],
  providers: [EventStreams],
})
export class EventsModule {}
