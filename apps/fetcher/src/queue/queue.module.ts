import { BullModule } from '@nestjs/bullmq'
import { Module } from '@nestjs/common'
import { CONFIG, type FetcherConfig } from '@obb/core/config'
import { QuarantineModule } from '@obb/core/quarantine'
import { QueueModule as CoreQueueModule, queueConnection, queueSettings } from '@obb/core/queue'
import { FetchModule } from '../fetch/fetch.module.js'
import { HostCallsModule } from '../host-calls/host-calls.module.js'
import { FetchProcessor } from './fetch.processor.js'
import { HostCallProcessor } from './host-call.processor.js'

@Module({
  imports: [
    BullModule.forRootAsync({
      inject: [CONFIG],
      useFactory: (config: Pick<FetcherConfig, 'REDIS_URL' | 'DATABASE_URL'>) => ({
        connection: queueConnection(queueSettings(config), 'worker'),
      }),
    }),
    CoreQueueModule,
    BullModule.registerQueue(), // no queue of its own, but it is what finds the processors
    FetchModule,
    HostCallsModule,
    QuarantineModule,
  ],
  providers: [FetchProcessor, HostCallProcessor],
})
export class QueueModule {}
