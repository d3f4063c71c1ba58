import { Module } from '@nestjs/common'
import { DatabaseProbes } from './probes.js'

@Module({ providers: [DatabaseProbes], exports: [DatabaseProbes] })
export class ReadinessModule {}
