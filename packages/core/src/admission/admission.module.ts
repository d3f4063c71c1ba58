import { Module } from '@nestjs/common'
import { BlocksModule } from '../blocks/index.js'
import { CONFIG, type Config } from '../config/index.js'
import { FilesModule } from '../files/index.js'
import { HealthModule } from '../health/index.js'
import { PoolModule } from '../pool/index.js'
import { QueueModule } from '../queue/index.js'
import { StatusPageModule } from '../status-page/index.js'
import { StoreStateModule } from '../store-state/index.js'
import { TrafficModule } from '../traffic/index.js'
import { Admission, LINK_TTL } from './admission.js'

@Module({
  imports: [
    FilesModule,
    PoolModule,
    BlocksModule,
    HealthModule,
    QueueModule,
    StatusPageModule,
    StoreStateModule,
    TrafficModule,
  ],
  providers: [
    {
      provide: LINK_TTL,
      inject: [CONFIG],
      useFactory: (config: Pick<Config, 'LINK_TTL'>) => config.LINK_TTL,
    },
    Admission,
  ],
  exports: [Admission],
})
export class AdmissionModule {}
