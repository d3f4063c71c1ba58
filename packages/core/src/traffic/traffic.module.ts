import { Module } from '@nestjs/common'
import { HostUsage } from './host-usage.js'

@Module({ providers: [HostUsage], exports: [HostUsage] })
export class TrafficModule {}
