import { Module } from '@nestjs/common'
import { HostUsage } from './host-usage.js'
import { TrafficHistory } from './traffic-history.js'

@Module({ providers: [HostUsage, TrafficHistory], exports: [HostUsage, TrafficHistory] })
export class TrafficModule {}
