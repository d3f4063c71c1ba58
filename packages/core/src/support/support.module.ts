import { Module } from '@nestjs/common'
import { QueueModule } from '../queue/index.js'
import { Support } from './support.js'

@Module({ imports: [QueueModule], providers: [Support], exports: [Support] })
export class SupportModule {}
