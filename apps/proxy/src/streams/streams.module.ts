import { Module } from '@nestjs/common'
import { RunningStreams } from './running-streams.js'
import { StreamReports } from './stream-reports.js'

@Module({ providers: [RunningStreams, StreamReports], exports: [RunningStreams] })
export class StreamsModule {}
